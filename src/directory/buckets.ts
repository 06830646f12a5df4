// Why this file exists: most of what is looked up is found by one key that leads to one value. A persistent map of that
// kind is a table of pairs.
import { hashOf, Slots, type SlotsDraft } from './slots.ts'

type Pair<K, V> = [key: K, value: V]

/** What can be asked of any index of the directory, however it rests. */
export interface Lookup<K, V> {
  readonly size: number
  get(key: K): V | undefined
  has(key: K): boolean
  values(): IteratorObject<V, unknown>
  entries(): IteratorObject<[K, V], unknown>
}

/** A persistent map: `with` and `without` give a new one and leave this as it is. */
export class Buckets<K extends string | number, V> implements Lookup<K, V> {
  readonly #slots: Slots<Pair<K, V>>

  private constructor(slots: Slots<Pair<K, V>>) {
    this.#slots = slots
  }

  static empty<K extends string | number, V>(): Buckets<K, V> {
    return new Buckets<K, V>(Slots.empty())
  }

  get size(): number {
    return this.#slots.size
  }

  get(key: K): V | undefined {
    // Many tables are empty, and what is asked of them is asked 300,000 times.
    if (this.#slots.size === 0) return undefined
    return this.#slots.find(hashOf(key), ([other]) => other === key)?.[1]
  }

  has(key: K): boolean {
    return (
      this.#slots.size > 0 &&
      this.#slots.find(hashOf(key), ([other]) => other === key) !== undefined
    )
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

  /** For many changes at once. So many may come that the map grows once. */
  edit(expected = 0): BucketsDraft<K, V> {
    const seal = (slots: Slots<Pair<K, V>>): Buckets<K, V> =>
      slots === this.#slots ? this : new Buckets<K, V>(slots)
    return new BucketsDraft(this.#slots.edit(expected), seal)
  }

  *values(): Generator<V> {
    for (const [, value] of this.#slots.items()) yield value
  }

  entries(): Generator<Pair<K, V>> {
    return this.#slots.items()
  }

  /** Keys whose value is another one than before, found by the buckets that are: unchanged ones are not looked into. */
  *keysChangedSince(before: Buckets<K, V>): Generator<K> {
    for (const { was, is } of this.#slots.changedSince(before.#slots)) {
      for (const [key, value] of is) if (before.get(key) !== value) yield key
      for (const [key] of was) if (!this.has(key)) yield key
    }
  }

  /** What it cost to come here from an earlier state. */
  copiedSince(before: Buckets<K, V>): number {
    return this.#slots.copiedSince(before.#slots)
  }
}

/** The next state of one `Buckets` while it is being made. Read and written by one owner, then `done`. */
export class BucketsDraft<K extends string | number, V> {
  readonly #slots: SlotsDraft<Pair<K, V>>
  readonly #seal: (slots: Slots<Pair<K, V>>) => Buckets<K, V>

  constructor(slots: SlotsDraft<Pair<K, V>>, seal: (slots: Slots<Pair<K, V>>) => Buckets<K, V>) {
    this.#slots = slots
    this.#seal = seal
  }

  get size(): number {
    return this.#slots.size
  }

  get(key: K): V | undefined {
    if (this.#slots.size === 0) return undefined
    return this.#slots.find(hashOf(key), ([other]) => other === key)?.[1]
  }

  has(key: K): boolean {
    return this.#slots.find(hashOf(key), ([other]) => other === key) !== undefined
  }

  /** Whether a key with that hash is there. */
  hasAt(hash: number): boolean {
    return this.#slots.size > 0 && this.#slots.mayHave(hash)
  }

  set(key: K, value: V): void {
    this.#slots.put(hashOf(key), [key, value], ([other]) => other === key)
  }

  delete(key: K): void {
    if (this.#slots.size > 0) this.#slots.remove(hashOf(key), ([other]) => other === key)
  }

  /** The finished map. What the draft does later does not show in it. */
  done(): Buckets<K, V> {
    return this.#seal(this.#slots.done())
  }
}
