// Why this file exists: one change must not ask a hundred thousand entries whether it is any of their business. Here
// stands who looked at what, and so whose findings a change may have changed.
import { Buckets, type BucketsDraft } from '../buckets.ts'
import type { Entry, EntryId, Machine, Network } from '../entry.ts'
import { type Grouped, GroupedDraft } from '../grouped.ts'
import { hasMac } from '../device-keys.ts'
import type { Snapshot } from '../snapshot.ts'
import { overlap } from './lint-network.ts'
import { type Topic, topicsGiven, topicsLookedAt } from './world.ts'

export interface Lookers {
  /** What entries that are no devices give; names of devices are in the snapshot. */
  readonly given: Buckets<Topic, true>
  readonly lookers: Grouped<Topic, EntryId, EntryId>
  /** Devices by the first three octets of their addresses: so those on a network are found without asking all. */
  readonly byBlock: Grouped<number, EntryId, EntryId>
}

const blockBits = 8

export function noLookers(): Lookers {
  return { given: Buckets.empty(), lookers: Buckets.empty(), byBlock: Buckets.empty() }
}

/** What is known of entries that changed is forgotten for all of them before it is learnt anew: they may swap. */
export function relearn(
  state: LookersAndSnapshot,
  changed: readonly EntryId[],
  after: Snapshot,
): Lookers {
  const given = state.given.edit()
  const lookers = groupsOf(state.lookers)
  const byBlock = groupsOf(state.byBlock)
  for (const entry of changed.flatMap((id) => state.snapshot.entries.get(id) ?? [])) {
    if (entry.kind !== 'machine') for (const topic of topicsGiven(entry)) given.delete(topic)
    for (const topic of topicsLookedAt(entry)) lookers.of(topic).delete(entry.id)
    for (const block of blocksOf(entry)) byBlock.of(block).delete(entry.id)
  }
  for (const entry of changed.flatMap((id) => after.entries.get(id) ?? [])) {
    if (entry.kind !== 'machine') for (const topic of topicsGiven(entry)) given.set(topic, true)
    for (const topic of topicsLookedAt(entry)) lookers.of(topic).set(entry.id, entry.id)
    for (const block of blocksOf(entry)) byBlock.of(block).set(entry.id, entry.id)
  }
  return { given: given.done(), lookers: lookers.done(), byBlock: byBlock.done() }
}

function groupsOf<K extends string | number>(groups: Grouped<K, EntryId, EntryId>) {
  type Ids = Buckets<EntryId, EntryId>
  const none: Ids = Buckets.empty()
  return new GroupedDraft<K, Ids, BucketsDraft<EntryId, EntryId>>(groups, none)
}

interface LookersAndSnapshot extends Lookers {
  readonly snapshot: Snapshot
}

/** Beside the changed entry itself, whose findings may be others now. */
export function* lookersAt(
  id: EntryId,
  state: LookersAndSnapshot,
  after: Snapshot,
): Generator<EntryId> {
  const was = state.snapshot.entries.get(id)
  const is = after.entries.get(id)
  for (const topic of topicsChanged(was, is)) yield* state.lookers.get(topic)?.values() ?? []
  for (const entry of [was, is]) {
    if (entry?.kind === 'network') yield* onNetwork(entry, state, after)
    if (entry?.kind === 'machine') yield* sharers(entry, state.snapshot, after)
  }
}

/** What is given now and was not, or no more; a machine's names also mean another thing in another role. */
function topicsChanged(was: Entry | undefined, is: Entry | undefined): ReadonlySet<Topic> {
  const before = new Set(was && topicsGiven(was))
  const now = new Set(is && topicsGiven(is))
  return roleOf(was) === roleOf(is) ? before.symmetricDifference(now) : before.union(now)
}

function roleOf(entry: Entry | undefined): string | undefined {
  return entry?.kind === 'machine' ? entry.role : undefined
}

function* onNetwork(
  network: Network,
  { byBlock, snapshot }: LookersAndSnapshot,
  after: Snapshot,
): Generator<EntryId> {
  for (const other of [...snapshot.networks, ...after.networks]) {
    if (overlap(network, other)) yield other.id
  }
  const first = network.number >>> blockBits
  const last = first + Math.max(1, 2 ** (32 - blockBits - network.prefix)) - 1
  // A wide network has more blocks than there are devices.
  if (last - first > byBlock.size) {
    for (const [block, ids] of byBlock.entries()) {
      if (block >= first && block <= last) yield* ids.values()
    }
  } else {
    for (let block = first; block <= last; block += 1) yield* byBlock.get(block)?.values() ?? []
  }
}

/** Those that share a UUID or a port: only the second one to come, and the last but one to go, changes anything. */
function* sharers({ uuid, port }: Machine, before: Snapshot, after: Snapshot): Generator<EntryId> {
  if (uuid !== undefined) yield* flipped(before.uuidClaims.get(uuid), after.uuidClaims.get(uuid))
  if (port !== undefined) {
    yield* flipped(bare(before.portClaims.get(port)), bare(after.portClaims.get(port)))
  }
}

function bare(machines: readonly Machine[] = []): readonly Machine[] {
  return machines.filter((machine) => !hasMac(machine))
}

function* flipped(was: readonly Machine[] = [], is: readonly Machine[] = []): Generator<EntryId> {
  if (was.length > 1 !== is.length > 1) for (const { id } of [...was, ...is]) yield id
}

function blocksOf(entry: Entry): readonly number[] {
  if (entry.kind !== 'machine' && entry.kind !== 'vcn') return []
  return entry.nics.flatMap(({ address }) => (address === undefined ? [] : address >>> blockBits))
}
