// Why this file exists: libvirt speaks XDR (RFC 4506), and a length that we wrote wrong would be read as somebody
// else's command; so there is one writer, which pads and bounds everything it writes.
import { cannotEncode } from '../faults.ts'

/** The longest string libvirt accepts (REMOTE_STRING_MAX). */
export const stringBytesMax = 4_194_304

const firstBufferBytes = 256
const encoder = new TextEncoder()

/** Grows as needed. Numbers are big-endian, everything is padded to four bytes. */
export class XdrWriter {
  #bytes = new Uint8Array(firstBufferBytes)
  #view = new DataView(this.#bytes.buffer)
  #length = 0

  /** What has been written; a view, valid until the next write. */
  get bytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length)
  }

  int(value: number): this {
    if (!Number.isInteger(value) || value < -0x8000_0000 || value > 0x7fff_ffff)
      throw cannotEncode(`${value} is not a 32-bit signed number`)
    const at = this.#claim(4)
    this.#view.setInt32(at, value)
    return this
  }

  uint(value: number): this {
    if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff)
      throw cannotEncode(`${value} is not a 32-bit unsigned number`)
    const at = this.#claim(4)
    this.#view.setUint32(at, value)
    return this
  }

  hyper(value: bigint): this {
    if (BigInt.asIntN(64, value) !== value)
      throw cannotEncode(`${value} is not a 64-bit signed number`)
    const at = this.#claim(8)
    this.#view.setBigInt64(at, value)
    return this
  }

  unsignedHyper(value: bigint): this {
    if (BigInt.asUintN(64, value) !== value)
      throw cannotEncode(`${value} is not a 64-bit unsigned number`)
    const at = this.#claim(8)
    this.#view.setBigUint64(at, value)
    return this
  }

  double(value: number): this {
    const at = this.#claim(8)
    this.#view.setFloat64(at, value)
    return this
  }

  /** RFC 4506 section 4.9: a fixed length, so none is written. */
  fixedOpaque(value: Uint8Array): this {
    const at = this.#claim(value.length + paddingOf(value.length))
    this.#bytes.set(value, at)
    return this
  }

  string(value: string): this {
    // C reads up to the NUL, so the rest would be lost without a word.
    if (value.includes('\0')) throw cannotEncode('a text holds a NUL character')
    const bytes = encoder.encode(value)
    if (bytes.length > stringBytesMax)
      throw cannotEncode(`a text of ${bytes.length} bytes is longer than libvirt accepts`)
    return this.uint(bytes.length).fixedOpaque(bytes)
  }

  /** RFC 4506 section 4.19: XDR's pointer, a value that may be absent. */
  optional<T>(value: T | undefined, write: (writer: this, value: T) => unknown): this {
    this.uint(value === undefined ? 0 : 1)
    if (value !== undefined) write(this, value)
    return this
  }

  array<T>(values: readonly T[], write: (writer: this, value: T) => unknown): this {
    this.uint(values.length)
    for (const value of values) write(this, value)
    return this
  }

  /** Reserves zeroed bytes and returns where they begin. It may replace the buffer, so it goes first. */
  #claim(count: number): number {
    const at = this.#length
    this.#length += count
    if (this.#length > this.#bytes.length) this.#grow()
    return at
  }

  #grow(): void {
    const bytes = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length))
    bytes.set(this.#bytes)
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer)
  }
}

function paddingOf(length: number): number {
  return (4 - (length % 4)) % 4
}
