// Why this file exists: a few changes to a large table copy the buckets that they touch, and the two lists that lead to
// each, and nothing else.
import {
  type Bucket,
  bucketAt,
  bucketsFor,
  findIn,
  type Group,
  groupOf,
  groupsFor,
  isFull,
  nobody,
  placeIn,
  placeOf,
  type Table,
  type TableDraft,
  withinGroup,
} from './slots-table.ts'

/** The next state of a table that holds something already. */
export class CopyingDraft<T, Done> implements TableDraft<T, Done> {
  readonly #seal: (table: Table<T>) => Done
  /** Changes with each `done`: what was made before belongs to a finished table then. */
  #owner: object = {}
  #before: Table<T>
  #groups: Group<T>[]
  #buckets: number
  #size: number
  #isChanged = false
  readonly #expected: number

  constructor(before: Table<T>, seal: (table: Table<T>) => Done, expected: number) {
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

  add(hash: number, item: T): void {
    if (isFull(this.#size, this.#buckets)) this.#grow()
    const bucket = this.#writable(hash)
    bucket.hashes.push(hash)
    bucket.items.push(item)
    this.#size += 1
  }

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

  done(): Done {
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
    return bucketAt(this.#groups, placeOf(hash, this.#buckets))
  }

  #writable(hash: number): Bucket<T> {
    this.#isChanged = true
    const at = placeOf(hash, this.#buckets)
    const { buckets } = this.#ownGroup(groupOf(at))
    const bucket = buckets[withinGroup(at)]
    if (bucket?.owner === this.#owner) return bucket
    const copy = {
      owner: this.#owner,
      hashes: bucket?.hashes.slice() ?? [],
      items: bucket?.items.slice() ?? [],
    }
    buckets[withinGroup(at)] = copy
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
    const before = this.#groups
    this.#buckets = bucketsFor(this.#expected, this.#buckets * 2)
    this.#groups = groupsFor(this.#buckets, this.#owner)
    for (const group of before) {
      for (const bucket of group.buckets) {
        if (bucket) this.#addAll(bucket)
      }
    }
  }

  #addAll({ hashes, items }: Bucket<T>): void {
    for (const [at, item] of items.entries()) {
      const hash = hashes[at] ?? 0
      const wider = this.#writable(hash)
      wider.hashes.push(hash)
      wider.items.push(item)
    }
  }
}
