// Why this file exists: a few changes to a large table copy the buckets that they touch, and the two lists that lead to
// each, and nothing else.
import { Resting } from './slots-resting.ts'
import {
  type Bucket,
  bucketAt,
  bucketsFor,
  findIn,
  type Group,
  groupOf,
  groupsFor,
  isFull,
  itemsIn,
  nobody,
  placeIn,
  placeOf,
  type TableDraft,
  withinGroup,
} from './slots-table.ts'

/** What a draft copies and grows. */
interface Work<T> {
  readonly groups: Group<T>[]
  readonly buckets: number
}

/** The next state of a table that holds something already. */
export class CopyingDraft<T, Done> implements TableDraft<T, Done> {
  readonly #seal: (table: Resting<T>) => Done
  /** Changes with each `done`: what was made before belongs to a finished table then. */
  #owner: object = {}
  #before: Resting<T>
  /** Absent until something is changed: the table of before need not be in buckets to be read. */
  #work: Work<T> | undefined
  #size: number
  readonly #expected: number

  constructor(before: Resting<T>, seal: (table: Resting<T>) => Done, expected: number) {
    this.#seal = seal
    this.#before = before
    this.#size = before.size
    this.#expected = before.size + expected
  }

  get size(): number {
    return this.#size
  }

  find(hash: number, isIt: (item: T) => boolean): T | undefined {
    const work = this.#work
    return work === undefined
      ? this.#before.find(hash, isIt)
      : findIn(bucketAt(work.groups, placeOf(hash, work.buckets)), hash, isIt)
  }

  mayHave(hash: number): boolean {
    return this.find(hash, isAnything) !== undefined
  }

  items(): Generator<T> {
    return this.#work === undefined ? this.#before.items() : itemsIn(this.#work.groups)
  }

  add(hash: number, item: T): void {
    const work = this.#begin()
    if (isFull(this.#size, work.buckets)) this.#grow(work)
    const bucket = this.#writable(hash)
    bucket.hashes.push(hash)
    bucket.items.push(item)
    this.#size += 1
  }

  put(hash: number, item: T, isIt: (item: T) => boolean): void {
    const { groups, buckets } = this.#begin()
    const at = placeIn(bucketAt(groups, placeOf(hash, buckets)), hash, isIt)
    if (at < 0) this.add(hash, item)
    else this.#writable(hash).items[at] = item
  }

  remove(hash: number, isIt: (item: T) => boolean): void {
    if (this.#work === undefined && this.#before.find(hash, isIt) === undefined) return
    const { groups, buckets } = this.#begin()
    const at = placeIn(bucketAt(groups, placeOf(hash, buckets)), hash, isIt)
    if (at < 0) return
    const { hashes, items } = this.#writable(hash)
    hashes.splice(at, 1)
    items.splice(at, 1)
    this.#size -= 1
  }

  done(): Done {
    const work = this.#work
    if (work === undefined) return this.#seal(this.#before)
    for (const group of work.groups) if (group.owner === this.#owner) this.#tighten(group)
    this.#before = Resting.inBuckets({ ...work, size: this.#size })
    this.#work = undefined
    this.#owner = {}
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

  #begin(): Work<T> {
    if (this.#work === undefined) {
      const { groups, buckets } = this.#before.table
      this.#work = { groups: groups.slice(), buckets }
    }
    return this.#work
  }

  #writable(hash: number): Bucket<T> {
    const { groups, buckets: count } = this.#begin()
    const at = placeOf(hash, count)
    const { buckets } = this.#ownGroup(groups, groupOf(at))
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

  #ownGroup(groups: Group<T>[], at: number): Group<T> {
    const group = groups[at]
    if (group?.owner === this.#owner) return group
    const copy = { owner: this.#owner, buckets: group?.buckets.slice() ?? [] }
    groups[at] = copy
    return copy
  }

  #grow({ groups, buckets }: Work<T>): void {
    const wider = bucketsFor(this.#expected, buckets * 2)
    this.#work = { groups: groupsFor(wider, this.#owner), buckets: wider }
    for (const group of groups) {
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

function isAnything(): boolean {
  return true
}
