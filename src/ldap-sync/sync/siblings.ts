// Why this file exists: one container may hold 100,000 entries, and 100,000 machines one card each. Either must be small, and
// quick to find one entry in.
import { type EntryId, hashOf, Slots, type SlotsDraft } from '#directory'
import { idIn, isTextOf, type RawText } from './raw-at-rest.ts'

/** More are found by hash. */
const listLengthMax = 32

const none: readonly never[] = Object.freeze([])

type Children = readonly RawText[] | SlotsDraft<RawText>

/** Entries at rest, by the key of what they stand below. */
export class Siblings {
  readonly #below = new Map<string, Children>()

  of(parent: string): readonly RawText[] {
    const children = this.#below.get(parent) ?? none
    return 'length' in children ? children : [...children.items()]
  }

  add(parent: string, id: EntryId, text: RawText): void {
    const children = this.#below.get(parent) ?? []
    if ('length' in children && children.length < listLengthMax) {
      this.#below.set(parent, [...children, text])
      return
    }
    const table = 'length' in children ? tableOf(children) : children
    table.add(hashOf(id), text)
    this.#below.set(parent, table)
  }

  remove(parent: string, id: EntryId): void {
    const children = this.#below.get(parent)
    if (children === undefined) return
    if ('length' in children) {
      const others = children.filter((text) => !isTextOf(text, id))
      if (others.length > 0) this.#below.set(parent, others)
      else this.#below.delete(parent)
      return
    }
    children.remove(hashOf(id), (text) => isTextOf(text, id))
    if (children.size === 0) this.#below.delete(parent)
  }
}

function tableOf(texts: readonly RawText[]): SlotsDraft<RawText> {
  const table = Slots.empty<RawText>().edit()
  for (const text of texts) table.add(hashOf(idIn(text)), text)
  return table
}
