// Why this file exists: a first refresh is 100,000 messages of one shape: an entry that was added or changed, in ASCII, with
// its sync state (RFC 4533 2.2) as the only control. Those are packed straight from their bytes. All others, and all that is
// wrong in any way, are for `decodeMessage`, which makes the same of them or says what is wrong (HOSTILE 21).
import { EntryPacker, packedFromBytesMax } from '../entry-packer.ts'
import { isSpelt, spellingOf } from '../name-path.ts'
import type { RawEntry } from '../raw-entry.ts'
import { syncOids, syncStates } from './sync-control.ts'

const tag = {
  integer: 0x02,
  octets: 0x04,
  enumerated: 0x0a,
  sequence: 0x30,
  set: 0x31,
  entry: 0x64,
  controls: 0xa0,
} as const

const stateOid = Buffer.from(syncOids.state)
const uuidBytes = 16
const lengthOctetsMax = 3
const integerBytesMax = 4
const nowhere = -1
const added: number = syncStates.indexOf('add')
const modified: number = syncStates.indexOf('modify')

/** Reads one message after the other; each method goes on where the one before came to. */
export class EntryReader {
  readonly #packer: EntryPacker
  #bytes: Uint8Array = new Uint8Array()
  #at = 0
  /** What stood between the entry and the id in the last message: nearly always the same. */
  #knownState: Uint8Array | undefined

  /** Names of attributes that are kept, in lower case. */
  constructor(wanted: Iterable<string>) {
    this.#packer = new EntryPacker(new Map(Array.from(wanted, (name) => [name, name])))
  }

  /** The entry of the whole message from `start` to `end`; `undefined` when it must be read in full. */
  read(messageId: number, bytes: Uint8Array, start = 0, end = bytes.length): RawEntry | undefined {
    if (end - start > packedFromBytesMax) return undefined
    this.#bytes = bytes
    this.#at = start
    if (this.#enter(tag.sequence, end) !== end || !this.#answers(messageId, end)) return undefined
    return this.#entry(end) ? this.#state(end) : undefined
  }

  #answers(messageId: number, whole: number): boolean {
    const end = this.#enter(tag.integer, whole)
    const length = end - this.#at
    if (end === nowhere || length < 1 || length > integerBytesMax) return false
    // A negative one is none of ours.
    if ((this.#bytes[this.#at] ?? 0) >= 0x80) return false
    let id = 0
    for (; this.#at < end; this.#at += 1) id = id * 0x100 + (this.#bytes[this.#at] ?? 0)
    return id === messageId
  }

  /** RFC 4511 4.5.2. */
  #entry(whole: number): boolean {
    const end = this.#enter(tag.entry, whole)
    const dnEnd = this.#enter(tag.octets, end)
    if (dnEnd === nowhere) return false
    this.#packer.begin()
    if (!this.#packer.dn(this.#bytes, this.#at, dnEnd)) return false
    this.#at = dnEnd
    if (this.#enter(tag.sequence, end) !== end) return false
    while (this.#at < end) if (!this.#attribute(end)) return false
    return true
  }

  #attribute(limit: number): boolean {
    const end = this.#enter(tag.sequence, limit)
    const nameEnd = this.#enter(tag.octets, end)
    if (nameEnd === nowhere || !this.#packer.name(this.#bytes, this.#at, nameEnd)) return false
    this.#at = nameEnd
    const isWhole = this.#enter(tag.set, end) === end && end !== nowhere
    return isWhole && this.#values(end)
  }

  #values(end: number): boolean {
    const start = this.#at
    if (this.#packer.isWanted && this.#packer.knownList(this.#bytes, start, end)) {
      this.#at = end
      return true
    }
    const first = this.#enter(tag.octets, end)
    if (first !== end || !this.#packer.isWanted) return this.#list(start, end)
    const valueStart = this.#at
    this.#at = end
    return this.#packer.value(this.#bytes, valueStart, end)
  }

  /** None, or several; and what nobody wants, for that must be well formed too. */
  #list(start: number, end: number): boolean {
    const values: string[] = []
    this.#at = start
    while (this.#at < end) {
      const valueEnd = this.#enter(tag.octets, end)
      if (valueEnd === nowhere) return false
      if (this.#packer.isWanted) values.push(latin1(this.#bytes, this.#at, valueEnd))
      this.#at = valueEnd
    }
    if (!this.#packer.isWanted) return true
    return this.#packer.list(values, spellingOf(this.#bytes, start, end))
  }

  #state(whole: number): RawEntry | undefined {
    const start = this.#at
    const idStart = whole - uuidBytes
    const known = this.#knownState
    if (known === undefined || !isSpelt(known, this.#bytes, start, idStart)) {
      if (!this.#isStateOfPut(whole) || this.#at !== idStart) return undefined
      this.#knownState = spellingOf(this.#bytes, start, idStart)
    }
    return this.#packer.end(this.#bytes, idStart)
  }

  /** RFC 4533 2.2, without a cookie: that comes in few of them. */
  #isStateOfPut(whole: number): boolean {
    if (this.#enter(tag.controls, whole) !== whole) return false
    if (this.#enter(tag.sequence, whole) !== whole || !this.#isOid(whole)) return false
    if (this.#enter(tag.octets, whole) !== whole) return false
    if (this.#enter(tag.sequence, whole) !== whole) return false
    const stateEnd = this.#enter(tag.enumerated, whole)
    const state = this.#bytes[this.#at]
    if (stateEnd !== this.#at + 1 || (state !== added && state !== modified)) return false
    this.#at = stateEnd
    return this.#enter(tag.octets, whole) === whole
  }

  #isOid(whole: number): boolean {
    const end = this.#enter(tag.octets, whole)
    const isIt = isSpelt(stateOid, this.#bytes, this.#at, end)
    this.#at = end
    return isIt
  }

  /** Into an element with this tag that ends before the limit: says where it ends, or `nowhere`. */
  #enter(wanted: number, limit: number): number {
    const at = this.#at
    if (at + 2 > limit || this.#bytes[at] !== wanted) return nowhere
    const first = this.#bytes[at + 1] ?? 0
    if (first < 0x80) {
      this.#at = at + 2
      return this.#at + first <= limit ? this.#at + first : nowhere
    }
    return this.#enterLong(first & 0x7f, limit)
  }

  #enterLong(octets: number, limit: number): number {
    const start = this.#at + 2 + octets
    if (octets < 1 || octets > lengthOctetsMax || start > limit) return nowhere
    let length = 0
    for (let at = this.#at + 2; at < start; at += 1) {
      length = length * 0x100 + (this.#bytes[at] ?? 0)
    }
    this.#at = start
    return start + length <= limit ? start + length : nowhere
  }
}

function latin1({ buffer, byteOffset }: Uint8Array, start: number, end: number): string {
  return Buffer.from(buffer, byteOffset + start, end - start).toString('latin1')
}
