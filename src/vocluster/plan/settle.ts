// Why this file exists: where each node goes. One that is somewhere stays there as long as it can; only what has no place,
// or cannot keep it, is placed.
import type { DnsName, Label } from '#directory'
import { reservationOf, type HostUse } from '../place/book.ts'
import { byName } from '../place/name-order.ts'
import { describeLimit, limitOf, occupied, type Room, type Wanted } from '../place/room.ts'
import type { ClusterSpec, VcnSpec } from '../spec/cluster-spec.ts'
import type { ClusterRef, HostFact, PlanInput } from './input.ts'
import { refuse, type Result } from './refusal.ts'

export interface Settled {
  readonly host: DnsName
  readonly why: string
  /** Where it was until now, and why it cannot stay. */
  readonly left?: { readonly host: DnsName; readonly why: string }
}

export type Settlement = ReadonlyMap<Label, Settled>

/** Where each node of the cluster is now, by our book or else by what hosts show. */
export function currentHosts(of: ClusterRef, input: PlanInput): ReadonlyMap<Label, DnsName> {
  const seen = domainsOf(of, input)
    .toSorted((one, other) => byName(one.host, other.host))
    // A later one wins: what runs before what does not.
    .toSorted((one, other) => Number(one.state !== 'off') - Number(other.state !== 'off'))
    .map(({ mark, host }) => [mark.vcn, host] as const)
  const booked = (reservationOf(input.book, of.vo, of.cluster)?.bookings ?? [])
    .filter(({ leaving }) => leaving !== true)
    .map(({ vcn, host }) => [vcn, host] as const)
  return new Map([...seen, ...booked])
}

export function domainsOf(
  of: ClusterRef,
  { observed }: PlanInput,
): PlanInput['observed']['domains'] {
  return observed.domains.filter(({ mark }) => mark.vo === of.vo && mark.cluster === of.cluster)
}

export function settle(spec: ClusterSpec, input: PlanInput): Result<Settlement> {
  const of = { vo: spec.vo, cluster: spec.name }
  const current = currentHosts(of, input)
  const rooms = new Map(emptyRooms(of, input, staying(spec, current)).map((one) => [one.host, one]))
  const settled = new Map<Label, Settled>()
  const homeless: VcnSpec[] = []
  const left = new Map<Label, NonNullable<Settled['left']>>()
  for (const vcn of spec.vcns.toSorted((one, other) => byName(one.name, other.name))) {
    const host = current.get(vcn.name)
    const room = host === undefined ? undefined : rooms.get(host)
    const why = room && cannotStay(vcn, room, { of, input })
    if (room === undefined || why !== undefined) homeless.push(vcn)
    if (host !== undefined && why !== undefined) left.set(vcn.name, { host, why })
    if (room === undefined || why !== undefined) continue
    rooms.set(room.host, occupied(room, wantedOf(vcn)))
    settled.set(vcn.name, { host: room.host, why: 'it is there already' })
  }
  const placed = input.place(homeless.map(wantedOf), [...rooms.values()])
  if (!placed.ok) return refuse(placed.refusal)
  for (const { vcn, host, why } of placed.value) {
    const before = left.get(vcn)
    settled.set(vcn, before === undefined ? { host, why } : { host, why, left: before })
  }
  return { ok: true, value: settled }
}

function wantedOf({ name, role, vcpus, memoryBytes, place }: VcnSpec): Wanted {
  return { vcn: name, role, vcpus, memoryBytes, wish: place }
}

type Place = readonly [Label, DnsName]

/** Nodes of the file that are somewhere: their room there counts as theirs, not as taken. */
function staying(spec: ClusterSpec, current: ReadonlyMap<Label, DnsName>): readonly Place[] {
  return spec.vcns.flatMap(({ name }) => {
    const host = current.get(name)
    return host === undefined ? [] : [[name, host] as const]
  })
}

/** Every host with what others leave free. */
function emptyRooms(of: ClusterRef, input: PlanInput, stay: readonly Place[]): readonly Room[] {
  const uses = usesOfOthers(of, input, stay)
  return input.hosts.map((host) => {
    const use = uses.get(host.name) ?? { vcpus: 0, memory: 0 }
    const closed = whyClosed(host)
    const room = {
      host: host.name,
      vcpus: host.vcpus - use.vcpus,
      memoryBytes: host.memoryBytes - use.memory,
      tags: host.tags,
      byRole: new Map<string, number>(),
    }
    return closed === undefined ? room : { ...room, closed }
  })
}

function whyClosed({ presence, cordoned }: HostFact): string | undefined {
  if (presence !== 'ready') return presence === 'away' ? 'it is not ready' : 'it is off'
  return cordoned ? 'it is cordoned' : undefined
}

/** Booked or seen, whichever: a domain that nobody booked has its memory all the same (HOSTILE 59). */
function usesOfOthers(
  of: ClusterRef,
  { book, observed }: PlanInput,
  stay: readonly Place[],
): ReadonlyMap<DnsName, HostUse> {
  const own = new Set(stay.map(([vcn, host]) => placeKey({ ...of, vcn, host })))
  const taken = new Map<string, { readonly host: DnsName } & HostUse>()
  for (const { mark, host, vcpus, memoryBytes } of observed.domains)
    taken.set(placeKey({ ...mark, host }), { host, vcpus, memory: memoryBytes })
  for (const { vo, cluster, bookings } of book.values()) {
    for (const { vcn, host, vcpus, memoryBytes } of bookings)
      taken.set(placeKey({ vo, cluster, vcn, host }), { host, vcpus, memory: memoryBytes })
  }
  const uses = new Map<DnsName, HostUse>()
  for (const [key, { host, vcpus, memory }] of taken) {
    const before = uses.get(host) ?? { vcpus: 0, memory: 0 }
    if (own.has(key)) continue
    uses.set(host, { vcpus: before.vcpus + vcpus, memory: before.memory + memory })
  }
  return uses
}

function placeKey(place: ClusterRef & { readonly vcn: Label; readonly host: DnsName }): string {
  return `${place.vcn}.${place.cluster}.${place.vo}@${place.host}`
}

/** A host that is cordoned, or has become smaller, keeps what it has; one that is off has nothing. */
function cannotStay(
  vcn: VcnSpec,
  room: Room,
  { of, input }: { readonly of: ClusterRef; readonly input: PlanInput },
): string | undefined {
  const host = input.hosts.find(({ name }) => name === room.host)
  if (host?.presence !== 'ready') return `${room.host} is off`
  const before = reservationOf(input.book, of.vo, of.cluster)?.bookings.find(
    (one) => one.vcn === vcn.name && one.host === room.host,
  )
  const grows = vcn.vcpus > (before?.vcpus ?? 0) || vcn.memoryBytes > (before?.memoryBytes ?? 0)
  const wish = { strategy: vcn.place.strategy, tags: [] }
  const { closed: _, ...open } = room
  const limit = grows ? limitOf({ ...wantedOf(vcn), wish }, open) : undefined
  return limit === undefined ? undefined : `on ${room.host}: ${describeLimit(limit)}`
}
