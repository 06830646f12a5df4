// Why this file exists: our copy of the tree, keyed by entryUUID. When a container is renamed the server names
// the container alone, so the DNs below it are rewritten here.
import type { EntryId } from '#directory'
import { transplant } from '../dn.ts'
import { ancestorKeys, parentKey, type RawEntry } from '../raw-entry.ts'

export interface Applied {
  /** What is new or changed, descendants of renamed containers included. */
  readonly put: readonly RawEntry[]
  readonly gone: readonly RawEntry[]
  /** What stood in the place of a changed entry until now. */
  readonly before: readonly RawEntry[]
}

/** The tree as those see it who ask what an entry means. */
export interface RawTree {
  get(id: EntryId): RawEntry | undefined
  at(key: string): RawEntry | undefined
  children(key: string): readonly RawEntry[]
}

export class Replica implements RawTree {
  readonly #byId = new Map<EntryId, RawEntry>()
  readonly #idByKey = new Map<string, EntryId>()
  readonly #childrenByKey = new Map<string, Set<EntryId>>()

  get size(): number {
    return this.#byId.size
  }

  get(id: EntryId): RawEntry | undefined {
    return this.#byId.get(id)
  }

  at(key: string): RawEntry | undefined {
    const id = this.#idByKey.get(key)
    return id === undefined ? undefined : this.#byId.get(id)
  }

  children(key: string): readonly RawEntry[] {
    return [...(this.#childrenByKey.get(key) ?? [])].flatMap((id) => this.#byId.get(id) ?? [])
  }

  ids(): Iterable<EntryId> {
    return this.#byId.keys()
  }

  entries(): readonly RawEntry[] {
    return [...this.#byId.values()]
  }

  /** One step of the server's story. The order inside a step means nothing: refreshes have none. */
  apply(puts: readonly RawEntry[], goneIds: Iterable<EntryId>): Applied {
    const gone = [...goneIds].flatMap((id) => this.#remove(id))
    const named = new Map(puts.map((entry) => [entry.id, entry]))
    const put = [...named.values(), ...this.#moved(named)]
    const changed = new Set(put.map((entry) => entry.id))
    for (const entry of put) {
      const holder = this.#idByKey.get(entry.key)
      // A DN has one entry: an unnamed one that stood there is gone, whether or not we were told.
      if (holder !== undefined && !changed.has(holder)) gone.push(...this.#remove(holder))
    }
    const before = put.flatMap((entry) => this.#remove(entry.id))
    for (const entry of put) this.#insert(entry)
    return { put, gone, before }
  }

  #insert(entry: RawEntry): void {
    this.#byId.set(entry.id, entry)
    this.#idByKey.set(entry.key, entry.id)
    const parent = parentKey(entry.key)
    if (parent === undefined) return
    const siblings = this.#childrenByKey.get(parent)
    if (siblings) siblings.add(entry.id)
    else this.#childrenByKey.set(parent, new Set([entry.id]))
  }

  #remove(id: EntryId): RawEntry[] {
    const entry = this.#byId.get(id)
    if (!entry) return []
    this.#byId.delete(id)
    this.#idByKey.delete(entry.key)
    const parent = parentKey(entry.key) ?? ''
    const siblings = this.#childrenByKey.get(parent)
    siblings?.delete(id)
    if (siblings?.size === 0) this.#childrenByKey.delete(parent)
    return [entry]
  }

  /** Entries that nobody named but that stand below one whose DN changed. */
  #moved(named: ReadonlyMap<EntryId, RawEntry>): RawEntry[] {
    const renamed = new Map<string, RawEntry>()
    for (const entry of named.values()) {
      const before = this.#byId.get(entry.id)
      if (before && before.key !== entry.key) renamed.set(before.key, entry)
    }
    if (renamed.size === 0) return []
    return [...this.#byId.values()].flatMap((entry) =>
      named.has(entry.id) ? [] : (movedAlong(entry, renamed) ?? []),
    )
  }
}

/** The entry below its nearest ancestor's new DN; `undefined` when none of them was renamed. */
function movedAlong(entry: RawEntry, renamed: ReadonlyMap<string, RawEntry>): RawEntry | undefined {
  let levels = 0
  for (const ancestor of ancestorKeys(entry.key)) {
    levels += 1
    const to = renamed.get(ancestor)
    if (!to) continue
    const key = entry.key.slice(0, entry.key.length - ancestor.length) + to.key
    return { ...entry, dn: transplant(entry.dn, levels, to.dn), key }
  }
  return undefined
}
