// Why this file exists: the answer to "what would it get now?", put together at the place where it is known: wire's own
// snapshot, its own leases, its own files, and the functions that answer packets. Nothing here has an effect.
import {
  applyDeltas,
  contains,
  type Delta,
  formatIp4,
  type Found,
  type Ip4,
  isUnicastMac,
  joinName,
  type Mac,
  type Machine,
  macFromBytes,
  type Network,
  networkContaining,
  networkForNic,
  type Nic,
  type Snapshot,
  type Vcn,
} from '#directory'
import { explainDns, reverseName, type ZoneView } from '#dns'
import type { Fact, Told } from '#feed'
import {
  type BootFiles,
  type ClientSigns,
  defaultScriptPaths,
  type DhcpExplaining,
  explainDhcp,
  explainRenewal,
  explainScript,
  type Lease,
  type LeaseBook,
  remainingMs,
  type Stamp,
} from '#pxe'
import type { Picture } from '../picture.ts'
import type { LastSeen } from './last-seen.ts'
import { type AskingPlace, directly, type ExplainedEnd, placeByRelay, placesFor } from './places.ts'
import { findSubject } from './subject.ts'

export interface Explaining {
  readonly picture: Picture
  readonly book: LeaseBook
  readonly now: Stamp
  readonly files: BootFiles
  readonly ends: readonly ExplainedEnd[]
  readonly lastSeen: LastSeen
  /** In place of what is served. */
  readonly instead?: Snapshot
}

/** A card that no machine has (RFC 7042 §2.1.2: for documentation): it stands for whichever is plugged in at a port. */
const anyCard = macFromBytes(Uint8Array.of(0, 0, 0x5e, 0, 0x53, 0xff), 0)
const anyName = 'a-name-that-nobody-has'

export function explainSubject(
  text: string,
  asked: Omit<Explaining, 'instead'>,
  deltas: readonly Delta[] = [],
): Told {
  const served = asked.picture.snapshot
  const instead = deltas.length === 0 ? undefined : applyDeltas(served, deltas)
  const explaining = { ...asked, ...(instead && { instead }) }
  const { book: leases, now } = asked
  const subject = findSubject(text, { snapshot: instead ?? served, leases, now })
  switch (subject.kind) {
    case 'device':
      return { subject: subject.found.device.kind, facts: deviceFacts(subject.found, explaining) }
    case 'stranger':
      return { subject: 'stranger', facts: strangerFacts(subject.mac, explaining) }
    case 'address':
      return { subject: 'address', facts: addressFacts(subject.address, explaining) }
    case 'nobody':
      return { subject: 'nobody', facts: [] }
  }
}

function snapshotOf({ instead, picture }: Explaining): Snapshot {
  return instead ?? picture.snapshot
}

function deviceFacts({ device }: Found, explaining: Explaining): readonly Fact[] {
  const { domain } = snapshotOf(explaining)
  const fqdn = joinName(device.name, domain) ?? device.name
  const aliases = device.aliases.length > 0 ? ` (also ${device.aliases.join(', ')})` : ''
  const addresses = device.nics.flatMap(({ address }) => address ?? [])
  const macs = device.nics.flatMap((nic) => nic.macs)
  const { lastSeen } = explaining
  const isBare = device.kind === 'machine' && macs.length === 0 && device.port !== undefined
  return [
    { topic: 'entry', text: device.dn, entry: device.dn, values: { kind: device.kind } },
    { topic: 'name', text: `${fqdn}${aliases}`, values: { name: device.name, fqdn } },
    ...(isBare ? portFacts(device, explaining) : []),
    ...device.nics.flatMap((nic) => nicFacts(nic, device, explaining)),
    ...nameFacts(device, explaining),
    ...lastSeen.ofCards(macs),
    ...lastSeen.ofDns(addresses, [fqdn]),
  ]
}

/** Whatever card speaks at its port is it. */
function portFacts(machine: Machine, explaining: Explaining): readonly Fact[] {
  const { port = '' } = machine
  const [nic] = machine.nics
  const text = `any card at switch port ${port}: its entry has no MAC`
  const signs = { mac: anyCard, port }
  const network = nic && networkForNic(snapshotOf(explaining), machine, nic)
  return [
    { topic: 'card', text, entry: machine.dn, values: { port } },
    ...placeFactsByPort(signs, network, explaining),
  ]
}

/** Only a relay can say by which port a packet came. */
function placeFactsByPort(
  asker: Asker,
  network: Network | undefined,
  explaining: Explaining,
): readonly Fact[] {
  const at = network && placeByRelay(network, explaining.ends)
  if (at) return placeFacts(asker, at, explaining)
  const why = 'no relay asks for it: its network has no gateway'
  return [{ topic: 'dhcp', text: 'nothing', why, ...(network && { entry: network.dn }) }]
}

function nicFacts(nic: Nic, device: Machine | Vcn, explaining: Explaining): readonly Fact[] {
  const network = networkForNic(snapshotOf(explaining), device, nic)
  return nic.macs.flatMap((mac) => {
    const label = nic.label === undefined ? '' : ` (${nic.label})`
    const values = { mac, ...(nic.label !== undefined && { label: nic.label }) }
    return [
      { topic: 'card', text: `${mac}${label}`, values } as const,
      ...asksAt({ mac, ...explaining.lastSeen.signsOf(mac) }, network, explaining),
    ]
  })
}

interface Asker extends Pick<ClientSigns, 'mac' | 'uuid'> {
  /** Of the relay's. */
  readonly port?: string
}

/** What it gets at each place where its network is; without one, wherever it may ask. */
function asksAt(
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

function placeFacts(asker: Asker, at: AskingPlace, explaining: Explaining): readonly Fact[] {
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

/** What DNS says of it, and that what is not there is told as such. */
function nameFacts(device: Machine | Vcn, explaining: Explaining): readonly Fact[] {
  const [nic] = device.nics
  const network = nic && networkForNic(snapshotOf(explaining), device, nic)
  const zone = zoneFor(network, explaining)
  if (!zone) return [{ topic: 'dns', text: 'nothing: DNS is off there', rule: 'off' }]
  const { view } = zone
  const { domain } = view.snapshot
  const full = (name: string): string => `${name}.${domain}`
  const labelled = device.nics
    .flatMap(({ label }) => label ?? [])
    .map((label) => full(`${label}.${device.name}`))
  const names = [full(device.name), ...device.aliases.map(full), ...labelled]
  const addresses = device.nics.flatMap(({ address }) => address ?? [])
  return [
    ...names.map((name) => explainDns(name, 'a', zone)),
    ...addresses.map((address) => explainDns(reverseName(address), 'ptr', zone)),
    explainDns(full(device.name), 'aaaa', zone),
    explainDns(full(`${anyName}.${device.name}`), 'a', zone),
  ]
}

function zoneFor(network: Network | undefined, explaining: Explaining) {
  const vni = network?.vni
  const end = explaining.ends.find((one) => one.vni === vni) ?? explaining.ends[0]
  const served = end?.zone?.()
  if (!end || !served) return undefined
  const { instead } = explaining
  const view: ZoneView =
    instead && end.vni === undefined ? { ...served, snapshot: instead } : served
  return { view, forwards: end.forwards }
}

function strangerFacts(mac: Mac, explaining: Explaining): readonly Fact[] {
  const { lastSeen } = explaining
  const text = 'none: the directory does not describe this card'
  const noCard = `${mac} is no address of one card: no packet comes from it`
  if (!isUnicastMac(mac)) return [{ topic: 'entry', text: noCard }]
  return [
    { topic: 'entry', text, values: { kind: 'stranger' } },
    { topic: 'card', text: mac, values: { mac } },
    ...asksAt({ mac, ...lastSeen.signsOf(mac) }, whereLast(mac, explaining), explaining),
    ...lastSeen.ofCards([mac]),
  ]
}

/** A stranger asks where it asked last. */
function whereLast(mac: Mac, explaining: Explaining): Network | undefined {
  const { lastSeen, book, now } = explaining
  const address = book.ofMac(mac, now)[0]?.address ?? lastSeen.signsOf(mac).address
  return address === undefined ? undefined : networkContaining(snapshotOf(explaining), address)
}

/** Nobody has it: where it lies, and what DNS says of it. */
function addressFacts(address: Ip4, explaining: Explaining): readonly Fact[] {
  const network = networkContaining(snapshotOf(explaining), address)
  const zone = zoneFor(network, explaining)
  const ours = explaining.ends.find(({ place }) => place.addresses.includes(address))
  const text = ours
    ? `${formatIp4(address)} is the appliance's own, on ${ours.place.interfaceName}`
    : `nobody has ${formatIp4(address)}: no entry, no lease`
  return [
    { topic: 'entry', text },
    {
      topic: 'place',
      text: network ? placeText(address, network) : 'in no network of the directory',
    },
    ...(zone ? [explainDns(reverseName(address), 'ptr', zone)] : []),
    ...explaining.lastSeen.ofDns([address], []),
  ]
}

function placeText(address: Ip4, network: Network): string {
  const { name, pool, gateway } = network
  const isPool = pool !== undefined && address >= pool.first && address <= pool.last
  if (address === gateway) return `in network ${name}, whose gateway it is`
  if (isPool) return `in network ${name}, in the pool for machines that nobody has described`
  return `in network ${name}, outside its pool`
}
