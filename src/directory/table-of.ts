// Why this file exists: a table whose items are all known is made without a bucket that grows: they are counted, put in
// order, and cut.
import {
  type Bucket,
  bucketsFor,
  groupOf,
  groupsFor,
  nobody,
  placeOf,
  type Table,
  withinGroup,
} from './slots-table.ts'

/** All at once: the hash of each item stands at its place. */
export function tableOf<T>(items: readonly T[], hashes: ArrayLike<number>): Table<T> {
  const size = items.length
  const buckets = bucketsFor(size)
  const starts = startsOf(hashes, size, buckets)
  const sorted = inOrder(items, hashes, starts)
  const groups = groupsFor<T>(buckets, nobody)
  for (let place = 0; place < buckets; place += 1) {
    const [from, to] = [starts[place] ?? 0, starts[place + 1] ?? 0]
    const list = groups[groupOf(place)]?.buckets
    if (list) list[withinGroup(place)] = from === to ? undefined : bucketOf(sorted, from, to)
  }
  return { groups, buckets, size }
}

/** Where each bucket begins when all stand one after the other; one more than there are, for the end. */
function startsOf(hashes: ArrayLike<number>, size: number, buckets: number): number[] {
  // Not typed: most tables are small, and a typed list of a few costs a hundred times what it holds.
  const starts = zeros(buckets + 1)
  for (let at = 0; at < size; at += 1) {
    const after = placeOf(hashes[at] ?? 0, buckets) + 1
    starts[after] = (starts[after] ?? 0) + 1
  }
  for (let place = 1; place <= buckets; place += 1)
    starts[place] = (starts[place] ?? 0) + (starts[place - 1] ?? 0)
  return starts
}

interface Sorted<T> {
  readonly hashes: readonly number[]
  readonly items: readonly T[]
}

/** Those of one bucket stay in the order in which they came. */
function inOrder<T>(
  items: readonly T[],
  hashes: ArrayLike<number>,
  starts: readonly number[],
): Sorted<T> {
  const buckets = starts.length - 1
  const next = starts.slice()
  // Every place is written anew.
  const sorted = { hashes: zeros(items.length), items: items.slice() }
  for (const [at, item] of items.entries()) {
    const hash = hashes[at] ?? 0
    const place = placeOf(hash, buckets)
    const to = next[place] ?? 0
    sorted.hashes[to] = hash
    sorted.items[to] = item
    next[place] = to + 1
  }
  return sorted
}

function zeros(length: number): number[] {
  const list: number[] = []
  for (let at = 0; at < length; at += 1) list.push(0)
  return list
}

function bucketOf<T>({ hashes, items }: Sorted<T>, from: number, to: number): Bucket<T> {
  return { owner: nobody, hashes: hashes.slice(from, to), items: items.slice(from, to) }
}
