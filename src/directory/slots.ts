// Why this file exists: a snapshot of 100,000 machines must change in microseconds and stay small. Copying one Map of that
// size takes a tenth of a second, and a Map needs twice the room; here a change copies one short bucket, and the two lists
// that lead to it.
import { type ChangedBucket, changedBuckets, copiedPlaces } from './slots-compared.ts'
import { CopyingDraft } from './slots-copying.ts'
import { FillingDraft } from './slots-filling.ts'
import { chainedMin, Resting } from './slots-resting.ts'
import type { TableDraft } from './slots-table.ts'

export type SlotsDraft<T> = TableDraft<T, Slots<T>>

/** A persistent table of items by a hash that its owner makes. Several items may have one hash. */
export class Slots<T> {
  readonly #table: Resting<T>

  private constructor(table: Resting<T>) {
    this.#table = table
  }

  static empty<T>(): Slots<T> {
    return new Slots<T>(Resting.empty())
  }

  /** Of these; the hash of each stands at its place. */
  static of<T>(items: readonly T[], hashes: readonly number[]): Slots<T> {
    return new Slots<T>(Resting.of(items, hashes))
  }

  get size(): number {
    return this.#table.size
  }

  /** Of several with this hash that could be meant the one that was added first. */
  find(hash: number, isIt: (item: T) => boolean): T | undefined {
    return this.#table.find(hash, isIt)
  }

  /** In the order in which they were added. */
  all(hash: number): Generator<T> {
    return this.#table.all(hash)
  }

  items(): Generator<T> {
    return this.#table.items()
  }

  withHashes(): Generator<readonly [hash: number, item: T]> {
    return this.#table.withHashes()
  }

  /** In a quiet moment, so that the first change to a table that was filled in one go is as quick as the next. */
  settle(): void {
    void this.#table.table
  }

  /** For many changes at once: each bucket is copied once, not once a change. So many may come that it grows once. */
  edit(expected = 0): SlotsDraft<T> {
    const seal = (table: Resting<T>): Slots<T> =>
      table === this.#table ? this : new Slots<T>(table)
    return this.size === 0 && expected >= chainedMin
      ? new FillingDraft(this.#table, seal, expected)
      : new CopyingDraft(this.#table, seal, expected)
  }

  /** Only buckets that are not the same any more; all of both when they cannot have one in common. */
  *changedSince(before: Slots<T>): Generator<ChangedBucket<T>> {
    const was = before.#table
    const is = this.#table
    if (was === is) return
    // Whatever was changed is in buckets, and so is what it was made of.
    if (was.isInBuckets && is.isInBuckets) yield* changedBuckets(was.table, is.table)
    else yield { was: was.list(), is: is.list() }
  }

  /** What it cost to come here from an earlier state: so many places in buckets and lists are not the same any more. */
  copiedSince(before: Slots<T>): number {
    return this.#table === before.#table ? 0 : copiedPlaces(before.#table.table, this.#table.table)
  }
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
