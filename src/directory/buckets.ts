// Why this file exists: a snapshot of 100,000 machines must change in microseconds. Copying one Map of that
// size takes a tenth of a second; here a change copies one bucket and the list of buckets.
const bucketBits = 10
const bucketCount = 1 << bucketBits

type BucketList<K, V> = readonly (ReadonlyMap<K, V> | undefined)[]

/** A persistent map: `with` and `without` give a new one and leave this as it is. */
export class Buckets<K extends string | number, V> {
  readonly size: number
  readonly #buckets: BucketList<K, V>

  private constructor(buckets: BucketList<K, V>, size: number) {
    this.#buckets = buckets
    this.size = size
  }

  static empty<K extends string | number, V>(): Buckets<K, V> {
    return new Buckets<K, V>([], 0)
  }

  get(key: K): V | undefined {
    return this.#buckets[bucketOf(key)]?.get(key)
  }

  has(key: K): boolean {
    return this.#buckets[bucketOf(key)]?.has(key) ?? false
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
}

/** The next state of one `Buckets` while it is being made. Read and written by one owner, then `done`. */
export class BucketsDraft<K extends string | number, V> {
  readonly #before: BucketList<K, V>
  readonly #seal: (buckets: BucketList<K, V>, size: number) => Buckets<K, V>
  #copies: (Map<K, V> | undefined)[] = []
  #size: number

  constructor(
    before: BucketList<K, V>,
    size: number,
    seal: (buckets: BucketList<K, V>, size: number) => Buckets<K, V>,
  ) {
    this.#before = before
    this.#size = size
    this.#seal = seal
  }

  get(key: K): V | undefined {
    const at = bucketOf(key)
    return (this.#copies[at] ?? this.#before[at])?.get(key)
  }

  has(key: K): boolean {
    const at = bucketOf(key)
    return (this.#copies[at] ?? this.#before[at])?.has(key) ?? false
  }

  set(key: K, value: V): void {
    const bucket = this.#own(key)
    this.#size -= bucket.size
    bucket.set(key, value)
    this.#size += bucket.size
  }

  delete(key: K): void {
    if (!this.has(key)) return
    this.#own(key).delete(key)
    this.#size -= 1
  }

  /** The finished map. The draft starts anew from nothing owned, so that the result stays as it is. */
  done(): Buckets<K, V> {
    if (this.#copies.length === 0) return this.#seal(this.#before, this.#size)
    const buckets = this.#before.slice()
    // Filling the gap keeps the list dense, which V8 copies as one block.
    while (buckets.length < this.#copies.length) buckets.push(undefined)
    // forEach visits only what was copied; the rest of the list is a hole.
    this.#copies.forEach((bucket, at) => {
      buckets[at] = bucket
    })
    this.#copies = []
    return this.#seal(buckets, this.#size)
  }

  #own(key: K): Map<K, V> {
    const at = bucketOf(key)
    const owned = this.#copies[at]
    if (owned) return owned
    const copy = new Map(this.#before[at])
    this.#copies[at] = copy
    return copy
  }
}

/** FNV-1a over the key's text, or a multiplicative hash of a number, whose upper bits are the mixed ones. */
function bucketOf(key: string | number): number {
  if (typeof key === 'number') return Math.imul(key, 0x9e37_79b1) >>> (32 - bucketBits)
  let hash = 0x811c_9dc5
  for (let at = 0; at < key.length; at += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(at), 0x0100_0193)
  }
  return (hash >>> 0) % bucketCount
}
