// Why this file exists: a reply is written once, front to back; when the client's limit is reached it is cut and says
// so (TC), and the client asks again over TCP.
import { nameBytes } from './name.ts'
import { type Head, headerBytes, type Query, recordType } from './query.ts'
import type { Record } from './zone.ts'

/** Short, for the directory may change at any time, and long enough that a job's start asks once. */
export const recordSeconds = 30
/** RFC 2308 §5: SOA's minimum and its own lifetime in a negative answer, so both say the same. */
export const negativeSeconds = 10
/** RFC 8482 §4.2: long, so that whoever asks ANY need not ask often. */
const anySeconds = 3_600

/** HOSTILE 15: larger answers would be fragmented, and are worth forging a source for. */
export const udpBytesMax = 1232
const optBytes = 11

export interface Reply {
  readonly code: number
  readonly authoritative: boolean
  readonly recursionAvailable: boolean
  /** Cut on purpose, with nothing in it: "ask over TCP". */
  readonly truncated?: boolean
  readonly answers?: readonly Record[]
  /** RFC 2308: the zone's SOA tells for how long "no" may be remembered. */
  readonly authority?: { readonly zone: string; readonly soa: Record }
}

export function encodeReply(
  request: Uint8Array,
  query: Query,
  reply: Reply,
  bytesMax: number,
): Uint8Array {
  const opt = query.edns === undefined ? noBytes : optRecord(query, reply.code)
  const room = bytesMax - query.questionEnd - opt.length
  const answers = whatFits(reply.answers?.map(answerBytes) ?? [], room)
  const authorities = whatFits(authorityBytes(reply), room - answers.length)
  const truncated = reply.truncated === true || answers.cut || authorities.cut
  const parts = [request.subarray(0, query.questionEnd), ...answers.parts, ...authorities.parts]
  const bytes = joined([...parts, opt])
  const view = new DataView(bytes.buffer)
  view.setUint16(2, flagsOf(query, reply, truncated))
  view.setUint16(4, 1)
  view.setUint16(6, answers.parts.length)
  view.setUint16(8, authorities.parts.length)
  view.setUint16(10, opt.length === 0 ? 0 : 1)
  return bytes
}

/** An answer to what could not be read: the head alone. */
export function encodeHead(head: Head, code: number): Uint8Array {
  const bytes = new Uint8Array(headerBytes)
  const view = new DataView(bytes.buffer)
  view.setUint16(0, head.id)
  const reply = { code, authoritative: false, recursionAvailable: false }
  view.setUint16(2, flagsOf(head, reply, false))
  return bytes
}

const noBytes = new Uint8Array(0)

function flagsOf(head: Head, reply: Reply, truncated: boolean): number {
  return (
    0x8000 |
    (head.opcode << 11) |
    (reply.authoritative ? 0x0400 : 0) |
    (truncated ? 0x0200 : 0) |
    (head.recursionDesired ? 0x0100 : 0) |
    (reply.recursionAvailable ? 0x0080 : 0) |
    (reply.code & 15)
  )
}

interface Fitting {
  readonly parts: readonly Uint8Array[]
  readonly length: number
  readonly cut: boolean
}

function whatFits(records: readonly Uint8Array[], room: number): Fitting {
  let length = 0
  for (const [index, record] of records.entries()) {
    if (length + record.length > room) return { parts: records.slice(0, index), length, cut: true }
    length += record.length
  }
  return { parts: records, length, cut: false }
}

/** The owner of each answer is the question's name, so a pointer to it: its spelling stays as it was asked. */
const ownerOfAnswers = Uint8Array.of(0xc0, headerBytes)

function answerBytes(record: Record): Uint8Array {
  return recordBytes(ownerOfAnswers, record, record.type === 'hinfo' ? anySeconds : recordSeconds)
}

function authorityBytes({ authority }: Reply): readonly Uint8Array[] {
  if (authority === undefined) return []
  return [recordBytes(nameBytes(authority.zone), authority.soa, negativeSeconds)]
}

function recordBytes(owner: Uint8Array, record: Record, seconds: number): Uint8Array {
  const data = dataOf(record)
  const bytes = new Uint8Array(owner.length + 10 + data.length)
  bytes.set(owner)
  const view = new DataView(bytes.buffer, owner.length)
  view.setUint16(0, recordType[record.type])
  view.setUint16(2, 1)
  view.setUint32(4, seconds)
  view.setUint16(8, data.length)
  bytes.set(data, owner.length + 10)
  return bytes
}

function dataOf(record: Record): Uint8Array {
  switch (record.type) {
    case 'a':
      return numbers([record.address])
    case 'ptr':
    case 'ns':
      return nameBytes(record.name)
    case 'soa':
      return soaBytes(record)
    case 'hinfo':
      return hinfoData
  }
}

/** RFC 8482 §4.2: two strings, the document's name and nothing; on the wire they look like a name. */
const hinfoData = nameBytes('RFC8482')

/** What a zone's SOA tells its secondaries. */
export const refreshSeconds = 60
export const retrySeconds = 30
export const expireSeconds = 604_800

function soaBytes(soa: Extract<Record, { type: 'soa' }>): Uint8Array {
  const { server, person, serial } = soa
  const times = [serial, refreshSeconds, retrySeconds, expireSeconds, negativeSeconds]
  return joined([nameBytes(server), nameBytes(person), numbers(times)])
}

/** RFC 6891 §6.1: our own size and version, the extended code's upper bits, the client's DO. */
function optRecord({ edns }: Query, code: number): Uint8Array {
  const bytes = new Uint8Array(optBytes)
  const view = new DataView(bytes.buffer)
  view.setUint16(1, recordType.opt)
  view.setUint16(3, udpBytesMax)
  view.setUint8(5, code >>> 4)
  view.setUint16(7, edns?.dnssecOk === true ? 0x8000 : 0)
  return bytes
}

function numbers(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4)
  const view = new DataView(bytes.buffer)
  for (const [index, value] of values.entries()) view.setUint32(index * 4, value)
  return bytes
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}
