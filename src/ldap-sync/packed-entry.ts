// Why this file exists: 100,000 entries are received, kept, compared and copied. Each is one flat text from the moment it is
// received: what all have in common is a number in it, and nothing is looked at before somebody asks.
import { type EntryId, hashOf, hashOfPart, parseUuid } from '#directory'
import { parentKey } from './keys.ts'
import { type Attributes, sharedNames, sharedValues } from './attribute-list.ts'

/**
 * The id; the number of the list of names; the DN's length and how its key is spelt; the DN; the key if it is neither the DN
 * nor that in lower case; the names if they have no number; then what each name has. Lengths are in UTF-16 units.
 */
export type PackedEntry = string

export const idLength = 36
/** Seven bits in each of two characters. */
export const namesNumberLength = 2
export const unsharedNames = 0x3fff

/** The lower two bits of the number that stands before the DN. */
export const keySpelling = { likeDn: 0, lowerCase: 1, own: 2 } as const

const [commaCode, backslashCode] = [0x2c, 0x5c]

/** The id, the names, and the least that a DN has before it: what every entry has, whatever it says. */
const overhead = idLength + namesNumberLength + 1

export interface Unpacked {
  readonly id: EntryId
  readonly dn: string
  readonly key: string
  readonly attributes: Attributes
}

export function packEntry({ id, dn, key, attributes }: Unpacked): PackedEntry {
  const names: string[] = []
  const values: string[] = []
  for (const [name, list] of attributes) {
    names.push(name)
    values.push(packedValues(list))
  }
  const number = sharedNames.numberOf(names)
  const spelling = spellingOf(dn, key)
  // Joined, for a sum of texts is kept as a tree of them.
  return [
    id,
    namesNumberText(number ?? unsharedNames),
    numberText((dn.length << 2) | spelling),
    dn,
    ...(spelling === keySpelling.own ? [lengthAndText(key)] : []),
    ...(number === undefined ? [packedValues(names)] : []),
    ...values,
  ].join('')
}

function spellingOf(dn: string, key: string): number {
  if (key === dn) return keySpelling.likeDn
  return key === dn.toLowerCase() ? keySpelling.lowerCase : keySpelling.own
}

/**
 * Even: the length of the only value, twice. Odd: of a list, twice one more than how many it has, before a length and a text
 * for each; or twice zero, before the number under which the list is kept for all.
 */
function packedValues(list: readonly string[]): string {
  const [only] = list
  if (only !== undefined && list.length === 1) return numberText(only.length << 1) + only
  const number = sharedValues.numberOf(list)
  if (number !== undefined) return numberText(1) + numberText(number)
  return numberText(((list.length + 1) << 1) | 1) + list.map(lengthAndText).join('')
}

function lengthAndText(text: string): string {
  return numberText(text.length) + text
}

/** Seven bits a character, the lowest first; the eighth says that more follow. */
export function numberText(number: number): string {
  let text = ''
  let rest = number
  for (; rest >= 0x80; rest >>>= 7) text += String.fromCharCode((rest & 0x7f) | 0x80)
  return text + String.fromCharCode(rest)
}

function namesNumberText(number: number): string {
  return String.fromCharCode(number & 0x7f, number >> 7)
}

export function idIn(packed: PackedEntry): EntryId {
  const id = parseUuid(packed.slice(0, idLength))
  if (id === undefined) throw new TypeError(`no entry is packed in ${packed}`)
  return id
}

export function hasId(packed: PackedEntry, id: EntryId): boolean {
  return packed.startsWith(id)
}

/** What it says, near enough, without what every entry has. */
export function weightOf(packed: PackedEntry): number {
  return packed.length - overhead
}

export function dnIn(packed: PackedEntry): string {
  const cursor = new Cursor(packed)
  return cursor.text(cursor.number() >>> 2)
}

export function keyIn(packed: PackedEntry): string {
  const cursor = new Cursor(packed)
  const head = cursor.number()
  const dn = cursor.text(head >>> 2)
  if ((head & 3) === keySpelling.likeDn) return dn
  return (head & 3) === keySpelling.lowerCase ? dn.toLowerCase() : cursor.text(cursor.number())
}

export function keyLengthIn(packed: PackedEntry): number {
  const cursor = new Cursor(packed)
  const head = cursor.number()
  if ((head & 3) !== keySpelling.own) return head >>> 2
  cursor.skip(head >>> 2)
  return cursor.number()
}

/** Of what it stands below. `likely`, if it is that one, is given back: siblings come one after the other. */
export function parentKeyIn(packed: PackedEntry, likely?: string): string | undefined {
  const cursor = new Cursor(packed)
  const head = cursor.number()
  const end = cursor.at + (head >>> 2)
  const comma = (head & 3) === keySpelling.likeDn ? plainCommaIn(packed, cursor.at, end) : -1
  if (comma < 0) return parentKey(keyIn(packed))
  const start = comma + 1
  const isLikely = end - start === likely?.length && packed.startsWith(likely, start)
  return isLikely ? likely : packed.slice(start, end)
}

/** The first one, when nothing before it is escaped. */
function plainCommaIn(packed: PackedEntry, start: number, end: number): number {
  for (let at = start; at < end; at += 1) {
    const code = packed.charCodeAt(at)
    if (code === commaCode) return at
    if (code === backslashCode) return -1
  }
  return -1
}

export function hasKey(packed: PackedEntry, key: string): boolean {
  const cursor = new Cursor(packed)
  const head = cursor.number()
  if ((head & 3) !== keySpelling.likeDn) return keyIn(packed) === key
  return head >>> 2 === key.length && packed.startsWith(key, cursor.at)
}

/** Of the id. */
export function idHash(text: PackedEntry | EntryId): number {
  return hashOfPart(text, 0, idLength)
}

export function keyHash(key: string): number {
  return hashOf(key)
}

/** The same as of its key, which is not taken out for it. */
export function keyHashIn(packed: PackedEntry): number {
  const cursor = new Cursor(packed)
  const head = cursor.number()
  if ((head & 3) !== keySpelling.likeDn) return keyHash(keyIn(packed))
  return hashOfPart(packed, cursor.at, cursor.at + (head >>> 2))
}

export function namesIn(packed: PackedEntry): readonly string[] {
  const number = namesNumberIn(packed)
  return number === unsharedNames ? valuesStart(packed).values() : sharedNames.at(number)
}

export function valuesIn(packed: PackedEntry, name: string): readonly string[] | undefined {
  const number = namesNumberIn(packed)
  const shared = number === unsharedNames ? undefined : sharedNames.at(number)
  // Half of what is asked for is not there, and most names are shared: then nothing is read.
  if (shared?.includes(name) === false) return undefined
  const cursor = valuesStart(packed)
  const place = (shared ?? cursor.values()).indexOf(name)
  if (place < 0) return undefined
  for (let before = 0; before < place; before += 1) cursor.skipValues()
  return cursor.values()
}

export function allValuesIn(packed: PackedEntry): readonly (readonly string[])[] {
  const number = namesNumberIn(packed)
  const cursor = valuesStart(packed)
  const names = number === unsharedNames ? cursor.values() : sharedNames.at(number)
  return names.map(() => cursor.values())
}

/** Of its list of names. */
export function namesNumberIn(packed: PackedEntry): number {
  return packed.charCodeAt(idLength) | (packed.charCodeAt(idLength + 1) << 7)
}

/** Behind DN and key. */
function valuesStart(packed: PackedEntry): Cursor {
  const cursor = new Cursor(packed)
  const head = cursor.number()
  cursor.skip(head >>> 2)
  if ((head & 3) === keySpelling.own) cursor.skip(cursor.number())
  return cursor
}

class Cursor {
  readonly #packed: PackedEntry
  at = idLength + namesNumberLength

  constructor(packed: PackedEntry) {
    this.#packed = packed
  }

  number(): number {
    let octet = this.#packed.charCodeAt(this.at)
    this.at += 1
    if (octet < 0x80) return octet
    let number = octet & 0x7f
    for (let shift = 7; octet >= 0x80; shift += 7) {
      octet = this.#packed.charCodeAt(this.at)
      this.at += 1
      number |= (octet & 0x7f) << shift
    }
    return number
  }

  text(length: number): string {
    const start = this.at
    this.at += length
    return this.#packed.slice(start, this.at)
  }

  skip(length: number): void {
    this.at += length
  }

  values(): readonly string[] {
    const head = this.number()
    if ((head & 1) === 0) return [this.text(head >>> 1)]
    const count = head >>> 1
    if (count === 0) return sharedValues.at(this.number())
    return Array.from({ length: count - 1 }, () => this.text(this.number()))
  }

  skipValues(): void {
    const head = this.number()
    const count = head >>> 1
    if ((head & 1) === 0) this.skip(count)
    else if (count === 0) this.number()
    else for (let left = count - 1; left > 0; left -= 1) this.skip(this.number())
  }
}
