// Why this file exists: addresses, cards and identifiers are spelt in more ways in old files than the directory accepts;
// each spelling is read in one place.
import {
  formatIp4,
  type Ip4,
  isUnicastMac,
  type Mac,
  macFromBytes,
  parseIp4,
  parseMac,
  parseUuid,
  type Uuid,
} from '#directory'

/** Also `0:0:c0:5d:bd:95`, as dhcpd and ethers(5) allow. */
export function readMac(text: string): Mac | undefined {
  const octets = /^[0-9a-f]{1,2}([:-][0-9a-f]{1,2}){5}$/i.test(text)
    ? text.split(/[:-]/)
    : undefined
  const mac = parseMac(octets?.map((octet) => octet.padStart(2, '0')).join(':') ?? text)
  return mac !== undefined && isUnicastMac(mac) ? mac : undefined
}

export function looksLikeMac(text: string): boolean {
  return (
    /^[0-9a-f]{1,2}([:-][0-9a-f]{1,2}){5}$/i.test(text) ||
    /^([0-9a-f]{4}\.){2}[0-9a-f]{4}$/i.test(text)
  )
}

/** `01:0a:ff`, `01-0a-ff`, `010aff` and `0x010aff`. */
export function readOctets(text: string): Uint8Array | undefined {
  const bare = text.trim().replace(/^0x/i, '')
  const parts = /[:-]/.test(bare) ? bare.split(/[:-]/) : (bare.match(/../g) ?? [])
  const isWhole = /[:-]/.test(bare) || bare.length % 2 === 0
  if (!isWhole || parts.length === 0 || parts.length > 255) return undefined
  if (!parts.every((part) => /^[0-9a-f]{1,2}$/i.test(part))) return undefined
  return Uint8Array.from(parts, (part) => Number.parseInt(part, 16))
}

export function latinOctets(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0) & 255)
}

/** RFC 2132 §9.14: the type Ethernet and its six octets. */
export function macOfClientId(octets: Uint8Array | undefined): Mac | undefined {
  if (octets?.length !== 7 || octets[0] !== 1) return undefined
  const mac = macFromBytes(octets, 1)
  return isUnicastMac(mac) ? mac : undefined
}

/** RFC 4578 §2.3: type 0 and a UUID. */
export function uuidOfClientMachineId(octets: Uint8Array | undefined): Uuid | undefined {
  if (octets?.length !== 17 || octets[0] !== 0) return undefined
  return parseUuid(hexOf(octets.subarray(1)))
}

/** A circuit id as DHCP writes it down: text, or hex when it is none. */
export function portOfCircuitId(octets: Uint8Array): string {
  const isText = octets.every((octet) => octet >= 0x20 && octet < 0x7f)
  return isText ? String.fromCharCode(...octets) : `0x${hexOf(octets)}`
}

function hexOf(octets: Uint8Array): string {
  return [...octets].map((octet) => octet.toString(16).padStart(2, '0')).join('')
}

export interface AddressRange {
  readonly first: Ip4
  readonly last: Ip4
}

export function rangeText({ first, last }: AddressRange): string {
  return `${formatIp4(first)}-${formatIp4(last)}`
}

/** For generated names: `net-10-77-0-0`. */
export function dashed(address: Ip4): string {
  return formatIp4(address).replaceAll('.', '-')
}

/** A BMC's address becomes a URL; a URL stays one, unless it holds a secret. */
export function powerUrl(text: string): string | undefined {
  if (parseIp4(text) !== undefined) return `ipmi://${text}`
  const url = URL.parse(text)
  if (url === null || !/^(ipmi|wol|redfish\+https?):$/.test(url.protocol)) return undefined
  return url.username === '' && url.password === '' ? text : undefined
}
