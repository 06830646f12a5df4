// Why this file exists: 100,000 machines of a first refresh have thousands of tags. Of each a list is enough until all have
// come; who has a tag later is found and taken away again by his id.
import type { DeviceText } from './at-rest.ts'
import type { Buckets } from './buckets.ts'
import type { EntryId } from './entry.ts'
import { GroupedDraft } from './grouped.ts'
import { Shelf, type ShelfDraft } from './shelf.ts'

/** Machines by tag, each list by id. */
export type TagIndex = Buckets<string, Shelf<never>>

/** The next state of a `TagIndex`. */
export class TagDraft {
  readonly #tables: GroupedDraft<string, Shelf<never>, ShelfDraft<never>>
  /** As long as nothing but new machines has come, to an empty index. */
  #fresh: Map<string, DeviceText[]> | undefined

  constructor(before: TagIndex) {
    this.#tables = new GroupedDraft(before, Shelf.empty<never>())
    this.#fresh = before.size === 0 ? new Map() : undefined
  }

  /** A tag that is written twice is one. */
  add(tags: readonly string[], id: EntryId, rest: DeviceText): void {
    for (const tag of tags.length > 1 ? new Set(tags) : tags) {
      const fresh = this.#fresh
      if (fresh === undefined) this.#tables.of(tag).begin(id, rest)
      else {
        const list = fresh.get(tag)
        if (list === undefined) fresh.set(tag, [rest])
        else list.push(rest)
      }
    }
  }

  remove(tags: readonly string[], id: EntryId): void {
    if (tags.length > 0) this.#settle()
    for (const tag of tags) this.#tables.of(tag).delete(id)
  }

  done(): TagIndex {
    this.#settle()
    return this.#tables.done()
  }

  #settle(): void {
    for (const [tag, list] of this.#fresh ?? []) this.#tables.begin(tag, Shelf.of<never>(list))
    this.#fresh = undefined
  }
}
