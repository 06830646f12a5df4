// Why this file exists: our copy of the tree, keyed by entryUUID. When a container is renamed the server names
// the container alone, so the DNs below it are rewritten here.
import type { EntryId } from '#directory'
import { transplant } from '../dn.ts'
import { parentKey, type RawEntry } from '../raw-entry.ts'

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
    const named = this.#named(puts)
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

  /** By id. Of two that claim one DN the later has it; the other stays as it was, for that is nowhere. */
  #named(puts: readonly RawEntry[]): Map<EntryId, RawEntry> {
    const named = new Map<EntryId, RawEntry>()
    const idByKey = new Map<string, EntryId>()
    for (const entry of puts) {
      const rival = idByKey.get(entry.key)
      if (rival !== undefined && named.get(rival)?.key === entry.key) named.delete(rival)
      named.set(entry.id, entry)
      idByKey.set(entry.key, entry.id)
    }
    return named
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
    const moved: RawEntry[] = []
    for (const to of named.values()) {
      const from = this.#byId.get(to.id)
      if (from && from.key !== to.key) this.#follow(from, to, { named, moved })
    }
    return moved
  }

  /** What stands below `from` comes along to `to`; what has a new DN of its own takes its own along. */
  #follow(from: RawEntry, to: RawEntry, into: Moving): void {
    for (const child of this.children(from.key)) {
      const renamed = into.named.get(child.id)
      if (renamed && renamed.key !== child.key) continue
      const under = movedBelow(child, from, to)
      if (!renamed) into.moved.push(under)
      this.#follow(child, under, into)
    }
  }
}

interface Moving {
  readonly named: ReadonlyMap<EntryId, RawEntry>
  readonly moved: RawEntry[]
}

function movedBelow(child: RawEntry, from: RawEntry, to: RawEntry): RawEntry {
  const own = child.key.slice(0, child.key.length - from.key.length)
  return { ...child, dn: transplant(child.dn, 1, to.dn), key: own + to.key }
}
