// Why this file exists: zones are no files but a way to look at the snapshot: each name, address and serial is asked
// of it at the moment of the question.
import {
  contains,
  type DnsName,
  type Found,
  formatIp4,
  type Ip4,
  ip4,
  joinName,
  type Network,
  parseDnsName,
  type Snapshot,
} from '#directory'
import { recordType } from './query.ts'

export interface ZoneView {
  readonly snapshot: Snapshot
  /** Our own addresses: what the name server's name leads to. */
  readonly applianceAddresses: readonly Ip4[]
  readonly serial: number
}

export type Record =
  | { readonly type: 'a'; readonly address: Ip4 }
  | { readonly type: 'ptr' | 'ns'; readonly name: string }
  | { readonly type: 'soa'; readonly zone: string }

export type Lookup =
  | { readonly kind: 'records'; readonly records: readonly Record[] }
  /** The name exists, but has nothing of that type. */
  | { readonly kind: 'no-data'; readonly zone: string }
  | { readonly kind: 'no-name'; readonly zone: string }
  | { readonly kind: 'not-ours' }

const serverLabel = 'ns'

export function serverName(domain: DnsName): string {
  return `${serverLabel}.${domain}`
}

export function lookUp(view: ZoneView, name: string, type: number): Lookup {
  const { domain } = view.snapshot
  if (name === domain) return apex(view, domain, type)
  if (name.endsWith(`.${domain}`)) return forward(view, name, type)
  if (name.endsWith('.in-addr.arpa')) return reverse(view, name, type)
  return { kind: 'not-ours' }
}

function apex(view: ZoneView, zone: string, type: number): Lookup {
  const ns: Record = { type: 'ns', name: serverName(view.snapshot.domain) }
  if (type === recordType.soa) return { kind: 'records', records: [{ type: 'soa', zone }] }
  return type === recordType.ns ? { kind: 'records', records: [ns] } : { kind: 'no-data', zone }
}

function forward(view: ZoneView, name: string, type: number): Lookup {
  const { snapshot } = view
  const zone = snapshot.domain
  const relative = parseDnsName(name.slice(0, -zone.length - 1))
  if (relative === undefined) return { kind: 'no-name', zone }
  const found = snapshot.byName.get(relative)
  if (found !== undefined) return addresses(addressOf(found), zone, type)
  if (name === serverName(zone)) return addresses(view.applianceAddresses, zone, type)
  // RFC 8020: a name below which others stand exists, though it holds nothing.
  return snapshot.nonTerminals.has(relative) ? { kind: 'no-data', zone } : { kind: 'no-name', zone }
}

function addresses(list: readonly Ip4[], zone: string, type: number): Lookup {
  if (type !== recordType.a || list.length === 0) return { kind: 'no-data', zone }
  return { kind: 'records', records: list.map((address) => ({ type: 'a', address })) }
}

function addressOf(found: Found): readonly Ip4[] {
  const address = found.device.nics[found.nicIndex]?.address
  return address === undefined ? [] : [address]
}

function reverse(view: ZoneView, name: string, type: number): Lookup {
  const octets = name.slice(0, -'.in-addr.arpa'.length).split('.').toReversed()
  if (octets.length > 4 || !octets.every(isOctet)) return reverseOfNonsense(view, octets)
  const start = octets.reduce((sum, octet, at) => sum + Number(octet) * 2 ** (24 - 8 * at), 0)
  const network = view.snapshot.networks.find((one) => overlaps(one, ip4(start), octets.length * 8))
  if (network === undefined) return { kind: 'not-ours' }
  const zone = reverseZone(network, ip4(start))
  if (octets.length < zone.octets) return { kind: 'not-ours' }
  if (octets.length === zone.octets) return apex(view, zone.name, type)
  if (octets.length < 4) return { kind: 'no-data', zone: zone.name }
  return pointer(view, ip4(start), zone.name, type)
}

/** Below one of our reverse zones, but no address: nothing can have that name. */
function reverseOfNonsense(view: ZoneView, octets: readonly string[]): Lookup {
  const whole = octets.slice(
    0,
    octets.findIndex((octet) => !isOctet(octet)),
  )
  for (let length = Math.min(whole.length, 4); length > 0; length -= 1) {
    const parent = `${whole.slice(0, length).toReversed().join('.')}.in-addr.arpa`
    const above = reverse(view, parent, recordType.soa)
    if (above.kind === 'records') return { kind: 'no-name', zone: parent }
    if (above.kind !== 'not-ours') return { kind: 'no-name', zone: above.zone }
  }
  return { kind: 'not-ours' }
}

function pointer(view: ZoneView, address: Ip4, zone: string, type: number): Lookup {
  const name = nameOf(view, address)
  if (name === undefined) return { kind: 'no-name', zone }
  return type === recordType.ptr
    ? { kind: 'records', records: [{ type: 'ptr', name }] }
    : { kind: 'no-data', zone }
}

function nameOf(view: ZoneView, address: Ip4): string | undefined {
  const { snapshot } = view
  const found = snapshot.byIp.get(address)
  if (found === undefined) {
    return view.applianceAddresses.includes(address) ? serverName(snapshot.domain) : undefined
  }
  const label = found.device.nics[found.nicIndex]?.label
  const { name } = found.device
  return label === undefined
    ? joinName(name, snapshot.domain)
    : joinName(label, name, snapshot.domain)
}

function isOctet(text: string): boolean {
  return /^(0|[1-9]\d{0,2})$/.test(text) && Number(text) <= 255
}

function overlaps(network: Network, start: Ip4, bits: number): boolean {
  return bits >= network.prefix
    ? contains(network, start)
    : contains({ number: start, prefix: bits }, network.number)
}

/** The zone of whole octets around a network: a /20 lies in its /16's neighbour zones of /24 each. */
function reverseZone(network: Network, start: Ip4): { name: string; octets: number } {
  const octets = Math.min(3, Math.max(1, Math.ceil(network.prefix / 8)))
  const inside = contains(network, start) ? start : network.number
  const parts = formatIp4(inside).split('.').slice(0, octets)
  return { name: `${parts.toReversed().join('.')}.in-addr.arpa`, octets }
}
