// Why this file exists: a stream socket has no message borders; each message goes as a length and that many bytes
// of JSON, and a length beyond the limit is a broken peer, not a reason to allocate.

/** A part of a snapshot is far smaller; a group of 100,000 members is not. */
export const frameBytesMax = 32 * 1024 * 1024
const headerBytes = 4

export function encodeFrame(message: unknown): Buffer {
  const body = Buffer.from(JSON.stringify(message), 'utf8')
  const frame = Buffer.allocUnsafe(headerBytes + body.length)
  frame.writeUInt32BE(body.length, 0)
  body.copy(frame, headerBytes)
  return frame
}

export type FrameResult =
  | { readonly ok: true; readonly messages: readonly unknown[] }
  | { readonly ok: false; readonly refusal: string }

/** Joins chunks to frames. Holds at most one frame and what came behind it. */
export class FrameReader {
  #chunks: Buffer[] = []
  #held = 0

  push(chunk: Buffer): FrameResult {
    this.#chunks.push(chunk)
    this.#held += chunk.length
    const messages: unknown[] = []
    while (this.#held >= headerBytes) {
      const length = this.#peekLength()
      if (length > frameBytesMax) return { ok: false, refusal: `a frame of ${length} bytes` }
      if (this.#held < headerBytes + length) break
      const body = this.#take(headerBytes + length).subarray(headerBytes)
      const parsed = parseJson(body)
      if (parsed === undefined) return { ok: false, refusal: 'a frame that is no JSON' }
      messages.push(parsed.value)
    }
    return { ok: true, messages }
  }

  #peekLength(): number {
    const first = this.#chunks[0]
    if (first !== undefined && first.length >= headerBytes) return first.readUInt32BE(0)
    return this.#join().readUInt32BE(0)
  }

  #join(): Buffer {
    const [only, second] = this.#chunks
    if (only !== undefined && second === undefined) return only
    const joined = Buffer.concat(this.#chunks)
    this.#chunks = [joined]
    return joined
  }

  #take(bytes: number): Buffer {
    const joined = this.#join()
    const rest = joined.subarray(bytes)
    this.#chunks = rest.length > 0 ? [rest] : []
    this.#held = rest.length
    return joined.subarray(0, bytes)
  }
}

function parseJson(body: Buffer): { readonly value: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'))
    return { value }
  } catch {
    return undefined // the caller ends the connection with the reason
  }
}
