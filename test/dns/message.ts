// Why this file exists: tests ask and read DNS by code of their own, so that a mistake in the server's codec does not
// hide behind the same mistake here.
import assert from 'node:assert/strict'
import { answerDns, type AnswerOptions, type DnsAnswer } from '#dns'
import { view } from './zone-sample.ts'

export const types = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  HINFO: 13,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  OPT: 41,
  IXFR: 251,
  AXFR: 252,
  ANY: 255,
} as const
export type TypeName = keyof typeof types

export interface Wanted {
  readonly id?: number
  readonly type?: TypeName
  readonly class?: number
  /** All of the second 16 bits; recursion desired, when absent. */
  readonly flags?: number
  readonly edns?: { readonly size: number; readonly version?: number; readonly dnssecOk?: boolean }
}

/** Labels are latin1, so that a test can put any byte into one. */
export function nameOf(text: string): Buffer {
  const labels = text === '' ? [] : text.split('.')
  const parts = labels.map((each) =>
    Buffer.concat([Buffer.of(each.length), Buffer.from(each, 'latin1')]),
  )
  return Buffer.concat([...parts, Buffer.of(0)])
}

export function query(name: string, wanted: Wanted = {}): Buffer {
  const { id = 0x1234, type = 'A', flags = 0x0100, edns } = wanted
  const head = numbers16(id, flags, 1, 0, 0, edns === undefined ? 0 : 1)
  const question = [nameOf(name), numbers16(types[type], wanted.class ?? 1)]
  return Buffer.concat([head, ...question, ...(edns === undefined ? [] : [opt(edns)])])
}

export function numbers16(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2)
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, index * 2)
  return bytes
}

export function opt(edns: NonNullable<Wanted['edns']>, data: Uint8Array = Buffer.alloc(0)): Buffer {
  const flags = edns.dnssecOk === true ? 0x8000 : 0
  const fixed = numbers16(types.OPT, edns.size, edns.version ?? 0, flags, data.length)
  return Buffer.concat([Buffer.of(0), fixed, data])
}

export interface ReadRecord {
  readonly owner: string
  readonly type: number
  readonly class: number
  readonly ttl: number
  readonly data: Buffer
  /** An address, a name, or an SOA's words in order. */
  readonly text: string
}

export interface ReadReply {
  readonly id: number
  readonly code: number
  readonly opcode: number
  readonly isResponse: boolean
  readonly authoritative: boolean
  readonly truncated: boolean
  readonly recursionDesired: boolean
  readonly recursionAvailable: boolean
  readonly questions: readonly string[]
  readonly answers: readonly ReadRecord[]
  readonly authorities: readonly ReadRecord[]
  readonly additionals: readonly ReadRecord[]
}

/** Asserts that the message is whole: every count is kept and no byte is left over. */
export function readReply(message: Uint8Array): ReadReply {
  const bytes = Buffer.from(message)
  const flags = bytes.readUInt16BE(2)
  let at = 12
  const questions = Array.from({ length: bytes.readUInt16BE(4) }, () => {
    const read = readName(bytes, at)
    at = read.end + 4
    return read.text
  })
  const section = (count: number): ReadRecord[] =>
    Array.from({ length: count }, () => {
      const { record, end } = readRecord(bytes, at)
      at = end
      return record
    })
  const answers = section(bytes.readUInt16BE(6))
  const authorities = section(bytes.readUInt16BE(8))
  const additionals = section(bytes.readUInt16BE(10))
  assert.equal(at, bytes.length, 'bytes are left over')
  return {
    id: bytes.readUInt16BE(0),
    code: flags & 15,
    opcode: (flags >> 11) & 15,
    isResponse: (flags & 0x8000) !== 0,
    authoritative: (flags & 0x0400) !== 0,
    truncated: (flags & 0x0200) !== 0,
    recursionDesired: (flags & 0x0100) !== 0,
    recursionAvailable: (flags & 0x0080) !== 0,
    questions,
    answers,
    authorities,
    additionals,
  }
}

function readRecord(bytes: Buffer, start: number): { record: ReadRecord; end: number } {
  const owner = readName(bytes, start)
  const type = bytes.readUInt16BE(owner.end)
  const dataAt = owner.end + 10
  const end = dataAt + bytes.readUInt16BE(owner.end + 8)
  const data = bytes.subarray(dataAt, end)
  assert.ok(end <= bytes.length, 'a record ends behind its message')
  const record = {
    owner: owner.text,
    type,
    class: bytes.readUInt16BE(owner.end + 2),
    ttl: bytes.readUInt32BE(owner.end + 4),
    data,
    text: dataText(bytes, type, dataAt, data),
  }
  return { record, end }
}

function dataText(bytes: Buffer, type: number, at: number, data: Buffer): string {
  if (type === types.A) return data.join('.')
  if (type === types.NS || type === types.PTR) return readName(bytes, at).text
  if (type !== types.SOA) return data.toString('latin1')
  const server = readName(bytes, at)
  const person = readName(bytes, server.end)
  const times = [0, 4, 8, 12, 16].map((each) => bytes.readUInt32BE(person.end + each))
  return [server.text, person.text, ...times].join(' ')
}

function readName(bytes: Buffer, start: number): { text: string; end: number } {
  const labels: string[] = []
  let at = start
  let end: number | undefined
  for (let steps = 0; steps < 256; steps += 1) {
    const length = bytes.readUInt8(at)
    if (length >= 0xc0) {
      end ??= at + 2
      at = bytes.readUInt16BE(at) & 0x3fff
    } else if (length === 0) return { text: labels.join('.'), end: end ?? at + 1 }
    else {
      labels.push(bytes.toString('latin1', at + 1, at + 1 + length))
      at += 1 + length
    }
  }
  throw new Error('a name without an end')
}

export const overUdp: AnswerOptions = { transport: 'udp', forwards: false }

export function answerTo(bytes: Uint8Array, options: AnswerOptions = overUdp): DnsAnswer {
  return answerDns(bytes, view, options)
}

/** What the sample directory's server replies. */
export function replyTo(bytes: Uint8Array, options: AnswerOptions = overUdp): ReadReply {
  const answer = answerTo(bytes, options)
  assert.ok(answer.kind === 'reply')
  return readReply(answer.bytes)
}

export function ask(name: string, wanted: Wanted = {}): ReadReply {
  return replyTo(query(name, wanted))
}
