// Why this file exists: who has which room is one value, and taking room is one pure step from it to the next, so that
// two who want the last of it cannot both have it (HOSTILE 57).
import type { DnsName, Label } from '#directory'
import type { Quota } from './quota.ts'

/** The room of one node on one host. */
export interface Booking {
  readonly vcn: Label
  readonly role: Label
  readonly host: DnsName
  readonly vcpus: number
  readonly memoryBytes: number
  /** It is being taken away: its host is not free of it yet, but the VO's quota is. */
  readonly leaving?: true
}

/** All room of one cluster: it is taken together and given back together. */
export interface Reservation {
  /** Stands in the metadata of each domain. */
  readonly id: string
  readonly vo: Label
  readonly cluster: Label
  readonly bookings: readonly Booking[]
}

/** By `vo/cluster`. */
export type Book = ReadonlyMap<string, Reservation>

export const emptyBook: Book = new Map()

export interface Capacity {
  readonly host: DnsName
  /** For virtual nodes altogether, free or not. */
  readonly vcpus: number
  readonly memoryBytes: number
}

export interface OverQuota {
  readonly kind: 'over-quota'
  readonly vo: Label
  readonly limit: 'vcns' | 'vcpus' | 'memory'
  readonly quota: number
  /** By the VO's other clusters. */
  readonly used: number
  readonly asked: number
}

export interface HostFull {
  readonly kind: 'host-full'
  readonly host: DnsName
  readonly limit: 'vcpus' | 'memory'
  readonly free: number
  readonly asked: number
}

export type Reserved =
  | { readonly ok: true; readonly value: Book }
  | { readonly ok: false; readonly refusal: OverQuota | HostFull }

export function reservationKey(vo: Label, cluster: Label): string {
  return `${vo}/${cluster}`
}

export function reservationOf(book: Book, vo: Label, cluster: Label): Reservation | undefined {
  return book.get(reservationKey(vo, cluster))
}

export interface Limits {
  readonly quota: Quota
  readonly capacities: readonly Capacity[]
}

/** The book with this reservation in place of the cluster's last one: all of it, or a refusal and none of it. */
export function reserve(book: Book, request: Reservation, limits: Limits): Reserved {
  const refusal =
    overQuota(book, request, limits.quota) ?? fullHost(book, request, limits.capacities)
  if (refusal !== undefined) return { ok: false, refusal }
  const key = reservationKey(request.vo, request.cluster)
  return { ok: true, value: new Map([...book, [key, request]]) }
}

export function release(book: Book, vo: Label, cluster: Label): Book {
  const next = new Map(book)
  next.delete(reservationKey(vo, cluster))
  return next
}

interface Use {
  readonly vcns: number
  readonly vcpus: number
  readonly memory: number
}

type Room = Pick<Booking, 'vcpus' | 'memoryBytes' | 'leaving'>

/** What a quota counts: where the room is does not matter to it. */
export type Ask = Pick<Reservation, 'vo' | 'cluster'> & { readonly bookings: readonly Room[] }

/** A quota that was lowered below what is used stops growth, not shrinking. */
export function overQuota(book: Book, request: Ask, quota: Quota): OverQuota | undefined {
  const { vo, cluster } = request
  const others = [...book.values()].filter((one) => one.vo === vo && one.cluster !== cluster)
  const used = useOf(others.flatMap(({ bookings }) => bookings))
  const before = useOf(reservationOf(book, vo, cluster)?.bookings ?? [])
  const asked = useOf(request.bookings)
  const quotas = { vcns: quota.vcns, vcpus: quota.vcpus, memory: quota.memoryBytes }
  for (const limit of ['vcns', 'vcpus', 'memory'] as const) {
    const most = quotas[limit] ?? Infinity
    if (used[limit] + asked[limit] > most && asked[limit] > before[limit])
      return { kind: 'over-quota', vo, limit, quota: most, used: used[limit], asked: asked[limit] }
  }
  return undefined
}

function useOf(bookings: readonly Room[]): Use {
  return bookings
    .filter(({ leaving }) => leaving !== true)
    .reduce(
      (sum, { vcpus, memoryBytes }) => ({
        vcns: sum.vcns + 1,
        vcpus: sum.vcpus + vcpus,
        memory: sum.memory + memoryBytes,
      }),
      { vcns: 0, vcpus: 0, memory: 0 },
    )
}

export interface HostUse {
  readonly vcpus: number
  readonly memory: number
}

/** What is booked on each host, of nodes that leave too. */
export function useByHost(reservations: Iterable<Reservation>): ReadonlyMap<DnsName, HostUse> {
  const uses = new Map<DnsName, HostUse>()
  for (const { bookings } of reservations) {
    for (const { host, vcpus, memoryBytes } of bookings) {
      const before = uses.get(host) ?? { vcpus: 0, memory: 0 }
      uses.set(host, { vcpus: before.vcpus + vcpus, memory: before.memory + memoryBytes })
    }
  }
  return uses
}

/** A host that has become smaller than its bookings keeps what it has, and takes no more. */
function fullHost(
  book: Book,
  request: Reservation,
  capacities: readonly Capacity[],
): HostFull | undefined {
  const { vo, cluster } = request
  const others = useByHost(release(book, vo, cluster).values())
  const before = useByHost([reservationOf(book, vo, cluster) ?? { ...request, bookings: [] }])
  for (const [host, asked] of useByHost([request])) {
    const capacity = capacities.find((one) => one.host === host)
    const most = { vcpus: capacity?.vcpus ?? 0, memory: capacity?.memoryBytes ?? 0 }
    for (const limit of ['vcpus', 'memory'] as const) {
      const free = most[limit] - (others.get(host)?.[limit] ?? 0)
      if (asked[limit] > free && asked[limit] > (before.get(host)?.[limit] ?? 0))
        return { kind: 'host-full', host, limit, free, asked: asked[limit] }
    }
  }
  return undefined
}
