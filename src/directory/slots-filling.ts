// Why this file exists: a table that is filled from nothing, as by the first refresh or a start, is made in one go: no bucket
// is copied or grown on the way, and when it is done nothing is left to do.
import { HashSet } from './hash-set.ts'
import { Chains } from './slots-chains.ts'
import { Resting } from './slots-resting.ts'
import type { TableDraft } from './slots-table.ts'

/** The next state of an empty table. */
export class FillingDraft<T, Done> implements TableDraft<T, Done> {
  readonly #seal: (table: Resting<T>) => Done
  /** What `done` would give; absent since the last change. As long as it is there, nothing is written into the chains. */
  #made: Resting<T> | undefined
  #chains = Chains.empty<T>()
  /** Hashes of all that was added; absent until somebody asks. */
  #seen: HashSet | undefined
  readonly #expected: number

  constructor(empty: Resting<T>, seal: (table: Resting<T>) => Done, expected: number) {
    this.#made = empty
    this.#seal = seal
    this.#expected = expected
  }

  get size(): number {
    return this.#chains.size
  }

  find(hash: number, isIt: (item: T) => boolean): T | undefined {
    return this.#chains.find(hash, isIt)
  }

  mayHave(hash: number): boolean {
    this.#seen ??= this.#hashesSoFar()
    return this.#seen.has(hash)
  }

  items(): Generator<T> {
    return this.#chains.items()
  }

  add(hash: number, item: T): void {
    if (this.#made !== undefined) this.#begin()
    this.#chains.add(hash, item)
    this.#seen?.add(hash)
  }

  put(hash: number, item: T, isIt: (item: T) => boolean): void {
    if (this.#made !== undefined) this.#begin()
    if (!this.#chains.replace(hash, item, isIt)) this.add(hash, item)
  }

  remove(hash: number, isIt: (item: T) => boolean): void {
    if (this.#made !== undefined) {
      if (this.find(hash, isIt) === undefined) return
      this.#begin()
    }
    this.#chains.remove(hash, isIt)
  }

  done(): Done {
    if (this.#made === undefined) {
      this.#chains.tighten()
      this.#made = Resting.inChains(this.#chains)
    }
    return this.#seal(this.#made)
  }

  #hashesSoFar(): HashSet {
    const seen = new HashSet()
    for (const [hash] of this.#chains.withHashes()) seen.add(hash)
    return seen
  }

  /** What was given is not written into. */
  #begin(): void {
    this.#chains = this.#chains.copy(this.#expected)
    this.#made = undefined
  }
}
