// Why this file exists: a connection in memory: what one side writes the test reads, without a socket and its time.
import { Duplex } from 'node:stream'

export class MemoryStream extends Duplex {
  /** What a server asks of whom it talks to. */
  readonly remoteAddress: string
  readonly remotePort: number
  readonly #written: Buffer[] = []

  constructor(remoteAddress: string, remotePort: number) {
    super()
    this.remoteAddress = remoteAddress
    this.remotePort = remotePort
  }

  /** Everything that the server has said. */
  get written(): Buffer {
    return Buffer.concat(this.#written)
  }

  get writtenParts(): number {
    return this.#written.length
  }

  /** As TCP would: cut anywhere. */
  say(bytes: Uint8Array, cuts: readonly number[]): void {
    let from = 0
    for (const cut of cuts.toSorted((one, other) => one - other)) {
      if (cut > from) this.push(Buffer.from(bytes.subarray(from, cut)))
      from = Math.max(from, cut)
    }
    if (from < bytes.length) this.push(Buffer.from(bytes.subarray(from)))
  }

  /** The other end says no more. */
  hangUp(): void {
    if (!this.destroyed) this.push(null)
  }

  override _read(): void {
    // Bytes are pushed as they come.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#written.push(chunk)
    done()
  }
}
