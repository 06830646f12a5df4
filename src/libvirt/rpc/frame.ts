// Why this file exists: the framing of libvirt's RPC (length, six header words, payload) is shared by calls, streams,
// events and keepalive. A length is checked before a single byte is kept for it (HOSTILE 22).
import { XdrError, XdrReader } from '../xdr/reader.ts'
import { XdrWriter } from '../xdr/writer.ts'

export const program = {
  remote: 0x2000_8086,
  keepalive: 0x6b65_6570,
} as const

/** Both programs are in their first version. */
export const programVersion = 1

export const messageType = { call: 0, reply: 1, message: 2, stream: 3 } as const
export const messageStatus = { ok: 0, error: 1, continue: 2 } as const
export const keepaliveProcedure = { ping: 1, pong: 2 } as const

export interface Header {
  readonly program: number
  readonly version: number
  readonly procedure: number
  readonly type: number
  readonly serial: number
  readonly status: number
}

export interface Frame {
  readonly header: Header
  readonly payload: Uint8Array
}

const lengthBytes = 4
const headerBytes = 28 // the length word and six words

/** VIR_NET_MESSAGE_MAX; the length word itself is not counted in it. */
export const frameBytesMax = 33_554_432 + lengthBytes

/** Old daemons take no larger payload (VIR_NET_MESSAGE_LEGACY_PAYLOAD_MAX), so streams are cut into these. */
export const streamChunkBytesMax = 262_120

export function encodeFrame(header: Header, payload: Uint8Array): Uint8Array {
  const writer = new XdrWriter()
  writer.uint(headerBytes + payload.length)
  writer.uint(header.program).uint(header.version).int(header.procedure)
  writer.int(header.type).uint(header.serial).int(header.status)
  const bytes = new Uint8Array(headerBytes + payload.length)
  bytes.set(writer.bytes)
  bytes.set(payload, headerBytes)
  return bytes
}

/** A whole frame with its length word. */
export function decodeFrame(bytes: Uint8Array): Frame {
  const reader = new XdrReader(bytes)
  const length = checkedLength(reader.uint())
  if (length !== bytes.length) throw new XdrError(`a frame of ${length} in ${bytes.length} bytes`)
  const header: Header = {
    program: reader.uint(),
    version: reader.uint(),
    procedure: reader.int(),
    type: reader.int(),
    serial: reader.uint(),
    status: reader.int(),
  }
  return { header, payload: bytes.subarray(headerBytes) }
}

function checkedLength(length: number): number {
  if (length < headerBytes || length > frameBytesMax)
    throw new XdrError(`a frame of ${length} bytes`)
  return length
}

/** Cuts a byte stream into frames. It keeps what has arrived and never allocates by what was announced. */
export class FrameCutter {
  #chunks: Uint8Array[] = []
  #held = 0

  /** The frames that became whole with this chunk. Throws XdrError when no further byte can be trusted. */
  push(chunk: Uint8Array): readonly Frame[] {
    this.#chunks.push(chunk)
    this.#held += chunk.length
    const frames: Frame[] = []
    for (let bytes = this.#next(); bytes !== undefined; bytes = this.#next())
      frames.push(decodeFrame(bytes))
    return frames
  }

  #next(): Uint8Array | undefined {
    if (this.#held < lengthBytes) return undefined
    const length = checkedLength(new XdrReader(this.#front(lengthBytes)).uint())
    if (this.#held < length) return undefined
    const whole = this.#front(length)
    const rest = (this.#chunks[0] ?? whole).subarray(length)
    if (rest.length > 0) this.#chunks[0] = rest
    else this.#chunks.shift()
    this.#held -= length
    return whole.subarray(0, length)
  }

  /** The first chunk, joined with the following ones until it holds `count` bytes. */
  #front(count: number): Uint8Array {
    const first = this.#chunks[0]
    if (first !== undefined && first.length >= count) return first.subarray(0, count)
    const joined = concat(this.#chunks, this.#held)
    this.#chunks = [joined]
    return joined.subarray(0, count)
  }
}

function concat(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}
