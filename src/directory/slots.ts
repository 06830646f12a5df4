// Why this file exists: a snapshot of 100,000 machines must change in microseconds and stay small. Copying one Map of that
// size takes a tenth of a second, and a Map needs twice the room; here a change copies one short bucket, and the two lists
// that lead to it.
import { CopyingDraft } from './slots-copying.ts'
import { FillingDraft } from './slots-filling.ts'
import {
  type Bucket,
  bucketAt,
  emptyTable,
  findIn,
  none,
  placeOf,
  type Table,
  type TableDraft,
} from './slots-table.ts'
import { tableOf } from './table-of.ts'

/** Fewer than that are added to a table as they come. */
const fillingMin = 64

export type SlotsDraft<T> = TableDraft<T, Slots<T>>

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
    return new Slots<T>(emptyTable())
  }

  /** Of these; the hash of each stands at its place. */
  static of<T>(items: readonly T[], hashes: readonly number[]): Slots<T> {
    return new Slots<T>(tableOf(items, hashes))
  }

  get size(): number {
    return this.#table.size
  }

  find(hash: number, isIt: (item: T) => boolean): T | undefined {
    return findIn(this.#bucketOf(hash), hash, isIt)
  }

  *all(hash: number): Generator<T> {
    const bucket = this.#bucketOf(hash)
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
    return this.size === 0 && expected >= fillingMin
      ? new FillingDraft(this.#table, seal, expected)
      : new CopyingDraft(this.#table, seal, expected)
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

  #bucketOf(hash: number): Bucket<T> | undefined {
    const { groups, buckets } = this.#table
    return bucketAt(groups, placeOf(hash, buckets))
  }
}

function* itemsWith<T>({ hashes, items }: Bucket<T>, hash: number): Generator<T> {
  for (const [at, item] of items.entries()) if (hashes[at] === hash) yield item
}

/** FNV-1a over the key's text, or a multiplicative hash of a number: 32 bits, signed, as small integers are. */
export function hashOf(key: string | number): number {
  return typeof key === 'number' ? Math.imul(key, 0x9e37_79b1) : hashOfPart(key, 0, key.length)
}

const hashOfNothing = 0x811c_9dc5 | 0

/** Of a part of a text, which is not taken out for it, or of one behind another text, of which the hash is known. */
export function hashOfPart(
  text: string,
  start: number,
  end: number,
  before: number = hashOfNothing,
): number {
  let hash = before
  for (let at = start; at < end; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x0100_0193)
  }
  return hash
}
