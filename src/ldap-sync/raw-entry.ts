// Why this file exists: an entry as the server holds it, before anybody decides what it means.
import { type EntryId, parseUuid } from '#directory'
import { attributeList, type Attributes } from './attribute-list.ts'
import { keyOf, parseDn } from './dn.ts'
import type { Attribute } from './message/message.ts'

export interface RawEntry {
  readonly id: EntryId
  readonly dn: string
  /** Equal for equal DNs, however they are spelt. */
  readonly key: string
  readonly attributes: Attributes
}

export function rawEntry(id: EntryId, dn: string, attributes: Attributes): RawEntry {
  const parsed = parseDn(dn)
  const key = parsed ? keyOf(parsed) : dn
  // Nearly always the same text: then it is kept once.
  return { id, dn, key: key === dn ? dn : key, attributes }
}

/**
 * Values become strings: all that we ask for are text. Copies, so that the receive buffer can go. What nobody asked
 * for is left out: a server that sends it all the same fills no memory of ours.
 */
export function textAttributes(
  attributes: readonly Attribute[],
  wanted: ReadonlySet<string>,
): Attributes {
  return attributeList(
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
  if (bytes.length !== 16) return undefined
  const hex = bytes.toHex()
  const groups = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)]
  return parseUuid([...groups, hex.slice(20)].join('-'))
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
