// Why this file exists: which machines a run is over, in which order, on which network: a question to the directory, asked
// when the run is ordered and again when it begins, since it may have waited.
import type { HplRequest } from '#api'
import {
  contains,
  type EntryId,
  type Ip4,
  type Machine,
  type Network,
  networkContaining,
  parseDnsName,
  type Snapshot,
  type Subnet,
  type Vcn,
} from '#directory'
import { Fault } from '#fault'
import type { MachineState } from '#host'
import { findMachine } from '../services/machine-plan.ts'

export interface Member {
  readonly id: EntryId
  /** `compute1.hpl.physics` or `n001`. */
  readonly name: string
  readonly address: Ip4
}

export interface Crew {
  readonly side: 'virtual' | 'physical'
  /** `physics/hpl`, or the names of hosts. */
  readonly subject: string
  /** The first starts the run, and holds its result. */
  readonly members: readonly Member[]
  /** The only network that the run may use. */
  readonly network: Subnet
  /** VXLAN number of the network of nodes. */
  readonly vni?: number
  /** All that is busy with it: the machines, and the hosts below them. */
  readonly machines: ReadonlySet<string>
}

export const membersMax = 1_000

export type Surroundings = {
  readonly snapshot: Snapshot
  readonly stateOf: (machine: EntryId) => MachineState
}

/** A grid that is smaller than all machines takes the first of them. */
export function crewOf(request: HplRequest, surroundings: Surroundings): Crew {
  const crew = wholeCrew(request.on, surroundings)
  const { P, Q, ranksPerNode = 1 } = request
  const wanted = P === undefined || Q === undefined ? Infinity : Math.ceil((P * Q) / ranksPerNode)
  return wanted >= 1 ? { ...crew, members: crew.members.slice(0, wanted) } : crew
}

function wholeCrew(on: HplRequest['on'], surroundings: Surroundings): Crew {
  switch (on.kind) {
    case 'cluster':
      return crewOfCluster(on, surroundings.snapshot)
    case 'hosts':
      return crewOfHosts(on.hosts, surroundings)
  }
}

function crewOfCluster(
  { vo, cluster }: { readonly vo: string; readonly cluster: string },
  snapshot: Snapshot,
): Crew {
  const subject = `${vo}/${cluster}`
  const vcns = Array.from(snapshot.entries.ofKind('vcn'))
    .filter((vcn) => vcn.vo === vo && vcn.cluster === cluster)
    .toSorted(headFirst)
  const [head] = vcns
  if (head === undefined) throw unknownCluster(subject)
  const network = voNetworkOf(head, snapshot)
  const members = acrossHosts(vcns).map((vcn) => memberOn(network, vcn))
  const hosts = vcns.flatMap(({ host }) => host ?? [])
  return {
    side: 'virtual',
    subject,
    members: withinLimit(members, subject),
    network,
    vni: network.vni,
    machines: new Set([...members.map(({ name }) => name), ...hosts]),
  }
}

function headFirst(one: Vcn, other: Vcn): number {
  const rank = (vcn: Vcn): number => (isHead(vcn) ? 0 : 1)
  return rank(one) - rank(other) || byName(one, other)
}

/** Each host's first node, then their second ones: a run over some of them is over as many hosts as it can be. */
function acrossHosts(vcns: readonly Vcn[]): readonly Vcn[] {
  const counts = new Map<string, number>()
  const turns = vcns.map((vcn) => {
    const host = vcn.host ?? ''
    const turn = counts.get(host) ?? 0
    counts.set(host, turn + 1)
    return [turn, vcn] as const
  })
  return turns.toSorted(([one], [other]) => one - other).map(([, vcn]) => vcn)
}

function isHead({ name, aliases }: Vcn): boolean {
  return [name, ...aliases].some((each) => each.split('.')[0] === 'head')
}

function byName(one: Vcn | Machine, other: Vcn | Machine): number {
  return one.name.localeCompare(other.name, 'en', { numeric: true })
}

function voNetworkOf(vcn: Vcn, snapshot: Snapshot): Network & { readonly vni: number } {
  for (const { address } of vcn.nics) {
    const network = address === undefined ? undefined : networkContaining(snapshot, address)
    const vni = network?.vni
    if (network !== undefined && vni !== undefined) return { ...network, vni }
  }
  throw unfit(vcn.name, 'it has no address on the network of its VO')
}

function memberOn(network: Subnet, device: Vcn | Machine): Member {
  const address = device.nics
    .map((nic) => nic.address)
    .find((each) => each !== undefined && contains(network, each))
  if (address !== undefined) return { id: device.id, name: device.name, address }
  throw unfit(device.name, 'it has no address on the network that the other machines are on')
}

function crewOfHosts(names: readonly string[], { snapshot, stateOf }: Surroundings): Crew {
  const hosts = names.map((name) => findMachine(name, snapshot)).toSorted(byName)
  const [first] = hosts
  if (first === undefined) throw nobody()
  for (const host of hosts) {
    const state = stateOf(host.id)
    if (state !== 'ready') throw unfit(host.name, `it is ${state}, not ready`)
  }
  const subject = hosts.map(({ name }) => name).join(',')
  const network = networkOfHost(first, snapshot)
  const members = hosts.map((host) => memberOn(network, host))
  const machines = new Set(members.map(({ name }) => name))
  if (machines.size < members.length) throw unfit(subject, 'a host is named twice')
  return {
    side: 'physical',
    subject,
    members: withinLimit(members, subject),
    network: { number: network.number, prefix: network.prefix },
    machines,
  }
}

function networkOfHost(host: Machine, snapshot: Snapshot): Network {
  const address = host.nics.find((nic) => nic.address !== undefined)?.address
  const network = address === undefined ? undefined : networkContaining(snapshot, address)
  if (network !== undefined) return network
  throw unfit(host.name, 'it has no address on a network that the directory knows')
}

function withinLimit(members: readonly Member[], subject: string): readonly Member[] {
  if (members.length <= membersMax) return members
  throw unfit(subject, `these are ${members.length} machines; a run is over at most ${membersMax}`)
}

function unknownCluster(subject: string): Fault {
  const isName = subject.split('/').every((part) => parseDnsName(part) !== undefined)
  return new Fault('CPC-HPL-012', {
    what: `no node of the cluster ${isName ? subject : JSON.stringify(subject)} is there`,
    where: 'the directory, ou=vos',
    why: 'there is no such cluster, or it is down',
    todo: 'bring it up first: coppice cluster apply FILE',
  })
}

function nobody(): Fault {
  return new Fault('CPC-HPL-012', {
    what: 'no machine was named',
    where: 'the request',
    why: 'a run is over a cluster or over hosts, and the list of hosts is empty',
    todo: 'name them, for example: coppice hpl run --hosts n[001-002]',
  })
}

export function unfit(name: string, why: string): Fault {
  return new Fault('CPC-HPL-013', {
    what: 'this machine cannot take part in a run',
    where: name,
    why,
    todo: `look at it: coppice explain ${name}`,
  })
}
