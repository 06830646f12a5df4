// Why this file exists: one tag may stand on every machine, and one network under every card; a change to one of them
// must not copy a list of all.
import { Buckets, type BucketsDraft } from './buckets.ts'

/** From one key to many values, each with an id. */
export type Grouped<K extends string | number, I extends string, V> = Buckets<K, Buckets<I, V>>

/** The next state of such an index while it is being made. */
export class GroupedDraft<K extends string | number, I extends string, V> {
  readonly #index: BucketsDraft<K, Buckets<I, V>>
  readonly #open = new Map<K, BucketsDraft<I, V>>()

  constructor(before: Grouped<K, I, V>) {
    this.#index = before.edit()
  }

  add(key: K, id: I, value: V): void {
    this.#of(key).set(id, value)
  }

  remove(key: K, id: I): void {
    this.#of(key).delete(id)
  }

  done(): Grouped<K, I, V> {
    for (const [key, draft] of this.#open) {
      const group = draft.done()
      if (group.size > 0) this.#index.set(key, group)
      else this.#index.delete(key)
    }
    this.#open.clear()
    return this.#index.done()
  }

  #of(key: K): BucketsDraft<I, V> {
    const open = this.#open.get(key)
    if (open) return open
    const draft = (this.#index.get(key) ?? Buckets.empty<I, V>()).edit()
    this.#open.set(key, draft)
    return draft
  }
}
