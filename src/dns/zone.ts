// Why this file exists: zones are no files but a way to look at the snapshot: each name, address and serial is asked
// of it at the moment of the question.
import {
  contains,
  type DnsName,
  type Found,
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
  | {
      readonly type: 'soa'
      readonly server: string
      readonly person: string
      readonly serial: number
    }
  /** RFC 8482: what ANY gets in place of everything. */
  | { readonly type: 'hinfo' }

export type Lookup =
  | { readonly kind: 'records'; readonly records: readonly Record[] }
  /** The name exists, but has nothing of that type. */
  | { readonly kind: 'no-data'; readonly zone: string }
  | { readonly kind: 'no-name'; readonly zone: string }
  | { readonly kind: 'not-ours' }

const serverLabel = 'ns'
const personLabel = 'hostmaster'
const reverseSuffix = '.in-addr.arpa'

export function serverName(domain: DnsName): string {
  return `${serverLabel}.${domain}`
}

export function personName(domain: DnsName): string {
  return `${personLabel}.${domain}`
}

export function soaOf({ snapshot, serial }: ZoneView): Record {
  const { domain } = snapshot
  return { type: 'soa', server: serverName(domain), person: personName(domain), serial }
}

export function lookUp(view: ZoneView, name: string, type: number): Lookup {
  const { domain } = view.snapshot
  if (name === domain) return chosen(apexOf(view), domain, type)
  if (name.endsWith(`.${domain}`)) return forward(view, name, type)
  if (name.endsWith(reverseSuffix))
    return reverse(view, name.slice(0, -reverseSuffix.length).split('.'), type)
  return { kind: 'not-ours' }
}

/** Of all that a name has, what was asked for. */
function chosen(records: readonly Record[], zone: string, type: number): Lookup {
  if (type === recordType.any && records.length > 0)
    return { kind: 'records', records: [{ type: 'hinfo' }] }
  const asked = records.filter((record) => recordType[record.type] === type)
  return asked.length > 0 ? { kind: 'records', records: asked } : { kind: 'no-data', zone }
}

function apexOf(view: ZoneView): readonly Record[] {
  return [soaOf(view), { type: 'ns', name: serverName(view.snapshot.domain) }]
}

/** An alias has the address itself, not a CNAME: one answer suffices, and firmware that follows none is served. */
function forward(view: ZoneView, name: string, type: number): Lookup {
  const { snapshot } = view
  const zone = snapshot.domain
  const relative = parseDnsName(name.slice(0, -zone.length - 1))
  if (relative === undefined) return { kind: 'no-name', zone }
  const found = snapshot.byName.get(relative)
  if (found !== undefined) return chosen(addressRecords(addressesOf(found)), zone, type)
  if (name === serverName(zone)) return chosen(addressRecords(view.applianceAddresses), zone, type)
  // RFC 8020: a name below which others stand exists, though it holds nothing.
  return snapshot.nonTerminals.has(relative) ? { kind: 'no-data', zone } : { kind: 'no-name', zone }
}

function addressRecords(addresses: readonly Ip4[]): readonly Record[] {
  return addresses.map((address) => ({ type: 'a', address }))
}

/** A flat entry may have several; a card that is an entry of its own has one. */
function addressesOf({ device, nicIndex }: Found): readonly Ip4[] {
  const id = device.nics[nicIndex]?.id
  return device.nics.flatMap((nic) => (nic.id === id ? (nic.address ?? []) : []))
}

const octetsMax = 4

/** `labels` as the name has them: the last octet first. */
function reverse(view: ZoneView, labels: readonly string[], type: number): Lookup {
  const fromTop = labels.toReversed()
  const stray = fromTop.findIndex((label, at) => at >= octetsMax || !isOctet(label))
  const octets = (stray < 0 ? fromTop : fromTop.slice(0, stray)).map(Number)
  const found = reverseOf(view, octets, type)
  // Below an address, or beside the octets, nothing can have a name.
  if (stray < 0 || found.kind === 'not-ours') return found
  return { kind: 'no-name', zone: found.zone }
}

type ReverseLookup = (Lookup & { readonly zone: string }) | { readonly kind: 'not-ours' }

/** Of a zone that a small network shares with strangers, only the network's own addresses are ours to answer. */
function reverseOf(view: ZoneView, octets: readonly number[], type: number): ReverseLookup {
  const start = ip4(octets.reduce((sum, octet, at) => sum + octet * 2 ** (24 - 8 * at), 0))
  const bits = octets.length * 8
  const network = view.snapshot.networks.find((one) => overlaps(one, start, bits))
  if (network === undefined) return { kind: 'not-ours' }
  const depth = zoneDepth(network)
  if (octets.length < depth) return { kind: 'not-ours' }
  const zone = octets.slice(0, depth).toReversed().join('.') + reverseSuffix
  if (octets.length === depth) return { ...chosen(apexOf(view), zone, type), zone }
  // Whether any address below has a name is not worth a scan: "nothing here" is true in any case.
  if (octets.length < octetsMax) return { kind: 'no-data', zone }
  const name = nameOf(view, start)
  if (name === undefined) return { kind: 'no-name', zone }
  return { ...chosen([{ type: 'ptr', name }], zone, type), zone }
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

/** Zones end at whole octets (RFC 1035 §3.5): a /16 is one, a /20 is sixteen of /24, a /28 lies in one of /24. */
function zoneDepth({ prefix }: Network): number {
  return Math.min(octetsMax - 1, Math.max(1, Math.ceil(prefix / 8)))
}
