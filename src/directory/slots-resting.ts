// Why this file exists: a finished table never changes, but how it rests does. What was filled in one go stays as it was
// filled until somebody has something to change; only then is it put in buckets, once for all who hold it.
import { Chains } from './slots-chains.ts'
import {
  allIn,
  bucketAt,
  emptyTable,
  findIn,
  itemsIn,
  pairsIn,
  placeOf,
  type Table,
} from './slots-table.ts'
import { tableOf } from './table-of.ts'

/** Fewer than that are in buckets at once: chains of a few cost more than what they hold. */
export const chainedMin = 64

/** A finished table, as all hold it who hold the same one. */
export class Resting<T> {
  #form: Chains<T> | Table<T>

  private constructor(form: Chains<T> | Table<T>) {
    this.#form = form
  }

  static empty<T>(): Resting<T> {
    return new Resting<T>(emptyTable())
  }

  static inBuckets<T>(table: Table<T>): Resting<T> {
    return new Resting<T>(table)
  }

  /** Nobody writes into these chains any more. */
  static inChains<T>(chains: Chains<T>): Resting<T> {
    return chains.size < chainedMin
      ? Resting.of(chains.list(), chains.hashes())
      : new Resting<T>(chains)
  }

  /** Of these; the hash of each stands at its place. */
  static of<T>(items: readonly T[], hashes: ArrayLike<number>): Resting<T> {
    return new Resting<T>(
      items.length < chainedMin ? tableOf(items, hashes) : Chains.of(items, hashes),
    )
  }

  get size(): number {
    return this.#form.size
  }

  get isInBuckets(): boolean {
    return !(this.#form instanceof Chains)
  }

  /** As it is in buckets. Whoever asks puts it there. */
  get table(): Table<T> {
    if (this.#form instanceof Chains) this.#form = tableOf(this.#form.list(), this.#form.hashes())
    return this.#form
  }

  find(hash: number, isIt: (item: T) => boolean): T | undefined {
    const form = this.#form
    if (form instanceof Chains) return form.find(hash, isIt)
    return findIn(bucketAt(form.groups, placeOf(hash, form.buckets)), hash, isIt)
  }

  all(hash: number): Generator<T> {
    const form = this.#form
    return form instanceof Chains ? form.all(hash) : allIn(form, hash)
  }

  items(): Generator<T> {
    const form = this.#form
    return form instanceof Chains ? form.items() : itemsIn(form.groups)
  }

  withHashes(): Generator<readonly [hash: number, item: T]> {
    const form = this.#form
    return form instanceof Chains ? form.withHashes() : pairsIn(form.groups)
  }

  /** All of them at once. */
  list(): readonly T[] {
    const form = this.#form
    return form instanceof Chains ? form.list() : [...itemsIn(form.groups)]
  }
}
