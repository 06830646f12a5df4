// Why this file exists: 100,000 machines of a first refresh have thousands of tags. Of each a list is enough until somebody
// asks or something changes; who has a tag is found and taken away again by his id then.
import type { DeviceText } from './at-rest.ts'
import { Buckets, type Lookup } from './buckets.ts'
import type { EntryId } from './entry.ts'
import { GroupedDraft } from './grouped.ts'
import { Shelf, type ShelfDraft } from './shelf.ts'

/** Machines that have one tag, by id. */
type Tagged = Shelf<never>

type Lists = ReadonlyMap<string, readonly DeviceText[]>

export class TagIndex implements Lookup<string, Tagged> {
  /** Lists until the first question. */
  #rests: Buckets<string, Tagged> | Lists

  constructor(rests: Buckets<string, Tagged> | Lists = Buckets.empty<string, Tagged>()) {
    this.#rests = rests
  }

  /** Of tags. */
  get size(): number {
    return this.#rests.size
  }

  get(tag: string): Tagged | undefined {
    return this.#tables().get(tag)
  }

  has(tag: string): boolean {
    return this.#rests.has(tag)
  }

  values(): Generator<Tagged> {
    return this.#tables().values()
  }

  entries(): Generator<[string, Tagged]> {
    return this.#tables().entries()
  }

  /** In a quiet moment, so that the first question is answered as quickly as the next. */
  settle(): void {
    this.#tables()
  }

  edit(): TagDraft {
    return new TagDraft(this)
  }

  /** To be changed. */
  draft(): GroupedDraft<string, Tagged, ShelfDraft<never>> {
    return new GroupedDraft(this.#tables(), Shelf.empty<never>())
  }

  copiedSince(before: TagIndex): number {
    return this.#tables().copiedSince(before.#tables())
  }

  #tables(): Buckets<string, Tagged> {
    if (this.#rests instanceof Buckets) return this.#rests
    const draft = Buckets.empty<string, Tagged>().edit(this.#rests.size)
    for (const [tag, list] of this.#rests) draft.set(tag, Shelf.of<never>(list))
    const tables = draft.done()
    this.#rests = tables
    return tables
  }
}

/** The next state of a `TagIndex`. */
export class TagDraft {
  #before: TagIndex
  #tables: GroupedDraft<string, Tagged, ShelfDraft<never>> | undefined
  /** As long as nothing but new machines has come, to an empty index. */
  #fresh: Map<string, DeviceText[]> | undefined

  constructor(before: TagIndex) {
    this.#before = before
    this.#fresh = before.size === 0 ? new Map() : undefined
  }

  /** A tag that is written twice is one. */
  add(tags: readonly string[], id: EntryId, rest: DeviceText): void {
    for (const tag of tags.length > 1 ? new Set(tags) : tags) {
      const fresh = this.#fresh
      if (fresh === undefined) this.#open().of(tag).begin(id, rest)
      else {
        const list = fresh.get(tag)
        if (list === undefined) fresh.set(tag, [rest])
        else list.push(rest)
      }
    }
  }

  remove(tags: readonly string[], id: EntryId): void {
    for (const tag of tags) this.#open().of(tag).delete(id)
  }

  done(): TagIndex {
    const made = this.#fresh ?? this.#tables?.done()
    if (made !== undefined && made.size + this.#before.size > 0) this.#before = new TagIndex(made)
    this.#fresh = undefined
    this.#tables = undefined
    return this.#before
  }

  /** From here on machines go as well as come. */
  #open(): GroupedDraft<string, Tagged, ShelfDraft<never>> {
    const before = this.#fresh === undefined ? this.#before : new TagIndex(this.#fresh)
    this.#tables ??= before.draft()
    this.#fresh = undefined
    return this.#tables
  }
}
