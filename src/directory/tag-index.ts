// Why this file exists: one tag may stand on every machine, and a change to one of them must not copy a list of all.
import { Buckets, type BucketsDraft } from './buckets.ts'
import type { EntryId, Machine } from './entry.ts'

export type ByTag = Buckets<string, Buckets<EntryId, Machine>>

/** The next state of the index of tags. */
export class TagDraft {
  readonly #index: BucketsDraft<string, Buckets<EntryId, Machine>>
  readonly #open = new Map<string, BucketsDraft<EntryId, Machine>>()

  constructor(before: ByTag) {
    this.#index = before.edit()
  }

  add(machine: Machine): void {
    for (const tag of machine.tags) this.#of(tag).set(machine.id, machine)
  }

  remove(machine: Machine): void {
    for (const tag of machine.tags) this.#of(tag).delete(machine.id)
  }

  done(): ByTag {
    for (const [tag, draft] of this.#open) {
      const machines = draft.done()
      if (machines.size > 0) this.#index.set(tag, machines)
      else this.#index.delete(tag)
    }
    this.#open.clear()
    return this.#index.done()
  }

  #of(tag: string): BucketsDraft<EntryId, Machine> {
    const open = this.#open.get(tag)
    if (open) return open
    const draft = (this.#index.get(tag) ?? Buckets.empty<EntryId, Machine>()).edit()
    this.#open.set(tag, draft)
    return draft
  }
}
