// Why this file exists: where the simulated clients live: four wires, what the directory says of them, and boot files.
import { contains, type Entry, type Ip4, type Subnet } from '#directory'
import type { Arrival, BootFiles } from '#pxe'
import { id, ip, label, mac, machine, name, network, vcn } from '../../directory/samples.ts'
import { subnet } from '../../pxe/dhcp-lab.ts'

/** prov and vo are wires of our own; the others lie behind relays. */
export const segments = ['prov', 'far', 'farther', 'vo'] as const
export type Segment = (typeof segments)[number]

export const ownAddress = ip('10.77.0.1')
export const voAddress = ip('10.128.0.1')
export const voVni = 100

export const subnets: Readonly<Record<Segment, Subnet>> = {
  prov: subnet('10.77.0.0/24'),
  far: subnet('10.78.0.0/24'),
  farther: subnet('10.79.0.0/24'),
  vo: subnet('10.128.0.0/24'),
}

export const relays: Readonly<Partial<Record<Segment, Ip4>>> = {
  far: ip('10.78.0.1'),
  farther: ip('10.79.0.1'),
}

export const cards = {
  machine: (number: number): string => `52:54:00:00:01:${hex(number)}`,
  stranger: (number: number): string => `52:54:00:00:02:${hex(number)}`,
  node: (number: number): string => `02:00:00:00:00:${hex(number)}`,
} as const

function hex(number: number): string {
  return number.toString(16).padStart(2, '0')
}

export const machinesMax = 4
export const nodesMax = 3

function pool(first: string, last: string) {
  return { pool: { first: ip(first), last: ip(last) } }
}

export function siteEntries(leaseSeconds: number): readonly Entry[] {
  const described = Array.from({ length: machinesMax }, (_, at) =>
    machineEntry(at, `10.77.0.${11 + at}`),
  )
  const more = { leaseSeconds }
  const nodes = Array.from({ length: nodesMax }, (_, at) =>
    nodeEntry(at, `10.128.0.${11 + at}`, 'physics'),
  )
  return [
    network(1, '10.77.0.0/24', {
      ...more,
      gateway: ip('10.77.0.254'),
      ...pool('10.77.0.200', '10.77.0.205'),
    }),
    network(2, '10.78.0.0/24', {
      ...more,
      gateway: ip('10.78.0.1'),
      ...pool('10.78.0.100', '10.78.0.103'),
    }),
    network(3, '10.79.0.0/24', {
      ...more,
      gateway: ip('10.79.0.1'),
      ...pool('10.79.0.100', '10.79.0.102'),
    }),
    network(4, '10.128.0.0/24', { ...more, name: label('vo-physics'), vni: voVni }),
    network(5, '10.129.0.0/24', { ...more, name: label('vo-biology'), vni: voVni + 1 }),
    ...described,
    machine(60, { macs: [cards.machine(60), cards.machine(61)], address: '10.77.0.60' }),
    machine(70, { macs: [cards.machine(70)], address: '10.78.0.70' }),
    ...nodes,
    nodeEntry(50, '10.129.0.11', 'biology'),
  ]
}

export function machineEntry(number: number, address: string | undefined): Entry {
  return machine(number + 10, {
    macs: [cards.machine(number)],
    ...(address !== undefined && { address }),
  })
}

export function nodeEntry(number: number, address: string, vo: string): Entry {
  const nic = { id: id(number + 200), macs: [mac(cards.node(number))], address: ip(address) }
  return vcn(number + 200, { nics: [nic], vo: label(vo), name: name(`c${number}.hpl.${vo}`) })
}

const onProv: Arrival = {
  interfaceName: 'prov0',
  interfaceAddress: ownAddress,
  addresses: [ownAddress],
  subnets: [subnets.prov],
  source: ip('0.0.0.0'),
  sourcePort: 68,
  port: 67,
}

export function segmentOfAddress(address: string): Segment | undefined {
  const known = ip(address)
  return segments.find((segment) => contains(subnets[segment], known))
}

/** Two cards of one machine, which is described by one address. */
export function sharesAddress(one: string, other: string): boolean {
  const twins = [cards.machine(60), cards.machine(61)]
  return twins.includes(one) && twins.includes(other)
}

/** Where a packet of that wire comes in. */
export function arrivalOf(segment: Segment, source: Ip4): Arrival {
  if (segment !== 'vo') return { ...onProv, source }
  return {
    ...onProv,
    interfaceName: 'vo100',
    interfaceAddress: voAddress,
    addresses: [voAddress],
    subnets: [subnets.vo],
    source,
  }
}

export const bootFileContent = Buffer.from(
  Uint8Array.from({ length: 1_300 }, (_, at) => (at * 31 + (at >>> 3)) & 255),
)
/** Beside the boot files, where nobody should get at it. */
export const secretContent = Buffer.alloc(700, 'secret!')

export const bootFiles: BootFiles = {
  find: (name) =>
    name === 'snponly.efi'
      ? { kind: 'held', name, bytes: bootFileContent, digest: 'ab' }
      : undefined,
}
