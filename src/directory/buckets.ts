// Why this file exists: a snapshot of 100,000 machines must change in microseconds. Copying one Map of that
// size takes a tenth of a second; here a change copies one bucket and the list of buckets.
type Bucket<K, V> = Map<K, V> | undefined
type BucketList<K, V> = readonly Bucket<K, V>[]

/** A fuller map has more buckets: 1,024 for 100,000 entries, one for a hundred. */
const entriesPerBucketMax = 128
const growthBits = 2

/** A persistent map: `with` and `without` give a new one and leave this as it is. */
export class Buckets<K extends string | number, V> {
  readonly size: number
  readonly #buckets: BucketList<K, V>

  private constructor(buckets: BucketList<K, V>, size: number) {
    this.#buckets = buckets
    this.size = size
  }

  static empty<K extends string | number, V>(): Buckets<K, V> {
    return new Buckets<K, V>([undefined], 0)
  }

  get(key: K): V | undefined {
    return this.#buckets[bucketOf(key, this.#buckets.length)]?.get(key)
  }

  has(key: K): boolean {
    return this.#buckets[bucketOf(key, this.#buckets.length)]?.has(key) ?? false
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

  /** For many changes at once: each bucket is copied once, not once a change. */
  edit(): BucketsDraft<K, V> {
    return new BucketsDraft(this.#buckets, this.size, (buckets, size) =>
      buckets === this.#buckets ? this : new Buckets<K, V>(buckets, size),
    )
  }

  *values(): Generator<V> {
    for (const bucket of this.#buckets) if (bucket) yield* bucket.values()
  }

  *entries(): Generator<[K, V]> {
    for (const bucket of this.#buckets) if (bucket) yield* bucket.entries()
  }

  /** What it cost to come here from an earlier state: so many entries lie in buckets that are no longer the same. */
  entriesCopiedSince(before: Buckets<K, V>): number {
    return this.#buckets.reduce(
      (sum, bucket, at) => sum + (bucket === before.#buckets[at] ? 0 : (bucket?.size ?? 0)),
      0,
    )
  }
}

/** The next state of one `Buckets` while it is being made. Read and written by one owner, then `done`. */
export class BucketsDraft<K extends string | number, V> {
  readonly #seal: (buckets: BucketList<K, V>, size: number) => Buckets<K, V>
  /** A bucket that stands here is somebody else's too, and is copied before it is written. */
  #before: BucketList<K, V>
  #buckets: BucketList<K, V>
  #own: Bucket<K, V>[] | undefined
  #size: number

  constructor(
    before: BucketList<K, V>,
    size: number,
    seal: (buckets: BucketList<K, V>, size: number) => Buckets<K, V>,
  ) {
    this.#before = before
    this.#buckets = before
    this.#size = size
    this.#seal = seal
  }

  get(key: K): V | undefined {
    return this.#buckets[bucketOf(key, this.#buckets.length)]?.get(key)
  }

  has(key: K): boolean {
    return this.#buckets[bucketOf(key, this.#buckets.length)]?.has(key) ?? false
  }

  set(key: K, value: V): void {
    const bucket = this.#writable(key)
    this.#size -= bucket.size
    bucket.set(key, value)
    this.#size += bucket.size
    if (this.#size > this.#buckets.length * entriesPerBucketMax) this.#grow()
  }

  delete(key: K): void {
    if (!this.has(key)) return
    this.#writable(key).delete(key)
    this.#size -= 1
  }

  /** The finished map. What the draft does later does not show in it. */
  done(): Buckets<K, V> {
    this.#before = this.#buckets
    this.#own = undefined
    return this.#seal(this.#buckets, this.#size)
  }

  #writable(key: K): Map<K, V> {
    const at = bucketOf(key, this.#buckets.length)
    const bucket = this.#buckets[at]
    if (bucket && bucket !== this.#before[at]) return bucket
    const copy = new Map(bucket)
    this.#ownList()[at] = copy
    return copy
  }

  #ownList(): Bucket<K, V>[] {
    this.#own ??= this.#before.slice()
    this.#buckets = this.#own
    return this.#own
  }

  #grow(): void {
    const count = this.#buckets.length << growthBits
    const wider = Array.from({ length: count }, (): Map<K, V> => new Map())
    for (const bucket of this.#buckets) {
      for (const [key, value] of bucket ?? []) wider[bucketOf(key, count)]?.set(key, value)
    }
    this.#before = []
    this.#own = wider
    this.#buckets = wider
  }
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
