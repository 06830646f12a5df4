// Why this file exists: TCP cuts messages anywhere. What came in one piece is handed on where it stands; what was cut is joined
// again, in one buffer that grows by doubling and never beyond the longest message allowed.
import { type Asn1Limits, type Asn1Refusal, frameAt } from '#asn1'

const firstBytes = 64 * 1024
/** RFC 4511 4.1.1: every message is a SEQUENCE. */
const sequenceTag = 0x30
const indefinite = 0x80
const longestPlainHead = 4

type Take = (message: Uint8Array) => void
type TakeAt = (bytes: Uint8Array, start: number, end: number) => boolean

interface Part {
  readonly start: number
  readonly end: number
}

export class Framer {
  readonly #limits: Asn1Limits
  #buffer = Buffer.allocUnsafe(firstBytes)
  #start = 0
  #end = 0

  constructor(limits: Asn1Limits) {
    this.#limits = limits
  }

  /** Of a message whose end has not come yet. */
  get pendingBytes(): number {
    return this.#end - this.#start
  }

  /**
   * Hands each whole message to `take`, which must not keep the bytes; before that to `takeAt`, which is told where it stands
   * and says whether that was enough. A refusal ends the stream.
   */
  push(bytes: Uint8Array, take: Take, takeAt: TakeAt = leaveIt): Asn1Refusal | undefined {
    const joined = Math.min(bytes.length, this.#missing())
    if (joined > 0) {
      this.#append(bytes.subarray(0, joined))
      const next = this.#cut(this.#buffer, { start: this.#start, end: this.#end }, take, takeAt)
      if (typeof next !== 'number') return next
      this.#start = next
    }
    const next = this.#cut(bytes, { start: joined, end: bytes.length }, take, takeAt)
    if (typeof next !== 'number') return next
    if (next < bytes.length) this.#append(bytes.subarray(next))
    return undefined
  }

  /** Behind the last whole message. */
  #cut(bytes: Uint8Array, part: Part, take: Take, takeAt: TakeAt): number | Asn1Refusal {
    let at = part.start
    while (at < part.end) {
      // Whoever speaks another protocol is known by his first byte.
      if (bytes[at] !== sequenceTag) return { kind: 'bad-tag', at: 0 }
      const end = this.#plainEnd(bytes, at, part.end)
      if (end > part.end) {
        const framing = frameAt(bytes.subarray(at, part.end), 0, this.#limits)
        if (framing.kind === 'refused') return framing.refusal
        if (framing.kind === 'more') return at
        take(bytes.subarray(at, at + framing.end))
        at += framing.end
      } else {
        if (!takeAt(bytes, at, end)) take(bytes.subarray(at, end))
        at = end
      }
    }
    return at
  }

  /** So much is missing of the message that is held in part; of one whose length is not plain, all that comes. */
  #missing(): number {
    if (this.#start === this.#end) return 0
    return this.#plainEnd(this.#buffer, this.#start, this.#end) - this.#end
  }

  /** Of a message of up to 64 KiB, as most are: seen without a view of it. Else it is beyond what is there. */
  #plainEnd(bytes: Uint8Array, at: number, end: number): number {
    const first = end - at < longestPlainHead ? indefinite : (bytes[at + 1] ?? indefinite)
    if (first < indefinite) return this.#allowed(at + 2, first)
    const [high, low] = [bytes[at + 2] ?? 0, bytes[at + 3] ?? 0]
    if (first === indefinite + 1) return this.#allowed(at + 3, high)
    return first === indefinite + 2 ? this.#allowed(at + 4, high * 0x100 + low) : Infinity
  }

  #allowed(start: number, length: number): number {
    return length <= this.#limits.lengthBytesMax ? start + length : Infinity
  }

  #append(bytes: Uint8Array): void {
    const held = this.#end - this.#start
    const wanted = held + bytes.length
    if (this.#end + bytes.length > this.#buffer.length) {
      const size = Math.max(firstBytes, 2 ** Math.ceil(Math.log2(wanted)))
      // A fresh buffer, not a move: whoever was handed a message last may still be looking at it.
      const grown = Buffer.allocUnsafe(size)
      this.#buffer.copy(grown, 0, this.#start, this.#end)
      this.#buffer = grown
      this.#start = 0
      this.#end = held
    }
    this.#buffer.set(bytes, this.#end)
    this.#end += bytes.length
  }
}

function leaveIt(): boolean {
  return false
}
