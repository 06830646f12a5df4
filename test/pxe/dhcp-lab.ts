// Why this file exists: every DHCP test needs the same small site: a provisioning network with a pool, one behind a
// relay, a VO's network, described machines, and a book that keeps what was promised.
import {
  applyDeltas,
  contains,
  type Delta,
  type DnsName,
  emptySnapshot,
  type Entry,
  type EntryId,
  type Ip4,
  ip4,
  type Label,
  type Mac,
  macToBytes,
  type Machine,
  type Network,
  parseDnsName,
  parseIp4,
  parseLabel,
  parseMac,
  parseSubnet,
  parseUuid,
  type Snapshot,
  type Subnet,
  type Uuid,
  type Vcn,
} from '#directory'
import type { NextBoot } from '#feed'
import {
  answer,
  type Arrival,
  createLeaseBook,
  decodeDhcp,
  defaultDhcpLimits,
  type DhcpMessage,
  type DhcpSettings,
  type DhcpWorld,
  encodeDhcp,
  type LeaseBook,
  type Outcome,
  replyBuffer,
  type Stamp,
} from '#pxe'

function known<T>(value: T | undefined, text: string): T {
  if (value === undefined) throw new Error(`no such value: ${text}`)
  return value
}

export const ip = (text: string): Ip4 => known(parseIp4(text), text)
export const mac = (text: string): Mac => known(parseMac(text), text)
export const label = (text: string): Label => known(parseLabel(text), text)
export const name = (text: string): DnsName => known(parseDnsName(text), text)
export const uuid = (text: string): Uuid => known(parseUuid(text), text)
export const subnet = (text: string): Subnet => known(parseSubnet(text), text)

let ids = 0
export function newId(): EntryId {
  ids += 1
  return uuid(ids.toString(16).padStart(32, '0'))
}

export function network(text: string, more: Partial<Network> & { name: Label }): Network {
  const dn = `cn=${more.name},ou=networks,dc=cluster,dc=test`
  return { kind: 'network', id: newId(), dn, leaseSeconds: 600, ...subnet(text), ...more }
}

export function machine(
  text: string,
  nic: { mac?: string; macs?: readonly string[]; ip?: string },
  more: Partial<Machine> = {},
): Machine {
  const id = newId()
  const macs = (nic.macs ?? (nic.mac === undefined ? [] : [nic.mac])).map(mac)
  return {
    kind: 'machine',
    id,
    dn: `cn=${text},ou=machines,dc=cluster,dc=test`,
    name: name(text),
    aliases: [],
    nics: [{ id, macs, ...(nic.ip !== undefined && { address: ip(nic.ip) }) }],
    tags: [],
    role: 'host',
    bootParameters: [],
    ...more,
  }
}

export function vcn(text: string, nic: { mac: string; ip: string }): Vcn {
  const id = newId()
  const [, cluster = '', vo = ''] = text.split('.')
  return {
    kind: 'vcn',
    id,
    dn: `cn=${text}`,
    name: name(text),
    aliases: [],
    nics: [{ id, macs: [mac(nic.mac)], address: ip(nic.ip) }],
    tags: [],
    vo: label(vo),
    cluster: label(cluster),
  }
}

export const server = ip('10.77.0.1')
export const nowhere = ip4(0)
export const knownMac = '52:54:00:77:00:11'
export const otherMac = '52:54:00:77:00:12'
export const diskMac = '52:54:00:77:00:13'
export const strangeMac = '52:54:00:cc:00:31'
export const vcnMac = '02:00:00:00:00:03'

export const siteEntries: readonly Entry[] = [
  network('10.77.0.0/24', {
    name: label('prov'),
    gateway: ip('10.77.0.254'),
    pool: { first: ip('10.77.0.200'), last: ip('10.77.0.209') },
  }),
  network('10.78.0.0/24', {
    name: label('far'),
    gateway: ip('10.78.0.1'),
    pool: { first: ip('10.78.0.100'), last: ip('10.78.0.199') },
  }),
  network('10.128.0.0/20', { name: label('vo-physics'), vni: 100 }),
  machine('n001', { mac: knownMac, ip: '10.77.0.11' }),
  machine('n002', { mac: otherMac, ip: '10.77.0.12' }),
  machine('desk', { mac: diskMac, ip: '10.77.0.13' }, { role: 'other' }),
  machine('far1', { mac: '52:54:00:78:00:11', ip: '10.78.0.11' }),
  vcn('compute3.hpl.physics', { mac: vcnMac, ip: '10.128.0.5' }),
]

export function snapshotOf(entries: readonly Entry[]): Snapshot {
  const deltas = entries.map((entry): Delta => ({ kind: 'put', entry }))
  return applyDeltas(emptySnapshot(name('cluster.test')), deltas)
}

export const onProv: Arrival = {
  interfaceName: 'prov0',
  interfaceAddress: server,
  addresses: [server],
  subnets: [subnet('10.77.0.0/24')],
  source: nowhere,
  sourcePort: 68,
  port: 67,
}

export const onVo: Arrival = {
  ...onProv,
  interfaceName: 'vo100',
  interfaceAddress: ip('10.128.0.1'),
  addresses: [ip('10.128.0.1')],
  subnets: [subnet('10.128.0.0/20')],
}

export const settings: DhcpSettings = {
  mode: 'authoritative',
  addresses: new Set([server, ip('10.128.0.1')]),
  limits: defaultDhcpLimits,
}

export const start: Stamp = { wallMs: 1_800_000_000_000, monotonicMs: 5_000, bootId: 'boot-1' }

export function later(stamp: Stamp, seconds: number): Stamp {
  const ms = seconds * 1000
  return { ...stamp, wallMs: stamp.wallMs + ms, monotonicMs: stamp.monotonicMs + ms }
}

/** What a client sends; whatever is not named is as in a DISCOVER from a card without an address. */
export interface Sent {
  readonly type: number
  readonly mac?: string
  readonly op?: 'request' | 'reply'
  readonly xid?: number
  readonly ciaddr?: string
  readonly giaddr?: string
  readonly broadcast?: boolean
  readonly wanted?: string
  readonly server?: string
  readonly options?: Readonly<Record<number, Uint8Array>>
}

export const text = (value: string): Uint8Array => new TextEncoder().encode(value)
export const u32 = (value: number): Uint8Array =>
  Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)

export function bytesOf(sent: Sent): Uint8Array {
  const hardware = new Uint8Array(16)
  hardware.set(macToBytes(mac(sent.mac ?? knownMac)))
  const options = new Map<number, Uint8Array>()
  if (sent.wanted !== undefined) options.set(50, u32(ip(sent.wanted)))
  if (sent.server !== undefined) options.set(54, u32(ip(sent.server)))
  for (const [code, bytes] of Object.entries(sent.options ?? {})) options.set(Number(code), bytes)
  const relay = options.get(82)
  options.delete(82)
  const buffer = replyBuffer()
  const length = encodeDhcp(
    {
      op: sent.op ?? 'request',
      type: sent.type,
      xid: sent.xid ?? 0x1234_5678,
      secs: 0,
      broadcast: sent.broadcast ?? false,
      ciaddr: ip(sent.ciaddr ?? '0.0.0.0'),
      yiaddr: nowhere,
      siaddr: nowhere,
      giaddr: ip(sent.giaddr ?? '0.0.0.0'),
      hardware: { type: 1, length: 6, bytes: hardware },
      bootFile: '',
      options: [...options].map(([code, bytes]) => ({ code, bytes })),
      ...(relay && { relayInformation: relay }),
      bytesMax: buffer.length,
    },
    buffer,
  )
  return buffer.slice(0, length)
}

export function messageOf(sent: Sent): DhcpMessage {
  return decoded(bytesOf(sent))
}

export function decoded(bytes: Uint8Array): DhcpMessage {
  const result = decodeDhcp(bytes)
  if (!result.ok) throw new Error(`refused: ${JSON.stringify(result.refusal)}`)
  return result.value
}

/** A site that remembers. `ask` answers and does what the answer says. */
export interface Site {
  readonly book: LeaseBook
  now: Stamp
  snapshot: Snapshot
  settings: DhcpSettings
  nextBoot: NextBoot
  /** Loaders that are not installed. */
  readonly missing: Set<string>
  /** Addresses that were asked after in vain. */
  readonly ready: Set<Ip4>
  world(): DhcpWorld
  ask(sent: Sent | DhcpMessage, arrival?: Arrival): Outcome
}

export function newSite(entries: readonly Entry[] = siteEntries): Site {
  const book = createLeaseBook()
  return {
    book,
    now: start,
    snapshot: snapshotOf(entries),
    settings,
    nextBoot: 'by-role',
    missing: new Set(),
    ready: new Set(),
    world() {
      const readyIn: DhcpWorld['readyIn'] = (net) =>
        [...this.ready].filter((one) => contains(net, one))
      const isHeld = (file: string): boolean => !this.missing.has(file)
      const { snapshot, now } = this
      const nextBoot = (): NextBoot => this.nextBoot
      return { snapshot, leases: book, now, settings: this.settings, nextBoot, isHeld, readyIn }
    },
    ask(sent, arrival = onProv) {
      const message = 'hardware' in sent ? sent : messageOf(sent)
      const outcome = answer(message, arrival, this.world())
      book.apply(outcome.changes)
      return outcome
    },
  }
}

/** The reply as its client reads it off the wire. */
export function replyOf(outcome: Outcome): DhcpMessage | undefined {
  if (!outcome.send) return undefined
  const buffer = replyBuffer()
  return decoded(buffer.subarray(0, encodeDhcp(outcome.send.reply, buffer)))
}

export const type = {
  discover: 1,
  offer: 2,
  request: 3,
  decline: 4,
  ack: 5,
  nak: 6,
  release: 7,
  inform: 8,
} as const
