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
  namesIn,
  type PackedEntry,
  packEntry,
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

/** The keys above an entry's, nearest first. A comma inside a name is escaped, and no border. */
export function* ancestorKeys(key: string): Generator<string> {
  for (let at = 0; at < key.length; at += 1) {
    if (key[at] === '\\') at += 1
    else if (key[at] === ',') yield key.slice(at + 1)
  }
}

export function parentKey(key: string): string | undefined {
  if (key.includes('\\')) {
    for (const ancestor of ancestorKeys(key)) return ancestor
    return undefined
  }
  const comma = key.indexOf(',')
  return comma < 0 ? undefined : key.slice(comma + 1)
}
