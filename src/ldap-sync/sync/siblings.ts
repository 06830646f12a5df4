// Why this file exists: one container may hold 100,000 entries, and 100,000 machines one card each. Either must be small, and
// quick to find one entry in.
import { type EntryId, Slots, type SlotsDraft } from '#directory'
import { hasId, idHash, type PackedEntry } from '../packed-entry.ts'
import type { RawEntry } from '../raw-entry.ts'

/** More are found by hash. */
const listLengthMax = 32
/** Where so many are told to come, a table is a list until one of them is looked for. */
const tableLengthMin = 128

const none: readonly never[] = Object.freeze([])

type Children = readonly PackedEntry[] | SlotsDraft<PackedEntry>

/** Entries at rest, by the key of what they stand below. */
export class Siblings {
  readonly #below = new Map<string, Children>()
  /** How long the key of a parent ever was: few are, and most entries, which have no child, are told by that. */
  readonly #parentLengths = new Set<number>()

  /** Most who come stand beside the one that came before. */
  #last: { readonly parent: string; readonly table: SlotsDraft<PackedEntry> } | undefined

  of(parent: string): readonly PackedEntry[] {
    if (!this.#parentLengths.has(parent.length)) return none
    const children = this.#below.get(parent) ?? none
    return 'length' in children ? children : [...children.items()]
  }

  areBelow(parent: RawEntry): boolean {
    return this.#parentLengths.has(parent.keyLength) && this.#below.has(parent.key)
  }

  /** `hash`: of its id. */
  add(parent: string, hash: number, packed: PackedEntry): void {
    if (this.#last?.parent === parent) {
      this.#last.table.add(hash, packed)
      return
    }
    this.#parentLengths.add(parent.length)
    const children = this.#below.get(parent) ?? []
    if ('length' in children && children.length < listLengthMax) {
      this.#below.set(parent, [...children, packed])
      return
    }
    const table = 'length' in children ? tableOf(children) : children
    table.add(hash, packed)
    this.#below.set(parent, table)
    this.#last = { parent, table }
  }

  remove(parent: string, id: EntryId): void {
    const children = this.#below.get(parent)
    if (children === undefined) return
    if ('length' in children) {
      const others = children.filter((packed) => !hasId(packed, id))
      if (others.length > 0) this.#below.set(parent, others)
      else this.#below.delete(parent)
      return
    }
    children.remove(idHash(id), (packed) => hasId(packed, id))
    if (children.size > 0) return
    this.#below.delete(parent)
    this.#last = undefined
  }
}

function tableOf(entries: readonly PackedEntry[]): SlotsDraft<PackedEntry> {
  const table = Slots.empty<PackedEntry>().edit(tableLengthMin)
  for (const packed of entries) table.add(idHash(packed), packed)
  return table
}
