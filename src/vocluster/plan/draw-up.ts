// Why this file exists: the order in which a cluster is made, changed and taken away: room first, names before machines,
// and what goes is gone from its host before its room is anyone else's.
import { type DnsName, joinName, type Label, parseLabel } from '#directory'
import { networksOfCluster } from '../network/vo-network.ts'
import { type Reservation, reservationKey, reservationOf } from '../place/book.ts'
import { byName } from '../place/name-order.ts'
import type { ClusterSpec } from '../spec/cluster-spec.ts'
import type { ChangeKind, VcnChange } from './compare.ts'
import { canonical, frozen, hashOf } from './frozen.ts'
import type { ClusterRef, PlanInput } from './input.ts'
import { makeVcn, putClusterId } from './make.ts'
import { type ClusterNetwork, voNetwork } from './networks.ts'
import { currentHosts, domainsOf } from './settle.ts'
import { startSteps, type Step } from './step.ts'
import type { Targets } from './targets.ts'
import { hostsOfVo, joinNetwork, leaveNetwork, type Membership, putId } from './tunnels.ts'
import { entriesOf, type Gone, removeStrays, type Work } from './work.ts'

export interface Plan extends ClusterRef {
  /** Of all that it was computed from and says. */
  readonly hash: string
  /** By name; also the nodes that stay as they are. */
  readonly changes: readonly VcnChange[]
  /** How many of each kind. */
  readonly summary: Readonly<Record<ChangeKind, number>>
  readonly steps: readonly Step[]
}

export interface Wanted extends Targets {
  readonly spec: ClusterSpec
  readonly reservation: Reservation
}

/** `wanted` is absent when all goes. */
export function drawUp(of: ClusterRef, wanted: Wanted | undefined, input: PlanInput): Plan {
  const steps = startSteps()
  const unreserved: Work = { of, input, steps, reserved: undefined }
  const work: Work = { ...unreserved, reserved: wanted && takeRoom(unreserved, wanted) }
  if (wanted) putContainers(work, wanted.networks)
  const members = membershipsOf(work, wanted)
  for (const one of members) joinNetwork(work, one)
  const targets = wanted?.targets ?? []
  const homes = new Map(targets.map(({ name, settled }) => [name, settled.host]))
  const gone = removeStrays(work, (vcn, host) => homes.get(vcn) === host)
  const made = targets.map((target) => makeVcn(work, target, stepsOf(gone, target.name)))
  const removed = removeEntries(work, homes, gone)
  const left = leaveNetworks(work, members, gone, removed)
  giveBackRoom(work, wanted, [...gone.map(({ step }) => step), ...removed, ...left])
  const changes = [...made, ...goneChanges(work, homes, wanted !== undefined)].toSorted(
    (one, other) => byName(one.vcn, other.vcn),
  )
  const plan = { ...of, changes, summary: summaryOf(changes), steps: steps.all() }
  return frozen({ hash: hashOf(basisOf(plan, wanted?.spec, work), input.digest), ...plan })
}

function stepsOf(gone: readonly Gone[], vcn: DnsName): readonly string[] {
  return gone.filter((one) => one.vcn === vcn).map(({ step }) => step)
}

function takeRoom({ steps, input, of }: Work, { reservation }: Wanted): string | undefined {
  const held = reservationOf(input.book, of.vo, of.cluster)
  if (held !== undefined && canonical(held) === canonical(reservation)) return undefined
  return steps.add('reserve', [], { kind: 'reserve', reservation })
}

function putContainers(work: Work, networks: readonly ClusterNetwork[]): void {
  const { steps, reserved, of } = work
  for (const { name, subnet, vni, isNew } of networks) {
    const action = { kind: 'put-network', network: { name, subnet, vni } } as const
    if (isNew) steps.add(putId(name), [reserved], action)
  }
  if (clusterDn(work) === undefined)
    steps.add(putClusterId, [reserved], { kind: 'put-cluster', ...of })
}

function clusterDn({ of, input }: Work): string | undefined {
  return Array.from(input.directory.entries.ofKind('cluster')).find(
    ({ vo, name }) => vo === of.vo && name === of.cluster,
  )?.dn
}

/** The VO's network reaches wherever any of its clusters is; the cluster's own only where its nodes have it. */
function membershipsOf(work: Work, wanted: Wanted | undefined): readonly Membership[] {
  const { of, input } = work
  const book = new Map(input.book)
  book.delete(reservationKey(of.vo, of.cluster))
  if (wanted) book.set(reservationKey(of.vo, of.cluster), wanted.reservation)
  const shared = voNetwork(of.vo, input)
  const all = shared ? [{ network: shared, hosts: hostsOfVo(book, of.vo) }] : []
  const own = (wanted?.networks ?? []).filter(({ word }) => word !== undefined)
  const used = own.map((network) => {
    const on = wanted?.targets.filter(({ vnis }) => vnis.includes(network.vni)) ?? []
    return { network, hosts: new Set(on.map(({ settled }) => settled.host)) }
  })
  const unused = obsoleteNetworks(work, own).map(({ name, vni, subnet, dn }) => {
    return { network: { name, vni, subnet, dn }, hosts: new Set<DnsName>() }
  })
  return [...all, ...used, ...unused]
}

interface Obsolete extends Pick<ClusterNetwork, 'name' | 'vni' | 'subnet'> {
  readonly dn: string
}

/** Made for this cluster once, and wanted no more. */
function obsoleteNetworks(
  { of, input }: Work,
  wanted: readonly ClusterNetwork[],
): readonly Obsolete[] {
  return networksOfCluster(input.directory, of, input.digest).flatMap((network) => {
    const { name, vni, dn, number, prefix } = network
    const stays = vni === undefined || wanted.some((one) => one.name === name)
    return stays ? [] : [{ name, vni, dn, subnet: { number, prefix } }]
  })
}

/** Names go after the machines that bear them. */
function removeEntries(
  work: Work,
  homes: ReadonlyMap<DnsName, DnsName>,
  gone: readonly Gone[],
): readonly string[] {
  return entriesOf(work)
    .filter(({ name }) => !homes.has(name))
    .toSorted((one, other) => byName(one.name, other.name))
    .map(({ name, dn }) => {
      const after = [work.reserved, ...stepsOf(gone, name)]
      return work.steps.add(`remove entry ${name}`, after, { kind: 'remove-entry', vcn: name, dn })
    })
}

/** An entry of a network goes after the names that lead to it, and after its last end. */
function leaveNetworks(
  work: Work,
  members: readonly Membership[],
  gone: readonly Gone[],
  entries: readonly string[],
): readonly string[] {
  return members.flatMap((member) => {
    const left = leaveNetwork(work, member, gone)
    const { name, dn } = member.network
    if (dn === undefined) return left
    const action = { kind: 'remove-network', name, dn } as const
    return [...left, work.steps.add(`remove network ${name}`, [...entries, ...left], action)]
  })
}

/** Last of all: what was taken for nodes that are gone now, or everything. */
function giveBackRoom(work: Work, wanted: Wanted | undefined, after: readonly string[]): void {
  const { steps, of, input } = work
  if (wanted === undefined) {
    const dn = clusterDn(work)
    const removed = dn && steps.add('remove cluster', after, { kind: 'remove-cluster', dn })
    if (reservationOf(input.book, of.vo, of.cluster))
      steps.add('release', [...after, removed || undefined], { kind: 'release', ...of })
    return
  }
  const stay = wanted.reservation.bookings.filter(({ leaving }) => leaving !== true)
  if (stay.length === wanted.reservation.bookings.length) return
  const reservation = { ...wanted.reservation, bookings: stay }
  steps.add('give back room', [work.reserved, ...after], { kind: 'reserve', reservation })
}

/** Nodes that anything still tells of, and nobody wants. */
function goneChanges(
  work: Work,
  homes: ReadonlyMap<DnsName, DnsName>,
  isFileRead: boolean,
): readonly VcnChange[] {
  const { of, input } = work
  const hosts = currentHosts(of, input)
  const booked = reservationOf(input.book, of.vo, of.cluster)?.bookings ?? []
  const told: readonly (Label | undefined)[] = [
    ...hosts.keys(),
    ...booked.map(({ vcn }) => vcn),
    ...entriesOf(work).map(({ name }) => parseLabel(name.split('.')[0] ?? '')),
  ]
  const why = isFileRead ? 'the cluster file has it no longer' : 'the cluster goes'
  return [...new Set(told)].flatMap((vcn) => {
    const name = vcn && joinName(vcn, of.cluster, of.vo)
    if (vcn === undefined || name === undefined || homes.has(name)) return []
    const host = hosts.get(vcn) ?? booked.find((one) => one.vcn === vcn)?.host
    return [{ vcn, kind: 'remove' as const, host, why }]
  })
}

function summaryOf(changes: readonly VcnChange[]): Plan['summary'] {
  const none = {
    create: 0,
    move: 0,
    replace: 0,
    restart: 0,
    start: 0,
    resume: 0,
    update: 0,
    remove: 0,
    keep: 0,
  }
  return changes.reduce((sum, { kind }) => ({ ...sum, [kind]: sum[kind] + 1 }), none)
}

/** Without reasons: they tell of free room, which may change while the plan stays what it is. */
function basisOf(
  { changes, steps }: Pick<Plan, 'changes' | 'steps'>,
  spec: ClusterSpec | undefined,
  work: Pick<Work, 'of' | 'input'>,
): unknown {
  const { of, input } = work
  return {
    of,
    spec,
    steps,
    changes: changes.map(({ vcn, kind, host }) => [vcn, kind, host]),
    reservation: reservationOf(input.book, of.vo, of.cluster),
    domains: domainsOf(of, input).map((domain) => ({ ...domain, state: undefined })),
  }
}
