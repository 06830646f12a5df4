// Why this file exists: who is an end of a VO's network follows from where its nodes are, those of other clusters too. New
// ends join before anything starts; old ones leave when all is done.
import type { DnsName, Ip4 } from '#directory'
import type { Book } from '../place/book.ts'
import type { ClusterNetwork } from './networks.ts'
import type { HostFact, ObservedTunnel } from './input.ts'
import type { Gone, Work } from './work.ts'

/** A network with the hosts that will carry nodes on it. */
export interface Membership {
  readonly network: Pick<ClusterNetwork, 'name' | 'vni' | 'subnet'> & {
    /** Of an entry that goes with its last end. */
    readonly dn?: string
  }
  readonly hosts: ReadonlySet<DnsName>
}

/** Hosts that carry nodes of a VO, by our book. */
export function hostsOfVo(book: Book, vo: string): ReadonlySet<DnsName> {
  const bookings = [...book.values()].filter((one) => one.vo === vo).flatMap((one) => one.bookings)
  return new Set(bookings.filter(({ leaving }) => leaving !== true).map(({ host }) => host))
}

/** One end as it should be; no host: the appliance's. */
interface End {
  readonly host?: DnsName
  readonly local: Ip4
}

function endsOf({ hosts }: Membership, { input }: Work): readonly End[] {
  const members = input.hosts.filter(({ name }) => hosts.has(name))
  if (members.length === 0) return []
  const ends = members.map(({ name, tunnel }) => ({ host: name, local: tunnel }))
  return [{ local: input.applianceTunnel }, ...ends]
}

function peersOf(end: End, all: readonly End[]): readonly Ip4[] {
  const others = all.filter((one) => one !== end).map(({ local }) => local)
  return others.toSorted((one, other) => one - other)
}

/** Only ends that are missing or do not know all others. */
export function joinNetwork(work: Work, membership: Membership): void {
  const { vni, subnet, name } = membership.network
  const ends = endsOf(membership, work)
  for (const end of ends) {
    const { host, local } = end
    const peers = peersOf(end, ends)
    const seen = tunnelAt(host, vni, work)
    const isWhole = seen?.local === local && peers.every((peer) => seen.peers.includes(peer))
    if (isWhole || !answers(host, work)) continue
    const at = host === undefined ? {} : { host }
    const action = { kind: 'join-network', ...at, end: { vni, local, peers }, subnet } as const
    work.steps.add(joinId(vni, host), [work.reserved, putId(name)], action)
  }
}

export function joinId(vni: number, host: DnsName | undefined): string {
  return `join network ${vni} on ${host ?? 'the appliance'}`
}

export function putId(network: string): string {
  return `put network ${network}`
}

/** Ends that nobody needs any more, and what the others remember of them. */
export function leaveNetwork(
  work: Work,
  membership: Membership,
  gone: readonly Gone[],
): readonly string[] {
  const { vni } = membership.network
  const ends = endsOf(membership, work)
  return work.input.observed.tunnels
    .filter((seen) => seen.vni === vni && answers(seen.host, work))
    .flatMap((seen) => {
      const at = seen.host === undefined ? {} : { host: seen.host }
      const where = seen.host ?? 'the appliance'
      const after = gone
        .filter(({ host }) => seen.host === undefined || host === seen.host)
        .map(({ step }) => step)
      const end = ends.find(({ host }) => host === seen.host)
      if (end === undefined) {
        const id = `leave network ${vni} on ${where}`
        return [work.steps.add(id, after, { kind: 'leave-network', ...at, vni })]
      }
      const known = peersOf(end, ends)
      const peers = seen.peers.filter((peer) => !known.includes(peer))
      if (peers.length === 0) return []
      const action = { kind: 'forget-peers', ...at, vni, peers } as const
      return [work.steps.add(`forget peers of network ${vni} on ${where}`, after, action)]
    })
}

function tunnelAt(host: DnsName | undefined, vni: number, work: Work): ObservedTunnel | undefined {
  return work.input.observed.tunnels.find((one) => one.vni === vni && one.host === host)
}

/** A host that does not answer is asked for nothing; what is in its memory goes with its power. */
function answers(host: DnsName | undefined, { input }: Work): boolean {
  const fact = host === undefined ? undefined : hostNamed(host, input.hosts)
  return host === undefined || fact?.presence === 'ready'
}

export function hostNamed(name: DnsName, hosts: readonly HostFact[]): HostFact | undefined {
  return hosts.find((host) => host.name === name)
}
