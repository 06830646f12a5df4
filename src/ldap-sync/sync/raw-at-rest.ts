// Why this file exists: what LDAP said is kept whole, and looked at only when it changes. At rest an entry is one flat text
// without what it shares with all others: a quarter of what it takes as values.
import { type EntryId, parseUuid } from '#directory'
import { attributeList, sharedList, shareNumber } from '../attribute-list.ts'
import type { RawEntry } from '../raw-entry.ts'

/** JSON: id, DN, key (0: the DN), the names, then the values of each. A number stands for a list that many have. */
export type RawText = string

const idStart = '["'.length
const idLength = 36
const sameAsDn = 0

export function rawText({ id, dn, key, attributes }: RawEntry): RawText {
  const names: string[] = []
  const values: (string | number | readonly string[])[] = []
  for (const [name, list] of attributes) {
    const [only, second] = list
    names.push(name)
    values.push(only !== undefined && second === undefined ? only : (shareNumber(list) ?? list))
  }
  const head = [id, dn, key === dn ? sameAsDn : key, shareNumber(names) ?? names]
  return JSON.stringify([...head, ...values])
}

export function rawFrom(text: RawText): RawEntry {
  const plain: unknown = JSON.parse(text)
  if (!Array.isArray(plain)) throw new TypeError(`no entry rests in ${text}`)
  const [, dn, key, names, ...values]: readonly unknown[] = plain.map((each: unknown) => each)
  const dnText = textOf(dn)
  const pairs = listOf(names).map((name, at) => [name, listOf(values[at])] as const)
  return {
    id: idIn(text),
    dn: dnText,
    key: key === sameAsDn ? dnText : textOf(key),
    attributes: attributeList(pairs),
  }
}

export function idIn(text: RawText): EntryId {
  const id = parseUuid(text.slice(idStart, idStart + idLength))
  if (id === undefined) throw new TypeError(`no entry rests in ${text}`)
  return id
}

export function isTextOf(text: RawText, id: EntryId): boolean {
  return text.startsWith(id, idStart)
}

function listOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number') return sharedList(value)
  if (Array.isArray(value)) return value.map(textOf)
  throw new TypeError('an entry at rest holds something else than texts')
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  throw new TypeError('an entry at rest holds something else than text')
}
