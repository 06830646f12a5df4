// Why this file exists: an entry that is all ASCII is packed from its bytes as they come, in one buffer that all entries share:
// one text is made of each, and nothing else. What is not so plain is left to `packEntry`, which makes the same of it.
import { parseUuid } from '#directory'
import { sharedValues } from './attribute-list.ts'
import { dnKey } from './dn.ts'
import { type NamePath, PathRoot, type WantedNames } from './name-path.ts'
import { idLength, keySpelling, namesNumberLength } from './packed-entry.ts'
import {
  isPlainDnEnd,
  isUpperCase,
  plainDnCharactersMax,
  plainDnNext,
  plainDnStart,
} from './plain-dn.ts'
import { RawEntry } from './raw-entry.ts'

/** Of all that one entry is read from. Entries with photographs may be longer. */
export const packedFromBytesMax = 8 * 1024
/** What is packed is hardly ever longer than what it is packed from, and with a key of its own not twice as long. */
const bufferBytes = 2 * packedFromBytesMax + 1024
const ascii = 0x80
const hyphen = 0x2d

/** To be filled in order: `begin`, the DN, each name with its values, and the id last. False or nothing: it cannot be packed here. */
export class EntryPacker {
  readonly #packed = Buffer.allocUnsafe(bufferBytes)
  readonly #root: PathRoot
  #path: NamePath
  #at = 0

  constructor(wanted: WantedNames) {
    this.#root = new PathRoot(wanted)
    this.#path = this.#root.start
  }

  begin(): void {
    this.#path = this.#root.start
    this.#at = idLength + namesNumberLength
  }

  dn(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start > plainDnCharactersMax) return false
    const head = this.#at
    this.#number((end - start) << 2)
    const from = this.#at
    let place = plainDnStart
    let upperCase = 0
    let all = 0
    for (let at = start; at < end; at += 1) {
      const code = bytes[at] ?? 0
      all |= code
      if (isUpperCase(code)) upperCase += 1
      place = plainDnNext(place, code)
      this.#packed[this.#at] = code
      this.#at += 1
    }
    if (all >= ascii) return false
    if (!isPlainDnEnd(place)) return this.#keyOfItsOwn(head, from)
    if (upperCase > 0) this.#spell(head, keySpelling.lowerCase)
    return true
  }

  name(bytes: Uint8Array, start: number, end: number): boolean {
    const path = this.#path.after(bytes, start, end)
    if (path === undefined) return false
    this.#path = path
    return true
  }

  /** Whether the values of the name that came last are. */
  get isWanted(): boolean {
    return this.#path.isWanted
  }

  /** The only value of the name that came last. */
  value(bytes: Uint8Array, start: number, end: number): boolean {
    this.#number((end - start) << 1)
    return this.#copy(bytes, start, end)
  }

  /** Its values, when they have come in the very same spelling before. */
  knownList(bytes: Uint8Array, start: number, end: number): boolean {
    const number = this.#path.listNumber(bytes, start, end)
    if (number === undefined) return false
    this.#sharedList(number)
    return true
  }

  /** Its values as they come the first time, and how they are spelt. */
  list(values: readonly string[], spelling: Uint8Array): boolean {
    if (!values.every(isAscii)) return false
    const number = sharedValues.numberOf(values)
    if (number !== undefined) {
      this.#path.learnList(spelling, number)
      this.#sharedList(number)
      return true
    }
    this.#number(((values.length + 1) << 1) | 1)
    return values.every((value) => this.#text(value))
  }

  /** The entry, with an id of sixteen bytes (RFC 4530). */
  end(bytes: Uint8Array, at: number): RawEntry | undefined {
    this.#id(bytes, at)
    return this.#finished()
  }

  /** The entry, with an id as it is written. */
  endWritten(bytes: Uint8Array, at: number): RawEntry | undefined {
    for (let to = 0; to < idLength; to += 1) this.#packed[to] = bytes[at + to] ?? 0
    return this.#finished()
  }

  #finished(): RawEntry | undefined {
    const { number } = this.#path
    if (number === undefined) return undefined
    this.#packed[idLength] = number & 0x7f
    this.#packed[idLength + 1] = number >> 7
    const written = this.#packed.toString('latin1', 0, idLength)
    const id = parseUuid(written)
    // Another spelling of it is not what rests.
    if (id !== written) return undefined
    return new RawEntry(this.#packed.toString('latin1', 0, this.#at), id)
  }

  #id(bytes: Uint8Array, start: number): void {
    let to = 0
    for (let at = 0; at < 16; at += 1) {
      if (at === 4 || at === 6 || at === 8 || at === 10) {
        this.#packed[to] = hyphen
        to += 1
      }
      const byte = bytes[start + at] ?? 0
      this.#packed[to] = hexDigit(byte >> 4)
      this.#packed[to + 1] = hexDigit(byte & 0xf)
      to += 2
    }
  }

  /** The DN has just been written. */
  #keyOfItsOwn(head: number, from: number): boolean {
    const dn = this.#packed.toString('latin1', from, this.#at)
    const key = dnKey(dn)
    if (key === dn) return true
    if (key === dn.toLowerCase()) return this.#spell(head, keySpelling.lowerCase)
    // One that had to be escaped may be three times as long: there may be no room for it.
    if (key.length > dn.length) return false
    this.#spell(head, keySpelling.own)
    return this.#text(key)
  }

  #spell(head: number, spelling: number): boolean {
    this.#packed[head] = (this.#packed[head] ?? 0) | spelling
    return true
  }

  #sharedList(number: number): void {
    this.#number(1)
    this.#number(number)
  }

  #number(number: number): void {
    let rest = number
    for (; rest >= 0x80; rest >>>= 7) {
      this.#packed[this.#at] = (rest & 0x7f) | 0x80
      this.#at += 1
    }
    this.#packed[this.#at] = rest
    this.#at += 1
  }

  #text(text: string): boolean {
    this.#number(text.length)
    this.#packed.write(text, this.#at, 'latin1')
    this.#at += text.length
    return isAscii(text)
  }

  #copy(bytes: Uint8Array, start: number, end: number): boolean {
    const packed = this.#packed
    let to = this.#at
    let all = 0
    for (let at = start; at < end; at += 1) {
      const code = bytes[at] ?? 0
      all |= code
      packed[to] = code
      to += 1
    }
    this.#at = to
    return all < ascii
  }
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) >= ascii) return false
  return true
}

function hexDigit(value: number): number {
  return value < 10 ? 0x30 + value : 0x57 + value
}
