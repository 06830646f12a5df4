// Why this file exists: which node goes to which host. Greedy, so that a person can follow it: the hardest to place
// first, each to the best host by a short list of reasons, ties by name.
import { byName } from './name-order.ts'
import {
  count,
  formatFree,
  limitOf,
  type NoRoom,
  occupied,
  type Place,
  type Placement,
  type Placing,
  type Room,
  type Wanted,
} from './room.ts'

/** How two hosts with room are compared, and what that is called. */
interface Preference {
  readonly told: (wanted: Wanted, room: Room) => string
  /** The lower is the better; compared from left to right. */
  readonly score: (wanted: Wanted, room: Room) => readonly number[]
}

const preferences: Readonly<Record<'spread' | 'pack' | 'tight', Preference>> = {
  spread: {
    told: ({ role }, room) => `spread: ${room.byRole.get(role) ?? 0} of role ${role} there before`,
    score: ({ role }, room) => [room.byRole.get(role) ?? 0, nodesIn(room), -room.memoryBytes],
  },
  pack: {
    told: (_, room) => `pack: ${count(nodesIn(room), 'node')} of the cluster there before`,
    score: (_, room) => [nodesIn(room) > 0 ? 0 : 1, room.memoryBytes, room.vcpus],
  },
  tight: {
    told: ({ wish }) => `tightest fit, because by ${wish.strategy} not all would have had room`,
    score: (_, room) => [room.memoryBytes, room.vcpus],
  },
}

/** A strategy is a wish and room is a must: when the wish leaves no room for some, all are fitted tightly. */
export const placeGreedily: Place = (wanted, rooms) => {
  const ordered = hardestFirst(wanted, rooms)
  const wished = placeBy(ordered, rooms, ({ wish }) => preferences[wish.strategy])
  if (wished.ok) return wished
  const tight = placeBy(ordered, rooms, () => preferences.tight)
  return tight.ok ? tight : wished
}

function placeBy(
  wanted: readonly Wanted[],
  rooms: readonly Room[],
  preferenceOf: (wanted: Wanted) => Preference,
): Placing {
  const left = new Map(rooms.map((room) => [room.host, room]))
  const placements: Placement[] = []
  for (const one of wanted) {
    const fitting = [...left.values()].filter((room) => limitOf(one, room) === undefined)
    const preference = preferenceOf(one)
    const best = fitting.reduce<Room | undefined>(
      (leader, room) => (leader && !isBetter(preference, one, [room, leader]) ? leader : room),
      undefined,
    )
    if (best === undefined) return { ok: false, refusal: noRoom(one, [...left.values()]) }
    left.set(best.host, occupied(best, one))
    placements.push({
      vcn: one.vcn,
      host: best.host,
      why: whyThere(preference, one, best, fitting),
    })
  }
  return { ok: true, value: placements.toSorted((one, other) => byName(one.vcn, other.vcn)) }
}

function isBetter(
  { score }: Preference,
  wanted: Wanted,
  [room, leader]: readonly [Room, Room],
): boolean {
  const scores = score(wanted, leader)
  for (const [at, value] of score(wanted, room).entries()) {
    const other = scores[at] ?? value
    if (value !== other) return value < other
  }
  return byName(room.host, leader.host) < 0
}

function whyThere(
  preference: Preference,
  wanted: Wanted,
  room: Room,
  fitting: readonly Room[],
): string {
  const choice =
    fitting.length === 1 ? 'the only host with room' : `best of ${fitting.length} hosts`
  const free = `${count(room.vcpus, 'vCPU')} and ${formatFree(room.memoryBytes)} were free`
  return `${preference.told(wanted, room)}; ${choice}; ${free}`
}

function noRoom(wanted: Wanted, rooms: readonly Room[]): NoRoom {
  const limits = rooms
    .toSorted((one, other) => byName(one.host, other.host))
    .flatMap((room) => {
      const limit = limitOf(wanted, room)
      return limit === undefined ? [] : [{ host: room.host, limit }]
    })
  return { kind: 'no-room', wanted, limits }
}

/** Those that few hosts can take, then the large ones: what is small fits into what is left. */
function hardestFirst(wanted: readonly Wanted[], rooms: readonly Room[]): readonly Wanted[] {
  const vcpus = rooms.reduce((sum, room) => sum + room.vcpus, 1)
  const memoryBytes = rooms.reduce((sum, room) => sum + room.memoryBytes, 1)
  const share = (one: Wanted): number => Math.max(one.vcpus / vcpus, one.memoryBytes / memoryBytes)
  return wanted.toSorted(
    (one, other) =>
      other.wish.tags.length - one.wish.tags.length ||
      share(other) - share(one) ||
      byName(one.vcn, other.vcn),
  )
}

function nodesIn(room: Room): number {
  return room.byRole.values().reduce((sum, nodes) => sum + nodes, 0)
}
