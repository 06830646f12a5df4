// Why this file exists: one tag may stand on every machine, and one network under every card; a change to one of them
// must not copy a list of all.
import type { Buckets, BucketsDraft } from './buckets.ts'

/** A persistent table that can be changed by a draft. */
interface Table<D> {
  readonly size: number
  edit(): D
}

/** From one key to many values, each with an id. */
export type Grouped<K extends string | number, I extends string, V> = Buckets<K, Buckets<I, V>>

/** The next state of an index from one key to a table while it is being made. */
export class GroupedDraft<K extends string | number, T extends Table<D>, D extends { done(): T }> {
  readonly #index: BucketsDraft<K, T>
  readonly #empty: T
  readonly #open = new Map<K, D>()

  constructor(before: Buckets<K, T>, empty: T) {
    this.#index = before.edit()
    this.#empty = empty
  }

  /** The table of that key, to be changed. */
  of(key: K): D {
    const open = this.#open.get(key)
    if (open) return open
    const draft = (this.#index.get(key) ?? this.#empty).edit()
    this.#open.set(key, draft)
    return draft
  }

  /** Where the key has no table yet. */
  begin(key: K, table: T): void {
    this.#index.set(key, table)
  }

  done(): Buckets<K, T> {
    for (const [key, draft] of this.#open) {
      const table = draft.done()
      if (table.size > 0) this.#index.set(key, table)
      else this.#index.delete(key)
    }
    this.#open.clear()
    return this.#index.done()
  }
}
