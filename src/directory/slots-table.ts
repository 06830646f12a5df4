// Why this file exists: what a table of slots in buckets is made of, and how one is read. Those who write one
// (`slots-copying.ts`, `table-of.ts`) and those who hold it (`slots-resting.ts`) agree here.

/** Places by hash. Of a bucket both lists are as long as what is in them. */
export interface Bucket<T> {
  /** Only the draft that made it writes into it. */
  readonly owner: object
  readonly hashes: number[]
  readonly items: T[]
}

export interface Group<T> {
  readonly owner: object
  readonly buckets: (Bucket<T> | undefined)[]
}

/** The count of buckets is a power of two that grows with the table; every so many of them make a group. */
export interface Table<T> {
  readonly groups: readonly Group<T>[]
  readonly buckets: number
  readonly size: number
}

/** The next state of one table while it is being made. Read and written by one owner, then `done`. */
export interface TableDraft<T, Done> {
  readonly size: number
  find(hash: number, isIt: (item: T) => boolean): T | undefined
  /** Whether one with that hash is there. It may say so of one that was there. */
  mayHave(hash: number): boolean
  items(): Generator<T>
  /** Beside whatever has the same hash already; of those that `find` could mean, it finds the first. */
  add(hash: number, item: T): void
  /** In the place of the item that is meant, or beside the others. */
  put(hash: number, item: T, isIt: (item: T) => boolean): void
  remove(hash: number, isIt: (item: T) => boolean): void
  /** The finished table. What the draft does later does not show in it. */
  done(): Done
}

const groupBits = 6
const itemsPerBucketMax = 24
const bucketsPerGroup = 1 << groupBits
export const nobody: object = Object.freeze({})
export const none: readonly never[] = Object.freeze([])

export function emptyTable<T>(): Table<T> {
  return { groups: [{ owner: nobody, buckets: [] }], buckets: 1, size: 0 }
}

/** So many buckets, at least, for a table of so many. */
export function bucketsFor(size: number, atLeast = 1): number {
  let buckets = atLeast
  while (buckets * itemsPerBucketMax < size) buckets *= 2
  return buckets
}

export function isFull(size: number, buckets: number): boolean {
  return size >= buckets * itemsPerBucketMax
}

/** Groups without a bucket. */
export function groupsFor<T>(buckets: number, owner: object): Group<T>[] {
  const groups: Group<T>[] = []
  for (let at = 0; at < buckets; at += bucketsPerGroup) groups.push({ owner, buckets: [] })
  return groups
}

/** The upper bits are the better mixed ones. */
export function placeOf(hash: number, buckets: number): number {
  return (hash ^ (hash >>> 15)) & (buckets - 1)
}

/** Which group a place is in, and where in it. */
export function groupOf(place: number): number {
  return place >>> groupBits
}

export function withinGroup(place: number): number {
  return place % bucketsPerGroup
}

export function bucketAt<T>(groups: readonly Group<T>[], place: number): Bucket<T> | undefined {
  return groups[place >>> groupBits]?.buckets[place % bucketsPerGroup]
}

export function* allIn<T>({ groups, buckets }: Table<T>, hash: number): Generator<T> {
  const bucket = bucketAt(groups, placeOf(hash, buckets))
  for (const [at, item] of bucket?.items.entries() ?? [])
    if (bucket?.hashes[at] === hash) yield item
}

export function* itemsIn<T>(groups: readonly Group<T>[]): Generator<T> {
  for (const { buckets } of groups) {
    for (const bucket of buckets) if (bucket) yield* bucket.items
  }
}

export function* pairsIn<T>(
  groups: readonly Group<T>[],
): Generator<readonly [hash: number, item: T]> {
  for (const { buckets } of groups) {
    for (const bucket of buckets) {
      for (const [at, item] of bucket?.items.entries() ?? []) yield [bucket?.hashes[at] ?? 0, item]
    }
  }
}

export function findIn<T>(
  bucket: Bucket<T> | undefined,
  hash: number,
  isIt: (item: T) => boolean,
): T | undefined {
  const at = placeIn(bucket, hash, isIt)
  return at < 0 ? undefined : bucket?.items[at]
}

export function placeIn<T>(
  bucket: Bucket<T> | undefined,
  hash: number,
  isIt: (item: T) => boolean,
): number {
  if (bucket === undefined) return -1
  const { hashes, items } = bucket
  for (let at = hashes.indexOf(hash); at >= 0; at = hashes.indexOf(hash, at + 1)) {
    const item = items[at]
    if (item !== undefined && isIt(item)) return at
  }
  return -1
}
