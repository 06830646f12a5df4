// Why this file exists: a DNS query is a dozen bytes that an attacker chose; it is read in bounded work, and what it
// claims to hold (counts, pointers) is never believed.

export const recordType = {
  a: 1,
  ns: 2,
  cname: 5,
  soa: 6,
  ptr: 12,
  opt: 41,
  axfr: 252,
  any: 255,
} as const
export const responseCode = {
  ok: 0,
  formErr: 1,
  nxDomain: 3,
  notImp: 4,
  refused: 5,
  badVers: 16,
} as const

export interface Query {
  readonly id: number
  readonly opcode: number
  readonly recursionDesired: boolean
  /** Lower case, labels joined by dots, bytes outside the printable as \DDD; '' is the root. */
  readonly name: string
  readonly type: number
  readonly class: number
  /** Where the question's bytes end; an answer repeats them as they came (0x20 case). */
  readonly questionEnd: number
  readonly edns?: Edns
}

export interface Edns {
  readonly udpSize: number
  readonly version: number
}

export type QueryResult =
  | { readonly kind: 'query'; readonly query: Query }
  /** Not ours to answer at all: a response, or too short to have an id. */
  | { readonly kind: 'drop'; readonly reason: string }
  | {
      readonly kind: 'malformed'
      readonly id: number
      readonly opcode: number
      readonly reason: string
    }

const headerBytes = 12
const nameBytesMax = 255
const additionalRecordsMax = 8

export function readQuery(bytes: Uint8Array): QueryResult {
  if (bytes.length < headerBytes) return { kind: 'drop', reason: 'shorter than a header' }
  const id = at16(bytes, 0)
  const flags = at16(bytes, 2)
  const opcode = (flags >>> 11) & 15
  // HOSTILE 16: two servers that answer each other's answers would never stop.
  if ((flags & 0x8000) !== 0) return { kind: 'drop', reason: 'a response' }
  const malformed = (reason: string): QueryResult => ({ kind: 'malformed', id, opcode, reason })
  if (at16(bytes, 4) !== 1) return malformed('not exactly one question')
  if (at16(bytes, 6) !== 0) return malformed('a question with answers')
  const name = readName(bytes, headerBytes)
  if (!name.ok) return malformed(name.refusal)
  if (name.end + 4 > bytes.length) return malformed('the question is cut short')
  const questionEnd = name.end + 4
  const edns = readEdns(bytes, questionEnd)
  if (!edns.ok) return malformed(edns.refusal)
  const query = {
    id,
    opcode,
    recursionDesired: (flags & 0x0100) !== 0,
    name: name.text,
    type: at16(bytes, name.end),
    class: at16(bytes, name.end + 2),
    questionEnd,
  }
  return { kind: 'query', query: edns.edns === undefined ? query : { ...query, edns: edns.edns } }
}

type NameResult =
  | { readonly ok: true; readonly text: string; readonly end: number }
  | { readonly ok: false; readonly refusal: string }

/** HOSTILE 12: a question has nothing before it to point at, so a pointer in it is refused, not followed. */
function readName(bytes: Uint8Array, start: number): NameResult {
  let text = ''
  let at = start
  while (at < bytes.length && at - start < nameBytesMax) {
    const length = bytes[at] ?? 0
    at += 1
    if (length === 0) return { ok: true, text, end: at }
    if (length > 63)
      return { ok: false, refusal: 'a pointer or an unknown label type in the question' }
    if (at + length > bytes.length) break
    text += (text === '' ? '' : '.') + labelText(bytes, at, length)
    at += length
  }
  return { ok: false, refusal: 'a name that is too long or cut short' }
}

/** HOSTILE 14: bytes inside, \DDD outside; a dot within a label must not look like a border. */
function labelText(bytes: Uint8Array, start: number, length: number): string {
  let text = ''
  for (let at = start; at < start + length; at += 1) {
    const byte = bytes[at] ?? 0
    const isUpper = byte >= 0x41 && byte <= 0x5a
    const code = isUpper ? byte + 0x20 : byte
    const plain = code > 0x20 && code < 0x7f && code !== 0x2e && code !== 0x5c
    text += plain ? String.fromCharCode(code) : `\\${String(code).padStart(3, '0')}`
  }
  return text
}

type EdnsResult =
  | { readonly ok: true; readonly edns: Edns | undefined }
  | { readonly ok: false; readonly refusal: string }

/** RFC 6891 §6.1.1: at most one OPT, its owner the root. Other additional records (TSIG) are stepped over. */
function readEdns(bytes: Uint8Array, start: number): EdnsResult {
  // HOSTILE 13: the count is a bound for the loop, never a size to allocate.
  const records = at16(bytes, 8) + at16(bytes, 10)
  if (records > additionalRecordsMax) return { ok: false, refusal: 'too many records in a query' }
  let at = start
  let edns: Edns | undefined
  for (let record = 0; record < records; record += 1) {
    const name = readName(bytes, at)
    if (!name.ok) return name
    const body = name.end + 10
    if (body > bytes.length) return { ok: false, refusal: 'a record is cut short' }
    const end = body + at16(bytes, name.end + 8)
    if (end > bytes.length) return { ok: false, refusal: 'record data are cut short' }
    if (at16(bytes, name.end) === recordType.opt) {
      if (edns !== undefined || name.text !== '')
        return { ok: false, refusal: 'a second OPT, or one with a name' }
      edns = { udpSize: at16(bytes, name.end + 2), version: bytes[name.end + 5] ?? 0 }
    }
    at = end
  }
  return { ok: true, edns }
}

function at16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}
