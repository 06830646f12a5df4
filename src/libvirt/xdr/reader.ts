// Why this file exists: counts and lengths from the wire are claims, not facts. This reader believes none of them
// beyond the bytes that are really there (HOSTILE 22, libvirt CVE-2024-2494).

/** The only thing this reader throws: the bytes are not what the protocol says. */
export class XdrError extends Error {
  override readonly name = 'XdrError'
}

// libvirt passes on texts from elsewhere (file names, QEMU's errors) that need not be UTF-8.
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

export class XdrReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  int(): number {
    return this.#view.getInt32(this.#take(4))
  }

  uint(): number {
    return this.#view.getUint32(this.#take(4))
  }

  hyper(): bigint {
    return this.#view.getBigInt64(this.#take(8))
  }

  unsignedHyper(): bigint {
    return this.#view.getBigUint64(this.#take(8))
  }

  /** An unsigned hyper that counts bytes or KiB: more than 2^53 of them do not exist. */
  size(): number {
    const value = this.unsignedHyper()
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new XdrError(`a size of ${value}`)
    return Number(value)
  }

  double(): number {
    return this.#view.getFloat64(this.#take(8))
  }

  bool(): boolean {
    const value = this.uint()
    if (value > 1) throw new XdrError(`a truth value of ${value}`)
    return value === 1
  }

  fixedOpaque(length: number): Uint8Array {
    const at = this.#take(length)
    this.#take((4 - (length % 4)) % 4)
    return this.#bytes.subarray(at, at + length)
  }

  string(bytesMax: number): string {
    const length = this.uint()
    if (length > bytesMax) throw new XdrError(`a text of ${length} bytes, limit ${bytesMax}`)
    return decoder.decode(this.fixedOpaque(length))
  }

  optional<T>(read: (reader: this) => T): T | undefined {
    return this.bool() ? read(this) : undefined
  }

  /** A negative count reads as a very large one, and no count is larger than the bytes that are left. */
  array<T>(countMax: number, read: (reader: this) => T): readonly T[] {
    const count = this.uint()
    if (count > countMax) throw new XdrError(`a list of ${count}, limit ${countMax}`)
    if (count * 4 > this.left) throw new XdrError(`a list of ${count} in ${this.left} bytes`)
    return Array.from({ length: count }, () => read(this))
  }

  end(): void {
    if (this.left > 0) throw new XdrError(`${this.left} bytes too many`)
  }

  #take(count: number): number {
    if (count > this.left) throw new XdrError(`${count} bytes wanted, ${this.left} left`)
    const at = this.#at
    this.#at += count
    return at
  }
}
