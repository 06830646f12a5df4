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
export function tableOf<T>(
  items: readonly (T | undefined)[],
  hashes: ArrayLike<number>,
  size: number = items.length,
): Table<T> {
  const buckets = bucketsFor(size)
  const starts = startsOf(items, hashes, buckets)
  const sorted = inOrder({ items, hashes, size }, starts)
  const groups = groupsFor<T>(buckets, nobody)
  for (let place = 0; place < buckets; place += 1) {
    const [from, to] = [starts[place] ?? 0, starts[place + 1] ?? 0]
    const list = groups[groupOf(place)]?.buckets
    if (list) list[withinGroup(place)] = from === to ? undefined : bucketOf(sorted, from, to)
  }
  return { groups, buckets, size }
}

/** Where each bucket begins when all stand one after the other; one more than there are, for the end. */
function startsOf<T>(
  items: readonly (T | undefined)[],
  hashes: ArrayLike<number>,
  buckets: number,
): number[] {
  // Not typed: most tables are small, and a typed list of a few costs a hundred times what it holds.
  const starts = zeros(buckets + 1)
  for (let at = 0; at < items.length; at += 1) {
    if (items[at] === undefined) continue
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

interface Unsorted<T> {
  readonly items: readonly (T | undefined)[]
  readonly hashes: ArrayLike<number>
  readonly size: number
}

function inOrder<T>({ items, hashes, size }: Unsorted<T>, starts: readonly number[]): Sorted<T> {
  const buckets = starts.length - 1
  const next = starts.slice()
  const order = zeros(size)
  for (let at = 0; at < items.length; at += 1) {
    if (items[at] === undefined) continue
    const place = placeOf(hashes[at] ?? 0, buckets)
    const to = next[place] ?? 0
    order[to] = at
    next[place] = to + 1
  }
  const sorted: { hashes: number[]; items: T[] } = { hashes: [], items: [] }
  for (const at of order) {
    const item = items[at]
    if (item === undefined) continue
    sorted.hashes.push(hashes[at] ?? 0)
    sorted.items.push(item)
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
