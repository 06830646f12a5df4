// Why this file exists: a copy is 100,000 lines of JSON, of which nearly all are plain ASCII without an escape. Those are packed
// straight from their bytes; all others, and all that is wrong in any way, are for `JSON.parse`.
import { EntryPacker, packedFromBytesMax } from './entry-packer.ts'
import { spellingOf } from './name-path.ts'
import { idLength } from './packed-entry.ts'
import type { RawEntry } from './raw-entry.ts'

const code = { quote: 0x22, comma: 0x2c, open: 0x5b, close: 0x5d, backslash: 0x5c } as const
const blank = 0x20
const ascii = 0x80
const nowhere = -1

/** Reads one line after the other: `["ID","DN",[["name",["value", …]], …]]`. Each method goes on where the one before came to. */
export class CopyLineReader {
  readonly #packer = new EntryPacker(undefined)
  readonly #bytes = Buffer.allocUnsafe(packedFromBytesMax)
  #at = 0
  #end = 0

  /** `undefined` when it must be parsed. */
  read(line: string): RawEntry | undefined {
    if (line.length > packedFromBytesMax) return undefined
    this.#end = this.#bytes.write(line)
    this.#at = 0
    if (this.#end !== line.length || !this.#sees(code.open)) return undefined
    const idEnd = this.#text()
    const idStart = idEnd - idLength
    if (idStart !== this.#at) return undefined
    this.#at = idEnd + 1
    const isRead = this.#dn() && this.#attributes() && this.#sees(code.close)
    if (!isRead || this.#at !== this.#end) return undefined
    return this.#packer.endWritten(this.#bytes, idStart)
  }

  #dn(): boolean {
    if (!this.#sees(code.comma)) return false
    const end = this.#text()
    this.#packer.begin()
    if (end === nowhere || !this.#packer.dn(this.#bytes, this.#at, end)) return false
    this.#at = end + 1
    return this.#sees(code.comma)
  }

  #attributes(): boolean {
    if (!this.#sees(code.open)) return false
    if (this.#sees(code.close)) return true
    do {
      if (!this.#attribute()) return false
    } while (this.#sees(code.comma))
    return this.#sees(code.close)
  }

  #attribute(): boolean {
    if (!this.#sees(code.open)) return false
    const nameEnd = this.#text()
    if (nameEnd === nowhere || !this.#packer.name(this.#bytes, this.#at, nameEnd)) return false
    this.#at = nameEnd + 1
    if (!this.#sees(code.comma) || !this.#sees(code.open)) return false
    return this.#values() && this.#sees(code.close)
  }

  #values(): boolean {
    const start = this.#at
    const first = this.#text()
    if (first !== nowhere && this.#bytes[first + 1] === code.close) {
      const valueStart = this.#at
      this.#at = first + 2
      return this.#packer.value(this.#bytes, valueStart, first)
    }
    this.#at = start
    return this.#list(start)
  }

  /** None, or several. */
  #list(start: number): boolean {
    const ends: number[] = []
    const starts: number[] = []
    while (!this.#sees(code.close)) {
      if (ends.length > 0 && !this.#sees(code.comma)) return false
      const end = this.#text()
      if (end === nowhere) return false
      starts.push(this.#at)
      ends.push(end)
      this.#at = end + 1
    }
    const end = this.#at - 1
    if (this.#packer.knownList(this.#bytes, start, end)) return true
    const values = starts.map((each, at) => this.#bytes.toString('latin1', each, ends[at]))
    return this.#packer.list(values, spellingOf(this.#bytes, start, end))
  }

  /** Goes on to behind it if it is this character. */
  #sees(wanted: number): boolean {
    if (this.#at >= this.#end || this.#bytes[this.#at] !== wanted) return false
    this.#at += 1
    return true
  }

  /** Into a text: says where it ends, or `nowhere`. */
  #text(): number {
    if (!this.#sees(code.quote)) return nowhere
    for (let at = this.#at; at < this.#end; at += 1) {
      const each = this.#bytes[at] ?? 0
      if (each === code.quote) return at
      if (each < blank || each >= ascii || each === code.backslash) return nowhere
    }
    return nowhere
  }
}
