// Why this file exists: one card, at each place where it can ask: what DHCP would say, what our loader would be told, and
// what becomes of the lease that it holds.
import { contains, formatIp4, type Ip4, type Mac, type Network, type Snapshot } from '#directory'
import type { Fact } from '#feed'
import {
  type ClientSigns,
  defaultScriptPaths,
  type DhcpExplaining,
  explainDhcp,
  explainRenewal,
  explainScript,
  type Lease,
  remainingMs,
  type Stamp,
} from '#pxe'
import { type Explaining, snapshotOf } from './explaining.ts'
import { type AskingPlace, directly, placesFor } from './places.ts'

export interface Asker extends Pick<ClientSigns, 'mac' | 'uuid'> {
  /** Of the relay's. */
  readonly port?: string
}

/** What it gets at each place where its network is; without one, wherever it may ask. */
export function asksAt(
  asker: Asker,
  network: Network | undefined,
  explaining: Explaining,
): readonly Fact[] {
  const { ends } = explaining
  const physical = ends.filter(({ vni }) => vni === undefined)
  const places = network ? placesFor(network, ends) : physical.map(directly)
  if (places.length > 0) return places.flatMap((place) => placeFacts(asker, place, explaining))
  const text = network
    ? `nothing: network ${network.name} is ${unreachable(network)}`
    : 'nothing: no interface of ours is served'
  return [{ topic: 'dhcp', text, ...(network && { entry: network.dn }) }]
}

function unreachable({ vni }: Network): string {
  return vni === undefined
    ? 'on none of our interfaces, and has no gateway by whose relay it could ask'
    : `a VO's, and has no end here now`
}

export function placeFacts(asker: Asker, at: AskingPlace, explaining: Explaining): readonly Fact[] {
  const { end, where } = at
  if (!end.dhcp) return [{ topic: 'dhcp', text: `nothing ${where}: DHCP is off`, rule: 'off' }]
  const asking = dhcpAsking(asker, at, explaining)
  const { facts, address } = explainDhcp(asking)
  const known = address ?? addressOf(asker.mac, snapshotOf(explaining))
  const script =
    end.vni === undefined && known !== undefined ? scriptFacts(asker, known, at, explaining) : []
  const { book, now } = explaining
  const held = book.ofMac(asker.mac, now).filter((lease) => isNear(lease.address, at))
  return [
    ...facts,
    ...script,
    ...held.flatMap((lease) => [
      leaseFact(lease, now),
      ...(lease.state === 'bound' ? explainRenewal(lease.address, asking) : []),
    ]),
  ]
}

function isNear(address: Ip4, { end, relay }: AskingPlace): boolean {
  return relay !== undefined || end.place.subnets.some((subnet) => contains(subnet, address))
}

function dhcpAsking(asker: Asker, at: AskingPlace, explaining: Explaining): DhcpExplaining {
  const { end, arrival, where, relay } = at
  const { mac, uuid, port } = asker
  const view = end.vni === undefined ? snapshotOf(explaining) : end.snapshot()
  const circuit = port === undefined ? {} : { circuitId: port }
  const served = snapshotOf(explaining)
  const entry = (served.byMac.get(mac)?.device ?? served.byPort.get(port ?? ''))?.dn
  return {
    signs: {
      mac,
      ...(uuid && { uuid }),
      ...(relay !== undefined && { relay: { address: relay, ...circuit } }),
    },
    where: port !== undefined && relay !== undefined ? `${where}, port ${port}` : where,
    judge(packet) {
      const { dhcp } = end
      if (!dhcp) throw new Error('DHCP was asked where it is off')
      return dhcp.judge(packet, arrival, end.vni === undefined ? explaining.instead : undefined)
    },
    snapshot: view ?? explaining.picture.snapshot,
    ...(entry !== undefined && { entry }),
    files: explaining.files,
    servers: arrival.addresses.map(formatIp4),
  }
}

/** Beside another server, which gives it. */
function addressOf(mac: Mac, snapshot: Snapshot): Ip4 | undefined {
  const found = snapshot.byMac.get(mac)
  return found?.device.nics[found.nicIndex]?.address
}

function scriptFacts(
  { mac, uuid, port }: Asker,
  address: Ip4,
  { end }: AskingPlace,
  explaining: Explaining,
): readonly Fact[] {
  const { picture, book, now, files } = explaining
  const { boot } = picture
  if (!boot) return [{ topic: 'script', text: 'none until core has spoken', rule: 'not yet' }]
  const place = { server: end.place.address, boot, ...defaultScriptPaths }
  const { nextBoot } = picture
  const world = { snapshot: snapshotOf(explaining), leases: book, now, nextBoot, place }
  const asking = { mac, address, ...(uuid && { uuid }), ...(port !== undefined && { port }) }
  return explainScript(asking, world, files)
}

function leaseFact(lease: Lease, now: Stamp): Fact {
  const { address, mac, state, source, port } = lease
  const until = new Date(now.wallMs + remainingMs(lease, now)).toISOString()
  return {
    topic: 'lease',
    text: `${formatIp4(address)} is ${state} to ${mac} until ${until}, from the ${source === 'observed' ? 'wire' : source}, by ${port}`,
    values: { address: formatIp4(address), mac, state, source, until, port },
  }
}
