// Why this file exists: an entry as the server holds it, before anybody decides what it means.
import { type EntryId, parseUuid } from '#directory'
import type { Attributes } from './attribute-list.ts'
import { dnKey } from './dn.ts'
import type { Attribute } from './message/message.ts'
import {
  allValuesIn,
  dnIn,
  idIn,
  keyIn,
  keyLengthIn,
  namesIn,
  type PackedEntry,
  packEntry,
  parentKeyIn,
  valuesIn,
} from './packed-entry.ts'

/** Its own list of attributes too: a second object for each of 100,000 is half as much garbage again. */
export class RawEntry implements Attributes {
  readonly packed: PackedEntry
  readonly id: EntryId

  /** `id`: the one that is packed, where it is at hand. */
  constructor(packed: PackedEntry, id: EntryId = idIn(packed)) {
    this.packed = packed
    this.id = id
  }

  get dn(): string {
    return dnIn(this.packed)
  }

  /** Equal for equal DNs, however they are spelt. */
  get key(): string {
    return keyIn(this.packed)
  }

  get keyLength(): number {
    return keyLengthIn(this.packed)
  }

  /** Of what it stands below. `likely`: whatever that was of the entry before. */
  parentKey(likely?: string): string | undefined {
    return parentKeyIn(this.packed, likely)
  }

  get attributes(): Attributes {
    return this
  }

  get size(): number {
    return namesIn(this.packed).length
  }

  get(name: string): readonly string[] | undefined {
    return valuesIn(this.packed, name)
  }

  values(): Iterable<readonly string[]> {
    return allValuesIn(this.packed)
  }

  *[Symbol.iterator](): Generator<readonly [string, readonly string[]]> {
    const values = allValuesIn(this.packed)
    for (const [at, name] of namesIn(this.packed).entries()) yield [name, values[at] ?? []]
  }
}

export function rawEntry(id: EntryId, dn: string, attributes: Attributes): RawEntry {
  return new RawEntry(packEntry({ id, dn, key: dnKey(dn), attributes }), id)
}

/**
 * Values become strings: all that we ask for are text. Copies, so that the receive buffer can go. What nobody asked
 * for is left out: a server that sends it all the same fills no memory of ours.
 */
export function textAttributes(
  attributes: readonly Attribute[],
  wanted: ReadonlySet<string>,
): Attributes {
  return new Map(
    attributes.flatMap(({ name, values }) => {
      const key = name.toLowerCase()
      return wanted.has(key) ? [[key, values.map(textOf)] as const] : []
    }),
  )
}

function textOf({ buffer, byteOffset, byteLength }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('utf8')
}

/** RFC 4530: sixteen bytes. */
export function idOfBytes(bytes: Uint8Array): EntryId | undefined {
  return bytes.length === 16 ? parseUuid(bytes.toHex()) : undefined
}
