// Why this file exists: a reply says what was asked for (option 55) and what every client must be told, in the order
// in which it may be cut when a client has little room.
import {
  broadcastOf,
  type Found,
  type DnsName,
  formatIp4,
  netmask,
  type Network,
  parseDnsName,
} from '#directory'
import type { BootFile } from './boot-file.ts'
import { routerOptions } from './classless-routes.ts'
import { encodeDomainSearch } from './domain-search.ts'
import { addressBytes, bootFileBytesMax, putU16, u32Bytes } from './encode.ts'
import type { DhcpMessage, OutgoingOption } from './message.ts'
import { latin1Bytes } from './option-value.ts'
import { optionOf } from './options.ts'
import { optionCode } from './option-code.table.ts'
import { type Arrival, voMtu } from './world.ts'

const text = latin1Bytes

export function serverIdOption(arrival: Arrival): OutgoingOption {
  return { code: optionCode.serverId, bytes: addressBytes(arrival.interfaceAddress) }
}

/** RFC 2131 §4.4.5: renewal after a half, rebinding after seven eighths. */
export function leaseTimeOptions(seconds: number): readonly OutgoingOption[] {
  return [
    { code: optionCode.leaseSeconds, bytes: u32Bytes(seconds) },
    { code: optionCode.renewSeconds, bytes: u32Bytes(Math.floor(seconds / 2)) },
    { code: optionCode.rebindSeconds, bytes: u32Bytes(Math.floor((seconds * 7) / 8)) },
  ]
}

/** RFC 6842: a client that names itself is named in the reply. */
export function clientIdEcho(message: DhcpMessage): readonly OutgoingOption[] {
  const bytes = optionOf(message.options, optionCode.clientId)
  return bytes && bytes.length > 0 ? [{ code: optionCode.clientId, bytes }] : []
}

/** RFC 4578 §2.3: firmware takes no answer that does not name its machine. */
export function machineIdEcho(message: DhcpMessage): readonly OutgoingOption[] {
  const bytes = optionOf(message.options, optionCode.machineId)
  return bytes && bytes.length > 0 ? [{ code: optionCode.machineId, bytes }] : []
}

/** RFC 3011 §2: the server says that it has heeded the selection. */
export function selectionEcho(message: DhcpMessage): readonly OutgoingOption[] {
  const bytes = optionOf(message.options, optionCode.subnetSelection)
  return bytes?.length === 4 ? [{ code: optionCode.subnetSelection, bytes }] : []
}

/** The order is that of need: a loader can do without a clock, not without a file. */
export function bootOptions(
  message: DhcpMessage,
  file: BootFile,
  arrival: Arrival,
): readonly OutgoingOption[] {
  const { interfaceAddress } = arrival
  const isLong = file.name.length > bootFileBytesMax
  const all: readonly (OutgoingOption | false)[] = [
    (isLong || (file.mayStandTwice && asksFor(message, optionCode.bootFile))) && {
      code: optionCode.bootFile,
      bytes: text(file.name),
    },
    file.isHttpBoot && { code: optionCode.vendorClass, bytes: text('HTTPClient') },
    // Sub-option 176: no proxy will offer, so iPXE need not wait 3 s for one.
    file.isForIpxe &&
      wants(message, optionCode.ipxe) && {
        code: optionCode.ipxe,
        bytes: Uint8Array.of(176, 1, 1, optionCode.end),
      },
    // A name for the server: its address, which needs no look-up (GRUB and U-Boot read it so).
    asksFor(message, optionCode.tftpServerName) && {
      code: optionCode.tftpServerName,
      bytes: text(formatIp4(interfaceAddress)),
    },
    asksFor(message, optionCode.tftpServers) && {
      code: optionCode.tftpServers,
      bytes: addressBytes(interfaceAddress),
    },
  ]
  return all.filter((option) => option !== false)
}

export function networkOptions(
  message: DhcpMessage,
  network: Network,
  found: Found | undefined,
  place: { readonly arrival: Arrival; readonly domain: DnsName },
): readonly OutgoingOption[] {
  const { arrival, domain } = place
  const names = namesFor(found, domain)
  const isTenant = network.vni !== undefined
  const all: (OutgoingOption | undefined)[] = [
    ...routerOptions(network, optionOf(message.options, optionCode.askedFor)),
    { code: optionCode.nameServer, bytes: addressBytes(arrival.interfaceAddress) },
    found && { code: optionCode.hostName, bytes: text(names.host) },
    { code: optionCode.domainName, bytes: text(names.domain) },
    { code: optionCode.broadcast, bytes: addressBytes(broadcastOf(network)) },
    isTenant ? { code: optionCode.mtu, bytes: u16Bytes(voMtu) } : undefined,
    { code: optionCode.domainSearch, bytes: encodeDomainSearch(names.search) },
    // The clock is the host's; on a VO's network we serve names and addresses, nothing else.
    isTenant
      ? undefined
      : { code: optionCode.timeServer, bytes: addressBytes(arrival.interfaceAddress) },
  ]
  return [
    { code: optionCode.subnetMask, bytes: addressBytes(netmask(network.prefix)) },
    ...all
      .filter((option) => option !== undefined)
      .filter(({ code, bytes }) => bytes.length > 0 && wants(message, code)),
  ]
}

/** By name: whoever says nothing has not said that. */
function asksFor(message: DhcpMessage, code: number): boolean {
  return optionOf(message.options, optionCode.askedFor)?.includes(code) ?? false
}

/** A client without option 55 gets everything. */
function wants(message: DhcpMessage, code: number): boolean {
  const asked = optionOf(message.options, optionCode.askedFor)
  return asked === undefined || asked.includes(code)
}

interface Names {
  readonly host: string
  readonly domain: DnsName
  readonly search: readonly DnsName[]
}

/** `compute3.hpl.physics` is host `compute3`, and looks names up in its cluster before the whole domain. */
function namesFor(found: Found | undefined, domain: DnsName): Names {
  const [host = '', ...rest] = (found?.device.name ?? '').split('.')
  const own = rest.length > 0 ? parseDnsName([...rest, domain].join('.')) : undefined
  return own ? { host, domain: own, search: [own, domain] } : { host, domain, search: [domain] }
}

function u16Bytes(value: number): Uint8Array {
  const bytes = new Uint8Array(2)
  putU16(bytes, 0, value)
  return bytes
}
