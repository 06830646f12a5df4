// Why this file exists: a zone as the file that other name servers load, with what our own DNS answers at this moment.
import {
  contains,
  formatIp4,
  type Found,
  type Ip4,
  ip4,
  joinName,
  namesOf,
  type Network,
  parseDnsName,
  type Snapshot,
} from '#directory'
import { devicesOf, naturalKey, sortedBy } from './devices.ts'

/** What the DNS of the appliance says of itself. */
export interface ZoneFacts {
  readonly serial: number
  /** Its full name. */
  readonly server: string
  readonly person: string
  readonly serverAddresses: readonly Ip4[]
  readonly recordSeconds: number
  readonly refreshSeconds: number
  readonly retrySeconds: number
  readonly expireSeconds: number
  readonly negativeSeconds: number
}

const reverseSuffix = '.in-addr.arpa'

/** The forward zone, then one or several for each network: RFC 1035 §3.5 cuts them at whole octets. */
export function zoneNames({ domain, networks }: Snapshot): readonly string[] {
  return [domain, ...new Set(networks.flatMap(reverseZonesOf))]
}

function reverseZonesOf(network: Network): readonly string[] {
  const depth = Math.min(3, Math.max(1, Math.ceil(network.prefix / 8)))
  const bits = depth * 8
  const count = network.prefix >= bits ? 1 : 2 ** (bits - network.prefix)
  return Array.from({ length: count }, (_, index) => {
    const start = ip4(((network.number >>> (32 - bits)) + index) * 2 ** (32 - bits))
    return formatIp4(start).split('.').slice(0, depth).toReversed().join('.') + reverseSuffix
  })
}

/** `undefined`: there is no such zone. */
export function zoneLines(
  snapshot: Snapshot,
  zone: string,
  facts: ZoneFacts,
): Generator<string> | undefined {
  if (!zoneNames(snapshot).includes(zone)) return undefined
  return zone === snapshot.domain
    ? forwardLines(snapshot, facts)
    : reverseLines(snapshot, zone, facts)
}

function* headLines(zone: string, facts: ZoneFacts): Generator<string> {
  const { serial, server, person, recordSeconds } = facts
  const { refreshSeconds, retrySeconds, expireSeconds, negativeSeconds } = facts
  const times = [serial, refreshSeconds, retrySeconds, expireSeconds, negativeSeconds]
  yield `; The zone ${zone}`
  yield `$ORIGIN ${zone}.`
  yield `$TTL ${recordSeconds}`
  yield `@\tIN\tSOA\t${server}. ${person}. ( ${times.join(' ')} )`
  yield `@\tIN\tNS\t${server}.`
}

/** An alias has the address itself, as our own DNS answers it. */
function* forwardLines(snapshot: Snapshot, facts: ZoneFacts): Generator<string> {
  const { domain, byName } = snapshot
  yield* headLines(domain, facts)
  const server = facts.server.slice(0, -domain.length - 1)
  const described = parseDnsName(server)
  if (described === undefined || !byName.has(described)) {
    for (const address of facts.serverAddresses) yield `${server}\tIN\tA\t${formatIp4(address)}`
  }
  for (const device of devicesOf(snapshot)) {
    for (const { name } of namesOf(device)) {
      const found = byName.get(name)
      if (found === undefined || joinName(name, domain) === undefined) continue
      for (const address of addressesOf(found)) yield `${name}\tIN\tA\t${formatIp4(address)}`
    }
  }
}

/** A flat entry may have several; a card that is an entry of its own has one. */
function addressesOf({ device, nicIndex }: Found): readonly Ip4[] {
  const id = device.nics[nicIndex]?.id
  return device.nics.flatMap((nic) => (nic.id === id ? (nic.address ?? []) : []))
}

function* reverseLines(snapshot: Snapshot, zone: string, facts: ZoneFacts): Generator<string> {
  yield* headLines(zone, facts)
  const octets = zone.slice(0, -reverseSuffix.length).split('.').toReversed().map(Number)
  const number = ip4(octets.reduce((sum, octet, at) => sum + octet * 2 ** (24 - 8 * at), 0))
  const around = { number, prefix: octets.length * 8 }
  const isOurs = (address: Ip4): boolean =>
    contains(around, address) && snapshot.networks.some((network) => contains(network, address))
  const names = new Map<Ip4, string>()
  for (const address of facts.serverAddresses) if (isOurs(address)) names.set(address, facts.server)
  for (const [address, found] of snapshot.byIp.entries()) {
    const name = isOurs(address) ? nameOf(found, snapshot) : undefined
    if (name !== undefined) names.set(address, name)
  }
  for (const [address, name] of sortedBy(names, ([each]) => naturalKey(String(each)))) {
    const owner = formatIp4(address).split('.').slice(octets.length).toReversed().join('.')
    yield `${owner}\tIN\tPTR\t${name}.`
  }
}

function nameOf({ device, nicIndex }: Found, { domain }: Snapshot): string | undefined {
  const label = device.nics[nicIndex]?.label
  return label === undefined ? joinName(device.name, domain) : joinName(label, device.name, domain)
}
