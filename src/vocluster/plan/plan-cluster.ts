// Why this file exists: from what is wanted and what is there to frozen steps, or one reason why not. Asked again when all
// is done, it has nothing to do.
import { type Booking, type Reservation, reservationOf, reserve } from '../place/book.ts'
import { byName } from '../place/name-order.ts'
import type { ClusterSpec } from '../spec/cluster-spec.ts'
import { drawUp, type Plan } from './draw-up.ts'
import type { ClusterRef, PlanInput } from './input.ts'
import { refuse, type Result } from './refusal.ts'
import { currentHosts } from './settle.ts'
import { resolveTargets, type Targets } from './targets.ts'
import { hostNamed } from './tunnels.ts'

export type Planned = Result<Plan>

export function planCluster(spec: ClusterSpec, input: PlanInput): Planned {
  const of = { vo: spec.vo, cluster: spec.name }
  const obstacle = obstacleOf(of, input)
  if (obstacle !== undefined) return obstacle
  const resolved = resolveTargets(spec, input)
  if (!resolved.ok) return resolved
  const reservation = reservationFor(of, resolved.value, input)
  const capacities = input.hosts.map(({ name, ...rest }) => ({ host: name, ...rest }))
  const booked = reserve(input.book, reservation, { quota: resolved.value.quota, capacities })
  if (!booked.ok) return refuse(booked.refusal)
  return { ok: true, value: drawUp(of, { ...resolved.value, spec, reservation }, input) }
}

/** Everything of the cluster goes, also what a file never named. */
export function planDown(of: ClusterRef, input: PlanInput): Planned {
  const obstacle = obstacleOf(of, input)
  if (obstacle !== undefined) return obstacle
  return { ok: true, value: drawUp(of, undefined, input) }
}

/** The plan of now, if it is the one that was shown. */
export function confirmPlan(hash: string, now: Plan): Planned {
  return hash === now.hash
    ? { ok: true, value: now }
    : refuse({ kind: 'stale-plan', asked: hash, now: now.hash })
}

/** What would make any plan for this cluster a guess. */
function obstacleOf(of: ClusterRef, input: PlanInput): Planned | undefined {
  const booked = reservationOf(input.book, of.vo, of.cluster)?.bookings ?? []
  const places = [
    ...booked.map(({ vcn, host }) => [vcn, host] as const),
    ...currentHosts(of, input),
  ]
  const silent = places.find(([, host]) => {
    const presence = hostNamed(host, input.hosts)?.presence
    return presence === undefined || presence === 'away'
  })?.[1]
  if (silent !== undefined) {
    const vcns = places.filter(([, host]) => host === silent).map(([vcn]) => vcn)
    const once = [...new Set(vcns)].toSorted(byName)
    const isGone = hostNamed(silent, input.hosts) === undefined
    return refuse({ kind: isGone ? 'host-gone' : 'host-away', host: silent, vcns: once })
  }
  const below = `,cn=${of.cluster},cn=${of.vo},ou=vos,`
  const aside = [...input.directory.setAside.values()].find(({ dn }) =>
    dn.toLowerCase().includes(below),
  )
  return aside && refuse({ kind: 'set-aside', dn: aside.dn, reason: aside.reason })
}

/** With the room of nodes that leave, until they have left: two cannot have the same room meanwhile. */
function reservationFor(of: ClusterRef, resolved: Targets, { book }: PlanInput): Reservation {
  const stay: readonly Booking[] = resolved.targets.map(({ entry, definition, settled }) => ({
    vcn: entry.name,
    role: definition.mark.role,
    host: settled.host,
    vcpus: definition.vcpus,
    memoryBytes: definition.memoryBytes,
  }))
  const before = reservationOf(book, of.vo, of.cluster)?.bookings ?? []
  const leave = before
    .filter(({ vcn, host }) => !stay.some((one) => one.vcn === vcn && one.host === host))
    .map((one): Booking => ({ ...one, leaving: true }))
  const bookings = [...stay, ...leave].toSorted(
    (one, other) => byName(one.vcn, other.vcn) || byName(one.host, other.host),
  )
  return { id: resolved.reservationId, ...of, bookings }
}
