// Why this file exists: TCP cuts messages anywhere. This joins the pieces again, in one buffer that grows by
// doubling and never beyond the longest message allowed.
import { type Asn1Limits, type Asn1Refusal, frameAt } from '#asn1'

const firstBytes = 64 * 1024
/** RFC 4511 4.1.1: every message is a SEQUENCE. */
const sequenceTag = 0x30
const indefinite = 0x80
const longestPlainHead = 4

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

  /** Hands each whole message to `take`, which must not keep the bytes. A refusal ends the stream. */
  push(bytes: Uint8Array, take: (message: Uint8Array) => void): Asn1Refusal | undefined {
    this.#append(bytes)
    while (this.#start < this.#end) {
      // Whoever speaks another protocol is known by his first byte.
      if (this.#buffer[this.#start] !== sequenceTag) return { kind: 'bad-tag', at: 0 }
      const end = this.#plainEnd()
      if (end <= this.#end) {
        const start = this.#start
        this.#start = end
        take(this.#buffer.subarray(start, end))
        continue
      }
      const held = this.#buffer.subarray(this.#start, this.#end)
      const framing = frameAt(held, 0, this.#limits)
      if (framing.kind === 'refused') return framing.refusal
      if (framing.kind === 'more') return undefined
      this.#start += framing.end
      take(held.subarray(0, framing.end))
    }
    return undefined
  }

  /** Of a message of up to 64 KiB, as most are: seen without a view of what is held. Else it is beyond what is held. */
  #plainEnd(): number {
    const [at, buffer] = [this.#start, this.#buffer]
    const first = this.#end - at < longestPlainHead ? indefinite : (buffer[at + 1] ?? indefinite)
    const octets = first < 0x80 ? 0 : first - 0x80
    if (octets > 2 || first === indefinite) return Infinity
    const long =
      octets === 1 ? (buffer[at + 2] ?? 0) : (buffer[at + 2] ?? 0) * 0x100 + (buffer[at + 3] ?? 0)
    const length = octets === 0 ? first : long
    return length <= this.#limits.lengthBytesMax ? at + 2 + octets + length : Infinity
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
