// Why this file exists: entries by their id, where devices rest as text. It answers like a map of entries.
import {
  type AtRest,
  atRest,
  type Device,
  deviceOf,
  hashAtRest,
  idAtRest,
  isIdAtRest,
  isKindAtRest,
} from './at-rest.ts'
import type { Lookup } from './buckets.ts'
import type { EntryId } from './entry.ts'
import { hashOf, Slots, type SlotsDraft } from './slots.ts'

interface Named {
  readonly id: EntryId
  readonly kind: string
}

/** Devices, and whatever else has an id: that rests as it is. */
export class Shelf<Other extends Named> implements Lookup<EntryId, Device | Other> {
  readonly #slots: Slots<AtRest<Other>>

  private constructor(slots: Slots<AtRest<Other>>) {
    this.#slots = slots
  }

  static empty<Other extends Named>(): Shelf<Other> {
    return new Shelf<Other>(Slots.empty())
  }

  /** Of these, no two of one id. */
  static of<Other extends Named>(all: readonly AtRest<Other>[]): Shelf<Other> {
    return new Shelf<Other>(
      Slots.of(
        all,
        all.map((rest) => hashAtRest(rest)),
      ),
    )
  }

  get size(): number {
    return this.#slots.size
  }

  get(id: EntryId): Device | Other | undefined {
    const rest = this.atRest(id)
    return rest === undefined ? undefined : awake(rest)
  }

  /** As it lies there; two that are the same say the same. */
  atRest(id: EntryId): AtRest<Other> | undefined {
    if (this.#slots.size === 0) return undefined
    return this.#slots.find(hashOf(id), (rest) => isIdAtRest(rest, id))
  }

  has(id: EntryId): boolean {
    return this.atRest(id) !== undefined
  }

  *values(): Generator<Device | Other> {
    for (const rest of this.#slots.items()) yield awake(rest)
  }

  /** Whoever wants one kind need not wake all others. */
  *ofKind<K extends (Device | Other)['kind']>(
    kind: K,
  ): Generator<Extract<Device | Other, { readonly kind: K }>> {
    for (const rest of this.#slots.items()) {
      if (!isKindAtRest(rest, kind)) continue
      const entry = awake(rest)
      if (isOfKind(entry, kind)) yield entry
    }
  }

  *entries(): Generator<[EntryId, Device | Other]> {
    for (const entry of this.values()) yield [entry.id, entry]
  }

  allAtRest(): Generator<AtRest<Other>> {
    return this.#slots.items()
  }

  /** In a quiet moment, so that the first change is as quick as the next. */
  settle(): void {
    this.#slots.settle()
  }

  edit(expected = 0): ShelfDraft<Other> {
    const seal = (slots: Slots<AtRest<Other>>): Shelf<Other> =>
      slots === this.#slots ? this : new Shelf<Other>(slots)
    return new ShelfDraft(this.#slots.edit(expected), seal)
  }

  *keysChangedSince(before: Shelf<Other>): Generator<EntryId> {
    for (const { was, is } of this.#slots.changedSince(before.#slots)) {
      for (const rest of is) {
        const id = idAtRest(rest)
        if (before.atRest(id) !== rest) yield id
      }
      for (const rest of was) {
        const id = idAtRest(rest)
        if (!this.has(id)) yield id
      }
    }
  }

  copiedSince(before: Shelf<Other>): number {
    return this.#slots.copiedSince(before.#slots)
  }
}

/** The next state of one shelf while it is being made. Read and written by one owner, then `done`. */
export class ShelfDraft<Other extends Named> {
  readonly #slots: SlotsDraft<AtRest<Other>>
  readonly #seal: (slots: Slots<AtRest<Other>>) => Shelf<Other>

  constructor(
    slots: SlotsDraft<AtRest<Other>>,
    seal: (slots: Slots<AtRest<Other>>) => Shelf<Other>,
  ) {
    this.#slots = slots
    this.#seal = seal
  }

  get(id: EntryId): Device | Other | undefined {
    const rest = this.atRest(id)
    return rest === undefined ? undefined : awake(rest)
  }

  atRest(id: EntryId): AtRest<Other> | undefined {
    if (this.#slots.size === 0) return undefined
    return this.#slots.find(hashOf(id), (rest) => isIdAtRest(rest, id))
  }

  has(id: EntryId): boolean {
    return this.atRest(id) !== undefined
  }

  /** The same, where the hash of the id is at hand. */
  hasAt(hash: number, id: EntryId): boolean {
    if (!this.#slots.mayHave(hash)) return false
    return this.#slots.find(hash, (rest) => isIdAtRest(rest, id)) !== undefined
  }

  /** Gives back how it rests. */
  set(entry: Device | Other): AtRest<Other> {
    const { id } = entry
    const rest = atRest(entry)
    this.#slots.put(hashOf(id), rest, (other) => isIdAtRest(other, id))
    return rest
  }

  /** The same where the id is not there yet. */
  add(entry: Device | Other): AtRest<Other> {
    const rest = atRest(entry)
    this.begin(entry.id, rest)
    return rest
  }

  /** Where the id is not there yet, of what was made to rest already. */
  begin(id: EntryId, rest: AtRest<Other>): void {
    this.beginAt(hashOf(id), rest)
  }

  beginAt(hash: number, rest: AtRest<Other>): void {
    this.#slots.add(hash, rest)
  }

  delete(id: EntryId): void {
    this.#slots.remove(hashOf(id), (rest) => isIdAtRest(rest, id))
  }

  /** The finished shelf. What the draft does later does not show in it. */
  done(): Shelf<Other> {
    return this.#seal(this.#slots.done())
  }
}

function awake<Other extends Named>(rest: AtRest<Other>): Device | Other {
  return typeof rest === 'string' ? deviceOf(rest) : rest
}

function isOfKind<E extends Named, K extends string>(
  entry: E,
  kind: K,
): entry is Extract<E, { readonly kind: K }> {
  return entry.kind === kind
}
