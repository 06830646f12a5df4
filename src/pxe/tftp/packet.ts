// Why this file exists: TFTP packets as values and back (RFC 1350, options by RFC 2347). What arrives is from anyone,
// so every length is checked and a refusal carries the error code that the sender is told. Pure.
export interface TftpRequest {
  readonly kind: 'read' | 'write'
  readonly file: string
  /** Lower case: `octet` or `netascii`. */
  readonly mode: string
  /** As asked, in order; names in lower case (RFC 2347: case does not matter). */
  readonly options: readonly TftpOption[]
}

export type TftpOption = readonly [name: string, value: string]

export type TftpPacket =
  | TftpRequest
  | { readonly kind: 'data'; readonly block: number; readonly bytes: Uint8Array }
  | { readonly kind: 'ack'; readonly block: number }
  | { readonly kind: 'error'; readonly code: number; readonly text: string }
  | { readonly kind: 'options-ack'; readonly options: readonly TftpOption[] }

export type Parsed =
  | { readonly ok: true; readonly value: TftpPacket }
  | {
      readonly ok: false
      readonly refusal: { readonly code: ErrorCode; readonly why: string }
    }

export const errorCode = {
  undefined: 0,
  notFound: 1,
  accessViolation: 2,
  illegalOperation: 4,
  unknownTransfer: 5,
  optionsRefused: 8,
} as const
export type ErrorCode = (typeof errorCode)[keyof typeof errorCode]

const opcode = { read: 1, write: 2, data: 3, ack: 4, error: 5, optionsAck: 6 } as const

/** RFC 2347: a request is at most 512 octets. */
export const requestBytesMax = 512
const optionsMax = 16

export function parsePacket(bytes: Uint8Array): Parsed {
  if (bytes.length < 4) return illegal(`${bytes.length} octets are no packet`)
  switch (word(bytes, 0)) {
    case opcode.read:
      return parseRequest('read', bytes)
    case opcode.write:
      return parseRequest('write', bytes)
    case opcode.data:
      return good({ kind: 'data', block: word(bytes, 2), bytes: bytes.subarray(4) })
    case opcode.ack:
      return good({ kind: 'ack', block: word(bytes, 2) })
    case opcode.error:
      return good({ kind: 'error', code: word(bytes, 2), text: textAt(bytes, 4) })
    case opcode.optionsAck:
      return parseOptionsAck(bytes)
    default:
      return illegal(`there is no operation ${word(bytes, 0)}`)
  }
}

function parseRequest(kind: 'read' | 'write', bytes: Uint8Array): Parsed {
  if (bytes.length > requestBytesMax) return illegal(`a request of ${bytes.length} octets`)
  const strings = stringsFrom(bytes)
  if (!strings) return illegal('a string without its end')
  const [file, mode, ...rest] = strings
  if (file === undefined || file === '' || mode === undefined) {
    return illegal('a request without a file name and a mode')
  }
  const options = pair(rest)
  return options.ok
    ? good({ kind, file, mode: mode.toLowerCase(), options: options.value })
    : options
}

function parseOptionsAck(bytes: Uint8Array): Parsed {
  const strings = bytes.length > requestBytesMax ? undefined : stringsFrom(bytes)
  if (!strings) return illegal('a string without its end')
  const options = pair(strings)
  return options.ok ? good({ kind: 'options-ack', options: options.value }) : options
}

type Paired =
  | { readonly ok: true; readonly value: readonly TftpOption[] }
  | Extract<Parsed, { readonly ok: false }>

function pair(strings: readonly string[]): Paired {
  const options: TftpOption[] = []
  for (let at = 0; at < strings.length; at += 2) {
    const name = strings[at]
    const value = strings[at + 1]
    if (name === undefined || name === '') break // some firmware pads with zeros
    if (value === undefined) return refused(errorCode.optionsRefused, 'an option without a value')
    if (options.length === optionsMax) return refused(errorCode.optionsRefused, 'too many options')
    options.push([name.toLowerCase(), value])
  }
  return { ok: true, value: options }
}

/** The strings after the opcode; `undefined` when the last does not end. */
function stringsFrom(bytes: Uint8Array): readonly string[] | undefined {
  if (bytes.at(-1) !== 0) return undefined
  const strings: string[] = []
  let start = 2
  for (let at = start; at < bytes.length; at += 1) {
    if (bytes[at] !== 0) continue
    strings.push(latin1(bytes.subarray(start, at)))
    start = at + 1
  }
  return strings
}

export function encodePacket(packet: TftpPacket): Uint8Array {
  switch (packet.kind) {
    case 'read':
    case 'write':
      return encodeStrings(packet.kind === 'read' ? opcode.read : opcode.write, [
        packet.file,
        packet.mode,
        ...packet.options.flat(),
      ])
    case 'data':
      return joined(dataHeader(packet.block), packet.bytes)
    case 'ack':
      return header(opcode.ack, packet.block)
    case 'error':
      return joined(header(opcode.error, packet.code), fromLatin1(`${packet.text}\0`))
    case 'options-ack':
      return encodeStrings(opcode.optionsAck, packet.options.flat())
  }
}

/** The four octets before a block of data; block numbers wrap at 65,536. */
export function dataHeader(block: number): Uint8Array {
  return header(opcode.data, block % 65_536)
}

function encodeStrings(operation: number, strings: readonly string[]): Uint8Array {
  const text = fromLatin1(strings.map((one) => `${one}\0`).join(''))
  return joined(Uint8Array.of(0, operation), text)
}

function header(operation: number, number: number): Uint8Array {
  return Uint8Array.of(0, operation, number >>> 8, number & 255)
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length)
  bytes.set(first)
  bytes.set(second, first.length)
  return bytes
}

function word(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}

/** Up to its end or the packet's: an error's text is for people, and often has no NUL. */
function textAt(bytes: Uint8Array, at: number): string {
  const end = bytes.indexOf(0, at)
  return latin1(bytes.subarray(at, end < 0 ? bytes.length : end))
}

/** One octet, one character: any name survives the way in and out. */
function latin1(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}

function fromLatin1(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0))
}

function good(value: TftpPacket): Parsed {
  return { ok: true, value }
}

function illegal(why: string) {
  return refused(errorCode.illegalOperation, why)
}

function refused(code: ErrorCode, why: string) {
  return { ok: false, refusal: { code, why } } as const
}
