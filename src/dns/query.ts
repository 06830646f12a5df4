// Why this file exists: a DNS query is a dozen bytes that an attacker chose; it is read in bounded work, and what it
// claims to hold (counts, lengths, pointers) is never believed.
import { readName, skipName } from './name.ts'

export const recordType = {
  a: 1,
  ns: 2,
  cname: 5,
  soa: 6,
  ptr: 12,
  hinfo: 13,
  aaaa: 28,
  opt: 41,
  tsig: 250,
  ixfr: 251,
  axfr: 252,
  any: 255,
} as const
export const responseCode = {
  ok: 0,
  formErr: 1,
  servFail: 2,
  nxDomain: 3,
  notImp: 4,
  refused: 5,
  notAuth: 9,
  badVers: 16,
} as const

/** The first four bytes: all that an answer to a message we cannot read needs. */
export interface Head {
  readonly id: number
  readonly opcode: number
  readonly recursionDesired: boolean
}

export interface Query extends Head {
  /** Lower case, labels joined by dots, bytes outside the printable as \DDD; '' is the root. */
  readonly name: string
  readonly type: number
  readonly class: number
  /** Where the question's bytes end; an answer repeats them as they came (0x20 case). */
  readonly questionEnd: number
  /** RFC 8945: signed with a key, and we hold none. */
  readonly signed: boolean
  readonly edns?: Edns
}

export interface Edns {
  readonly udpSize: number
  readonly version: number
  /** RFC 3225: copied into the answer, though nothing here is signed. */
  readonly dnssecOk: boolean
}

export type QueryResult =
  | { readonly kind: 'query'; readonly query: Query }
  /** Not ours to answer at all: a response, or too short to have an id. */
  | { readonly kind: 'drop'; readonly reason: string }
  /** UPDATE, NOTIFY, IQUERY and the like: their counts mean other things, so the head is all we read. */
  | { readonly kind: 'other-operation'; readonly head: Head }
  | { readonly kind: 'malformed'; readonly head: Head; readonly reason: string }

export const headerBytes = 12
/** RFC 1035 §4.1.1, RFC 1996, RFC 2136; of all others we have never heard. */
export const operation = { query: 0, notify: 4, update: 5 } as const
const additionalRecordsMax = 8

export function readQuery(bytes: Uint8Array): QueryResult {
  if (bytes.length < headerBytes) return { kind: 'drop', reason: 'shorter than a header' }
  const flags = at16(bytes, 2)
  // HOSTILE 16: two servers that answer each other's answers would never stop.
  if ((flags & 0x8000) !== 0) return { kind: 'drop', reason: 'a response' }
  const opcode = (flags >>> 11) & 15
  const head = { id: at16(bytes, 0), opcode, recursionDesired: (flags & 0x0100) !== 0 }
  if (opcode !== operation.query) return { kind: 'other-operation', head }
  const malformed = (reason: string): QueryResult => ({ kind: 'malformed', head, reason })
  if (at16(bytes, 4) !== 1) return malformed('not exactly one question')
  if (at16(bytes, 6) !== 0) return malformed('a question with answers')
  const name = readName(bytes, headerBytes)
  if (!name.ok) return malformed(name.refusal)
  const questionEnd = name.end + 4
  if (questionEnd > bytes.length) return malformed('the question is cut short')
  const extras = readExtras(bytes, questionEnd)
  if (!extras.ok) return malformed(extras.refusal)
  const question = {
    name: name.text,
    type: at16(bytes, name.end),
    class: at16(bytes, name.end + 2),
    questionEnd,
  }
  return { kind: 'query', query: { ...head, ...question, ...extras.found } }
}

interface Extras {
  readonly signed: boolean
  readonly edns?: Edns
}

type ExtrasResult =
  | { readonly ok: true; readonly found: Extras }
  | { readonly ok: false; readonly refusal: string }

/** What stands behind the question: OPT and TSIG count, others are stepped over. */
function readExtras(bytes: Uint8Array, start: number): ExtrasResult {
  // HOSTILE 13: the count is a bound for the loop, never a size to allocate.
  const records = at16(bytes, 8) + at16(bytes, 10)
  if (records > additionalRecordsMax) return { ok: false, refusal: 'too many records in a query' }
  let at = start
  let found: Extras = { signed: false }
  for (let number = 0; number < records; number += 1) {
    const record = readRecord(bytes, at)
    if (!record.ok) return record
    const { type, ownerEnd, dataEnd } = record
    if (type === recordType.tsig) found = { ...found, signed: true }
    if (type === recordType.opt) {
      // RFC 6891 §6.1.1: at most one OPT, its owner the root.
      if (found.edns !== undefined || ownerEnd !== at + 1)
        return { ok: false, refusal: 'a second OPT, or one with a name' }
      if (!areOptions(bytes, ownerEnd + 10, dataEnd))
        return { ok: false, refusal: 'an EDNS option is longer than its record' }
      found = { ...found, edns: ednsOf(bytes, ownerEnd) }
    }
    at = dataEnd
  }
  return { ok: true, found }
}

type RecordResult =
  | {
      readonly ok: true
      readonly type: number
      readonly ownerEnd: number
      readonly dataEnd: number
    }
  | { readonly ok: false; readonly refusal: string }

function readRecord(bytes: Uint8Array, start: number): RecordResult {
  const ownerEnd = skipName(bytes, start)
  if (ownerEnd === undefined) return { ok: false, refusal: 'the name of a record is malformed' }
  const dataStart = ownerEnd + 10
  const dataEnd = dataStart + at16(bytes, ownerEnd + 8)
  if (dataStart > bytes.length || dataEnd > bytes.length)
    return { ok: false, refusal: 'a record is cut short' }
  return { ok: true, type: at16(bytes, ownerEnd), ownerEnd, dataEnd }
}

function ednsOf(bytes: Uint8Array, ownerEnd: number): Edns {
  return {
    udpSize: at16(bytes, ownerEnd + 2),
    version: bytes[ownerEnd + 5] ?? 0,
    dnssecOk: (at16(bytes, ownerEnd + 6) & 0x8000) !== 0,
  }
}

/** RFC 6891 §6.1.2: code, length, data, and no byte left over. */
function areOptions(bytes: Uint8Array, start: number, end: number): boolean {
  let at = start
  while (at + 4 <= end) at += 4 + at16(bytes, at + 2)
  return at === end
}

function at16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}
