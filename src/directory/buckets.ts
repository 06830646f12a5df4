// Why this file exists: a snapshot of 100,000 machines must change in microseconds. Copying one Map of that size takes
// a tenth of a second; here a change copies one bucket of a few entries, and the two short lists that lead to it.
type Bucket<K, V> = Map<K, V> | undefined
type Group<K, V> = readonly Bucket<K, V>[]

/** The count of buckets is a power of two that grows with the map; every so many of them make a group. */
interface Table<K, V> {
  readonly groups: readonly Group<K, V>[]
  readonly buckets: number
  readonly size: number
}

const entriesPerBucketMax = 32
const groupBits = 6
const bucketsPerGroup = 1 << groupBits
const growthFactor = 4

/** A persistent map: `with` and `without` give a new one and leave this as it is. */
export class Buckets<K extends string | number, V> {
  readonly #table: Table<K, V>

  private constructor(table: Table<K, V>) {
    this.#table = table
  }

  static empty<K extends string | number, V>(): Buckets<K, V> {
    return new Buckets<K, V>({ groups: [[undefined]], buckets: 1, size: 0 })
  }

  get size(): number {
    return this.#table.size
  }

  get(key: K): V | undefined {
    return bucketIn(this.#table, key)?.get(key)
  }

  has(key: K): boolean {
    return bucketIn(this.#table, key)?.has(key) ?? false
  }

  with(key: K, value: V): Buckets<K, V> {
    const draft = this.edit()
    draft.set(key, value)
    return draft.done()
  }

  without(key: K): Buckets<K, V> {
    const draft = this.edit()
    draft.delete(key)
    return draft.done()
  }

  /** For many changes at once: each bucket is copied once, not once a change. So many may come that the map grows once. */
  edit(expected = 0): BucketsDraft<K, V> {
    const seal = (table: Table<K, V>): Buckets<K, V> =>
      table === this.#table ? this : new Buckets<K, V>(table)
    return new BucketsDraft(this.#table, seal, expected)
  }

  *values(): Generator<V> {
    for (const bucket of this.#table.groups.flat()) if (bucket) yield* bucket.values()
  }

  *entries(): Generator<[K, V]> {
    for (const bucket of this.#table.groups.flat()) if (bucket) yield* bucket.entries()
  }

  /** Keys whose value is another one than before, found by the buckets that are: unchanged ones are not looked into. */
  *keysChangedSince(before: Buckets<K, V>): Generator<K> {
    const old = before.#table
    const now = this.#table
    if (old === now) return
    const isWider = old.buckets !== now.buckets
    for (let at = 0; at < Math.max(old.groups.length, now.groups.length); at += 1) {
      if (isWider || old.groups[at] !== now.groups[at]) yield* this.#changedIn(at, before)
    }
  }

  *#changedIn(at: number, before: Buckets<K, V>): Generator<K> {
    const was = before.#table.groups[at] ?? []
    const is = this.#table.groups[at] ?? []
    const isWider = before.#table.buckets !== this.#table.buckets
    for (let within = 0; within < Math.max(was.length, is.length); within += 1) {
      if (was[within] === is[within] && !isWider) continue
      for (const [key, value] of is[within] ?? []) if (before.get(key) !== value) yield key
      for (const key of was[within]?.keys() ?? []) if (!this.has(key)) yield key
    }
  }

  /** What it cost to come here from an earlier state: so many places in buckets and lists are not the same any more. */
  copiedSince(before: Buckets<K, V>): number {
    const old = before.#table.groups
    const { groups } = this.#table
    if (groups === old) return 0
    return groups.reduce((sum, group, at) => {
      if (group === old[at]) return sum
      const news = group.filter((bucket, within) => bucket !== old[at]?.[within])
      return news.reduce((more, bucket) => more + (bucket?.size ?? 0), sum + group.length)
    }, groups.length)
  }
}

/** The next state of one `Buckets` while it is being made. Read and written by one owner, then `done`. */
export class BucketsDraft<K extends string | number, V> {
  readonly #seal: (table: Table<K, V>) => Buckets<K, V>
  /** Lists and buckets that stand here are somebody else's too, and are copied before they are written. */
  #before: Table<K, V>
  #now: Table<K, V>
  #ownGroups = new Map<number, Bucket<K, V>[]>()
  #size: number
  readonly #expected: number

  constructor(before: Table<K, V>, seal: (table: Table<K, V>) => Buckets<K, V>, expected: number) {
    this.#expected = expected
    this.#before = before
    this.#now = before
    this.#size = before.size
    this.#seal = seal
  }

  get(key: K): V | undefined {
    return bucketIn(this.#now, key)?.get(key)
  }

  has(key: K): boolean {
    return bucketIn(this.#now, key)?.has(key) ?? false
  }

  set(key: K, value: V): void {
    const bucket = this.#writable(key)
    this.#size -= bucket.size
    bucket.set(key, value)
    this.#size += bucket.size
    if (this.#size > this.#now.buckets * entriesPerBucketMax) this.#grow()
  }

  delete(key: K): void {
    if (!this.has(key)) return
    this.#writable(key).delete(key)
    this.#size -= 1
  }

  /** The finished map. What the draft does later does not show in it. */
  done(): Buckets<K, V> {
    if (this.#now !== this.#before) this.#now = { ...this.#now, size: this.#size }
    this.#before = this.#now
    this.#ownGroups = new Map()
    return this.#seal(this.#now)
  }

  #writable(key: K): Map<K, V> {
    const at = bucketOf(key, this.#now.buckets)
    const bucket = bucketAt(this.#now, at)
    if (bucket && bucket !== bucketAt(this.#before, at)) return bucket
    const copy = new Map(bucket)
    this.#ownGroup(at >>> groupBits)[at % bucketsPerGroup] = copy
    return copy
  }

  #ownGroup(at: number): Bucket<K, V>[] {
    const own = this.#ownGroups.get(at)
    if (own) return own
    const copy = this.#now.groups[at]?.slice() ?? []
    this.#ownGroups.set(at, copy)
    this.#now = { ...this.#now, groups: this.#now.groups.with(at, copy) }
    return copy
  }

  #grow(): void {
    let buckets = this.#now.buckets * growthFactor
    while (buckets * entriesPerBucketMax < this.#expected) buckets *= growthFactor
    const wider = Array.from({ length: buckets }, (): Map<K, V> => new Map())
    for (const bucket of this.#now.groups.flat()) {
      for (const [key, value] of bucket ?? []) wider[bucketOf(key, buckets)]?.set(key, value)
    }
    const groups = Array.from({ length: Math.ceil(buckets / bucketsPerGroup) }, (_, at) =>
      wider.slice(at * bucketsPerGroup, (at + 1) * bucketsPerGroup),
    )
    this.#before = { groups: [], buckets, size: 0 }
    this.#now = { groups, buckets, size: this.#size }
    this.#ownGroups = new Map(groups.entries())
  }
}

function bucketIn<K extends string | number, V>(table: Table<K, V>, key: K): Bucket<K, V> {
  return bucketAt(table, bucketOf(key, table.buckets))
}

function bucketAt<K, V>({ groups }: Table<K, V>, at: number): Bucket<K, V> {
  return groups[at >>> groupBits]?.[at % bucketsPerGroup]
}

/** FNV-1a over the key's text, or a multiplicative hash of a number. The count of buckets is a power of two. */
function bucketOf(key: string | number, buckets: number): number {
  if (buckets === 1) return 0
  let hash = 0x811c_9dc5
  if (typeof key === 'number') hash = Math.imul(key, 0x9e37_79b1)
  else {
    for (let at = 0; at < key.length; at += 1) {
      hash = Math.imul(hash ^ key.charCodeAt(at), 0x0100_0193)
    }
  }
  // The upper bits are the better mixed ones.
  return (hash ^ (hash >>> 15)) & (buckets - 1)
}
