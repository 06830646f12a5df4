// Why this file exists: the answer to "what would it get now?", put together at the place where it is known: wire's own
// snapshot, its own leases, its own files, and the functions that answer packets. Nothing here has an effect.
import {
  applyDeltas,
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
  type Vcn,
} from '#directory'
import { explainDns, reverseName } from '#dns'
import type { Fact, Told } from '#feed'
import { type Asker, asksAt, placeFacts } from './asks.ts'
import { type Explaining, snapshotOf } from './explaining.ts'
import { nameFacts, zoneFor } from './names.ts'
import { placeByRelay } from './places.ts'
import { findSubject } from './subject.ts'

/** A card that no machine has (RFC 7042 §2.1.2: for documentation): it stands for whichever is plugged in at a port. */
const anyCard = macFromBytes(Uint8Array.of(0, 0, 0x5e, 0, 0x53, 0xff), 0)

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
