// Why this file exists: loading a thousand machines that share one UUID would copy a growing list a thousand times;
// while a snapshot is being made, each list is copied once and then changed in place.
import type { Buckets, BucketsDraft } from './buckets.ts'
import type { Machine } from './entry.ts'

/** The next state of an index from one key to several machines. */
export class MachineLists<K extends string> {
  readonly #index: BucketsDraft<K, readonly Machine[]>
  readonly #own = new Map<K, Machine[]>()

  constructor(before: Buckets<K, readonly Machine[]>) {
    this.#index = before.edit()
  }

  get(key: K): readonly Machine[] {
    return this.#own.get(key) ?? this.#index.get(key) ?? []
  }

  add(key: K, machine: Machine): void {
    this.#owned(key).push(machine)
  }

  remove(key: K, machine: Machine): void {
    const list = this.#owned(key)
    const at = list.findIndex((other) => other.id === machine.id)
    if (at >= 0) list.splice(at, 1)
  }

  done(): Buckets<K, readonly Machine[]> {
    for (const [key, list] of this.#own) {
      if (list.length > 0) this.#index.set(key, list)
      else this.#index.delete(key)
    }
    this.#own.clear()
    return this.#index.done()
  }

  #owned(key: K): Machine[] {
    const owned = this.#own.get(key)
    if (owned) return owned
    const copy = (this.#index.get(key) ?? []).slice()
    this.#own.set(key, copy)
    return copy
  }
}
