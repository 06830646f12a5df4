// Why this file exists: a snapshot of 100,000 machines must change in microseconds and stay small. Copying one Map of that
// size takes a tenth of a second, and a Map needs twice the room; here a change copies one short bucket, and the two lists
// that lead to it.

/** Places by hash. Of a bucket both lists are as long as what is in them. */
interface Bucket<T> {
  /** Only the draft that made it writes into it. */
  readonly owner: object
  readonly hashes: number[]
  readonly items: T[]
}

interface Group<T> {
  readonly owner: object
  readonly buckets: (Bucket<T> | undefined)[]
}

/** The count of buckets is a power of two that grows with the table; every so many of them make a group. */
interface Table<T> {
  readonly groups: readonly Group<T>[]
  readonly buckets: number
  readonly size: number
}

const itemsPerBucketMax = 24
const groupBits = 6
const bucketsPerGroup = 1 << groupBits
const nobody: object = Object.freeze({})
const none: readonly never[] = Object.freeze([])

/** What stands in one bucket before and after. */
export interface ChangedBucket<T> {
  readonly was: readonly T[]
  readonly is: readonly T[]
}

/** A persistent table of items by a hash that its owner makes. Several items may have one hash. */
export class Slots<T> {
  readonly #table: Table<T>

  private constructor(table: Table<T>) {
    this.#table = table
  }

  static empty<T>(): Slots<T> {
    return new Slots<T>({ groups: [{ owner: nobody, buckets: [] }], buckets: 1, size: 0 })
  }

  get size(): number {
    return this.#table.size
  }

  find(hash: number, isIt: (item: T) => boolean): T | undefined {
    return findIn(bucketAt(this.#table, placeOf(hash, this.#table.buckets)), hash, isIt)
  }

  *all(hash: number): Generator<T> {
    const bucket = bucketAt(this.#table, placeOf(hash, this.#table.buckets))
    if (bucket) yield* itemsWith(bucket, hash)
  }

  *items(): Generator<T> {
    for (const { buckets } of this.#table.groups) {
      for (const bucket of buckets) if (bucket) yield* bucket.items
    }
  }

  *withHashes(): Generator<readonly [hash: number, item: T]> {
    for (const { buckets } of this.#table.groups) {
      for (const bucket of buckets) {
        for (const [at, item] of bucket?.items.entries() ?? [])
          yield [bucket?.hashes[at] ?? 0, item]
      }
    }
  }

  /** For many changes at once: each bucket is copied once, not once a change. So many may come that it grows once. */
  edit(expected = 0): SlotsDraft<T> {
    const seal = (table: Table<T>): Slots<T> => (table === this.#table ? this : new Slots<T>(table))
    return new SlotsDraft(this.#table, seal, expected)
  }

  /** Only buckets that are not the same any more; all of both when the table has grown in between. */
  *changedSince(before: Slots<T>): Generator<ChangedBucket<T>> {
    const old = before.#table
    const now = this.#table
    if (old === now) return
    const isWider = old.buckets !== now.buckets
    for (let at = 0; at < Math.max(old.groups.length, now.groups.length); at += 1) {
      const was = old.groups[at]?.buckets ?? none
      const is = now.groups[at]?.buckets ?? none
      if (was === is && !isWider) continue
      for (let within = 0; within < Math.max(was.length, is.length); within += 1) {
        if (was[within] === is[within] && !isWider) continue
        yield { was: was[within]?.items ?? none, is: is[within]?.items ?? none }
      }
    }
  }

  /** What it cost to come here from an earlier state: so many places in buckets and lists are not the same any more. */
  copiedSince(before: Slots<T>): number {
    const old = before.#table.groups
    const { groups } = this.#table
    if (groups === old) return 0
    return groups.reduce((sum, group, at) => {
      if (group === old[at]) return sum
      const news = group.buckets.filter((bucket, within) => bucket !== old[at]?.buckets[within])
      return news.reduce(
        (more, bucket) => more + (bucket?.items.length ?? 0),
        sum + group.buckets.length,
      )
    }, groups.length)
  }
}

/** The next state of one table while it is being made. Read and written by one owner, then `done`. */
export class SlotsDraft<T> {
  readonly #seal: (table: Table<T>) => Slots<T>
  /** Changes with each `done`: what was made before belongs to a finished table then. */
  #owner: object = {}
  #before: Table<T>
  #groups: Group<T>[]
  #buckets: number
  #size: number
  #isChanged = false
  readonly #expected: number

  constructor(before: Table<T>, seal: (table: Table<T>) => Slots<T>, expected: number) {
    this.#seal = seal
    this.#before = before
    this.#groups = before.groups.slice()
    this.#buckets = before.buckets
    this.#size = before.size
    this.#expected = before.size + expected
  }

  get size(): number {
    return this.#size
  }

  find(hash: number, isIt: (item: T) => boolean): T | undefined {
    return findIn(this.#bucketOf(hash), hash, isIt)
  }

  *items(): Generator<T> {
    for (const { buckets } of this.#groups) for (const each of buckets) if (each) yield* each.items
  }

  /** Beside whatever has the same hash already; of those that `find` could mean, it finds the first. */
  add(hash: number, item: T): void {
    if (this.#size >= this.#buckets * itemsPerBucketMax) this.#grow()
    const bucket = this.#writable(hash)
    bucket.hashes.push(hash)
    bucket.items.push(item)
    this.#size += 1
  }

  /** In the place of the item that is meant, or beside the others. */
  put(hash: number, item: T, isIt: (item: T) => boolean): void {
    const at = placeIn(this.#bucketOf(hash), hash, isIt)
    if (at < 0) this.add(hash, item)
    else this.#writable(hash).items[at] = item
  }

  remove(hash: number, isIt: (item: T) => boolean): void {
    const at = placeIn(this.#bucketOf(hash), hash, isIt)
    if (at < 0) return
    const { hashes, items } = this.#writable(hash)
    hashes.splice(at, 1)
    items.splice(at, 1)
    this.#size -= 1
  }

  /** The finished table. What the draft does later does not show in it. */
  done(): Slots<T> {
    if (!this.#isChanged) return this.#seal(this.#before)
    for (const group of this.#groups) if (group.owner === this.#owner) this.#tighten(group)
    this.#before = { groups: this.#groups, buckets: this.#buckets, size: this.#size }
    this.#groups = this.#groups.slice()
    this.#owner = {}
    this.#isChanged = false
    return this.#seal(this.#before)
  }

  /** A list that was pushed to has room for sixteen more, and there are thousands of them. */
  #tighten({ buckets }: Group<T>): void {
    for (const [at, bucket] of buckets.entries()) {
      if (bucket?.owner !== this.#owner) continue
      const { hashes, items } = bucket
      buckets[at] =
        items.length === 0
          ? undefined
          : { owner: nobody, hashes: hashes.slice(), items: items.slice() }
    }
  }

  #bucketOf(hash: number): Bucket<T> | undefined {
    const at = placeOf(hash, this.#buckets)
    return this.#groups[at >>> groupBits]?.buckets[at % bucketsPerGroup]
  }

  #writable(hash: number): Bucket<T> {
    this.#isChanged = true
    const at = placeOf(hash, this.#buckets)
    const { buckets } = this.#ownGroup(at >>> groupBits)
    const bucket = buckets[at % bucketsPerGroup]
    if (bucket?.owner === this.#owner) return bucket
    const { hashes = none, items = none } = bucket ?? {}
    const copy = { owner: this.#owner, hashes: [...hashes], items: [...items] }
    buckets[at % bucketsPerGroup] = copy
    return copy
  }

  #ownGroup(at: number): Group<T> {
    const group = this.#groups[at]
    if (group?.owner === this.#owner) return group
    const copy = { owner: this.#owner, buckets: group?.buckets.slice() ?? [] }
    this.#groups[at] = copy
    return copy
  }

  #grow(): void {
    let buckets = this.#buckets * 2
    while (buckets * itemsPerBucketMax < this.#expected) buckets *= 2
    const before = this.#groups
    this.#buckets = buckets
    this.#groups = Array.from({ length: Math.ceil(buckets / bucketsPerGroup) }, () => ({
      owner: this.#owner,
      buckets: [],
    }))
    for (const group of before) {
      for (const bucket of group.buckets) {
        for (const [at, item] of (bucket?.items ?? none).entries()) {
          const hash = bucket?.hashes[at] ?? 0
          const wider = this.#writable(hash)
          wider.hashes.push(hash)
          wider.items.push(item)
        }
      }
    }
  }
}

function findIn<T>(
  bucket: Bucket<T> | undefined,
  hash: number,
  isIt: (item: T) => boolean,
): T | undefined {
  const at = placeIn(bucket, hash, isIt)
  return at < 0 ? undefined : bucket?.items[at]
}

function placeIn<T>(
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

function* itemsWith<T>({ hashes, items }: Bucket<T>, hash: number): Generator<T> {
  for (const [at, item] of items.entries()) if (hashes[at] === hash) yield item
}

function bucketAt<T>({ groups }: Table<T>, at: number): Bucket<T> | undefined {
  return groups[at >>> groupBits]?.buckets[at % bucketsPerGroup]
}

/** The upper bits are the better mixed ones. */
function placeOf(hash: number, buckets: number): number {
  return (hash ^ (hash >>> 15)) & (buckets - 1)
}

/** FNV-1a over the key's text, or a multiplicative hash of a number: 32 bits, signed, as small integers are. */
export function hashOf(key: string | number): number {
  if (typeof key === 'number') return Math.imul(key, 0x9e37_79b1)
  let hash = 0x811c_9dc5 | 0
  for (let at = 0; at < key.length; at += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(at), 0x0100_0193)
  }
  return hash
}
