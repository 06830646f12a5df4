// Why this file exists: our copy of the tree, keyed by entryUUID. When a container is renamed the server names
// the container alone, so the DNs below it are rewritten here.
import { type EntryId, Slots, type SlotsDraft } from '#directory'
import { transplant } from '../dn.ts'
import {
  hasId,
  hasKey,
  idHash,
  idIn,
  keyHash,
  keyHashIn,
  keyIn,
  type PackedEntry,
  packEntry,
} from '../packed-entry.ts'
import { RawEntry } from '../raw-entry.ts'
import { Siblings } from './siblings.ts'

export interface Applied {
  /** What is new or changed, descendants of renamed containers included. */
  readonly put: readonly RawEntry[]
  readonly gone: readonly RawEntry[]
  /** What stood in the place of a changed entry until now. */
  readonly before: readonly RawEntry[]
}

/** Made one by one: all of them at once would be many times what they are at rest. */
export interface RawEntries extends Iterable<RawEntry> {
  readonly length: number
}

/** The tree as those see it who ask what an entry means. */
export interface RawTree {
  get(id: EntryId): RawEntry | undefined
  at(key: string): RawEntry | undefined
  children(key: string): readonly RawEntry[]
  hasChildren(entry: RawEntry): boolean
}

export class Replica implements RawTree {
  #byId: SlotsDraft<PackedEntry>
  #byKey: SlotsDraft<PackedEntry>
  #siblings = new Siblings()
  /** Siblings come one after the other. */
  #lastParent: string | undefined
  /** Siblings ask for the same parent one after the other. */
  #lastFound: { readonly key: string; readonly entry: RawEntry } | undefined

  /** `expected`: so many entries may come, at least, where one comes after the other. */
  constructor(expected = 0) {
    this.#byId = Slots.empty<PackedEntry>().edit(expected)
    this.#byKey = Slots.empty<PackedEntry>().edit(expected)
  }

  get size(): number {
    return this.#byId.size
  }

  get(id: EntryId): RawEntry | undefined {
    const packed = this.packedOf(id)
    return packed === undefined ? undefined : new RawEntry(packed, id)
  }

  packedOf(id: EntryId): PackedEntry | undefined {
    return this.#byId.find(idHash(id), (each) => hasId(each, id))
  }

  at(key: string): RawEntry | undefined {
    if (this.#lastFound?.key === key) return this.#lastFound.entry
    const packed = this.#byKey.find(keyHash(key), (each) => hasKey(each, key))
    const entry = packed === undefined ? undefined : new RawEntry(packed)
    this.#lastFound = entry && { key, entry }
    return entry
  }

  children(key: string): readonly RawEntry[] {
    return this.#siblings.of(key).map((packed) => new RawEntry(packed))
  }

  hasChildren(entry: RawEntry): boolean {
    return this.#siblings.areBelow(entry)
  }

  *ids(): Generator<EntryId> {
    for (const packed of this.#byId.items()) yield idIn(packed)
  }

  /** As they are now, however late the last of them is asked for. */
  entries(): RawEntries {
    const all = [...this.#byId.items()]
    return {
      length: all.length,
      *[Symbol.iterator]() {
        for (const packed of all) yield new RawEntry(packed)
      },
    }
  }

  /** One step of the server's story. The order inside a step means nothing: refreshes have none. */
  apply(puts: readonly RawEntry[], goneIds: Iterable<EntryId>): Applied {
    if (this.size === 0 && this.#fill(puts)) return allNew(puts)
    const gone = [...goneIds].flatMap((id) => this.#remove(id))
    const named = this.#named(puts)
    const { moved, displaced } = this.#movedAround(named)
    for (const { id } of displaced) gone.push(...this.#remove(id))
    const put = [...named.values(), ...moved]
    const changed = new Set(put.map((entry) => entry.id))
    for (const entry of put) {
      const holder = this.at(entry.key)?.id
      // A DN has one entry: an unnamed one that stood there is gone, whether or not we were told.
      if (holder !== undefined && !changed.has(holder)) gone.push(...this.#remove(holder))
    }
    const before = put.flatMap((entry) => this.#remove(entry.id))
    for (const entry of put) this.#insert(entry, hashesOf(entry))
    return { put, gone, before }
  }

  /**
   * Each entry as a step of its own, and as few steps told as that allows: nearly always nothing of a first refresh is there.
   * The next one is taken when it is asked for.
   */
  *grow(puts: readonly RawEntry[]): Generator<Applied> {
    let fresh: RawEntry[] = []
    for (const entry of puts) {
      if (this.#insertNew(entry)) fresh.push(entry)
      else {
        if (fresh.length > 0) yield allNew(fresh)
        yield this.apply([entry], [])
        fresh = []
      }
    }
    if (fresh.length > 0) yield allNew(fresh)
  }

  /** Where nothing is, nothing is replaced or moved. False when two of them are at odds; then nothing is still there. */
  #fill(puts: readonly RawEntry[]): boolean {
    this.#clear(puts.length)
    for (const entry of puts) {
      if (this.#insertNew(entry)) continue
      this.#clear(0)
      return false
    }
    return true
  }

  /** False, and nothing is done, when its id or its DN is taken. */
  #insertNew(entry: RawEntry): boolean {
    const hashes = hashesOf(entry)
    if (this.#isTaken(entry, hashes)) return false
    this.#insert(entry, hashes)
    return true
  }

  #isTaken({ packed, id }: RawEntry, hashes: Hashes): boolean {
    if (this.#byId.mayHave(hashes.id) && this.packedOf(id) !== undefined) return true
    if (!this.#byKey.mayHave(hashes.key)) return false
    const key = keyIn(packed)
    return this.#byKey.find(hashes.key, (each) => hasKey(each, key)) !== undefined
  }

  #clear(expected: number): void {
    this.#byId = Slots.empty<PackedEntry>().edit(expected)
    this.#byKey = Slots.empty<PackedEntry>().edit(expected)
    this.#siblings = new Siblings()
    this.#lastFound = undefined
    this.#lastParent = undefined
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

  #insert(entry: RawEntry, hashes: Hashes): void {
    const { packed } = entry
    this.#byId.add(hashes.id, packed)
    this.#byKey.add(hashes.key, packed)
    this.#lastFound = undefined
    const parent = entry.parentKey(this.#lastParent)
    this.#lastParent = parent
    if (parent !== undefined) this.#siblings.add(parent, hashes.id, packed)
  }

  #remove(id: EntryId): RawEntry[] {
    const entry = this.get(id)
    if (!entry) return []
    this.#lastFound = undefined
    const isIt = (packed: PackedEntry): boolean => hasId(packed, id)
    this.#byId.remove(idHash(id), isIt)
    this.#byKey.remove(keyHashIn(entry.packed), isIt)
    this.#siblings.remove(entry.parentKey() ?? '', id)
    return [entry]
  }

  /** A container may bring what stands below it to where a named entry is: then that is what is there. */
  #movedAround(named: ReadonlyMap<EntryId, RawEntry>): Record<'moved' | 'displaced', RawEntry[]> {
    const all = this.#moved(named)
    if (all.length === 0) return { moved: all, displaced: [] }
    const taken = new Set(Array.from(named.values(), ({ key }) => key))
    const { moved = [], displaced = [] } = Object.groupBy(all, ({ key }) =>
      taken.has(key) ? 'displaced' : 'moved',
    )
    return { moved, displaced }
  }

  /** Entries that nobody named but that stand below one whose DN changed. */
  #moved(named: ReadonlyMap<EntryId, RawEntry>): RawEntry[] {
    const moved: RawEntry[] = []
    for (const to of named.values()) {
      const from = this.get(to.id)
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

function allNew(put: readonly RawEntry[]): Applied {
  return { put, gone: [], before: [] }
}

interface Hashes {
  readonly id: number
  readonly key: number
}

function hashesOf({ packed }: RawEntry): Hashes {
  return { id: idHash(packed), key: keyHashIn(packed) }
}

interface Moving {
  readonly named: ReadonlyMap<EntryId, RawEntry>
  readonly moved: RawEntry[]
}

function movedBelow(child: RawEntry, from: RawEntry, to: RawEntry): RawEntry {
  const { id, attributes } = child
  const own = child.key.slice(0, child.key.length - from.key.length)
  const dn = transplant(child.dn, 1, to.dn)
  return new RawEntry(packEntry({ id, dn, key: own + to.key, attributes }), id)
}
