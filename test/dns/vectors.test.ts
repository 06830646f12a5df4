// Why this file exists: queries, answers and attacks that others recorded, fed to the answer function as they came,
// and again as queries where they are responses: none may crash it, loop, or get more than it should.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { answerDns, readQuery } from '#dns'
import { readFrames, tcpStreams, udpPayloads } from '../pcap.ts'
import { answerTo, numbers16, overUdp, readReply } from './message.ts'
import { view } from './zone-sample.ts'

const folder = join(import.meta.dirname, '../vectors/dns')
const workMsMax = 10

/** Where a capture's DNS begins when its frames are not what the reader of captures understands. */
const messageOffsets: Readonly<Record<string, number>> = {
  'dns-zlip-1.pcap': 42,
  'dns-zlip-2.pcap': 42,
  'dns-zlip-3.pcap': 42,
  'zeek-dns-inverse-query.pcap': 61,
}

function messagesOf(file: string): Uint8Array[] {
  const frames = readFrames(readFileSync(join(folder, file)))
  const offset = messageOffsets[file]
  if (offset !== undefined) return frames.map(({ bytes }) => bytes.subarray(offset))
  const overTcp = tcpStreams(frames).map(({ payload }) => payload.subarray(2))
  return [...udpPayloads(frames).map(({ payload }) => payload), ...overTcp]
}

const isResponse = (bytes: Uint8Array): boolean => ((bytes[2] ?? 0) & 0x80) !== 0

function asQuery(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes)
  copy[2] = (copy[2] ?? 0) & 0x7f
  return copy
}

const captures = readdirSync(folder).filter((file) => file.endsWith('.pcap'))

test('every capture gives messages', () => {
  assert.equal(captures.length, 31)
  for (const file of captures) assert.ok(messagesOf(file).length > 0, file)
})

for (const file of captures) {
  test(`${file}: each message is answered or dropped at once, within the limit`, () => {
    for (const message of messagesOf(file).flatMap((each) => [each, asQuery(each)])) {
      const start = performance.now()
      const answer = answerTo(message)
      assert.ok(performance.now() - start < workMsMax * 10)
      if (isResponse(message) || message.length < 12) assert.equal(answer.kind, 'drop')
      else assert.ok(answer.kind === 'reply')
      if (answer.kind === 'reply') assert.ok(answer.bytes.length <= Math.max(message.length, 1232))
    }
  })
}

function codesOf(file: string): number[] {
  const queries = messagesOf(file).filter((each) => each.length >= 12 && !isResponse(each))
  return queries.map((bytes) => {
    const answer = answerDns(bytes, view, overUdp)
    assert.ok(answer.kind === 'reply')
    const reply = readReply(answer.bytes)
    return (((reply.additionals[0]?.ttl ?? 0) >>> 24) << 4) | reply.code
  })
}

for (const [file, codes] of [
  ['dns_udp.pcap', [5]],
  ['dns_tcp.pcap', [5]],
  ['dns-badvers.pcap', [16, 5]],
  ['dns-badcookie.pcap', [5, 5]],
  ['zeek-conn-count-too-large.pcap', [1]],
  ['zeek-dns-invalid-names.pcap', [1, 1, 1]],
  ['zeek-dynamic-update.pcap', [5, 5]],
  ['zeek-dns-tsig.pcap', [9]],
  ['zeek-dns-zero-RRs.pcap', [5]],
  ['zeek-dns_original_case.pcap', [5]],
] as const) {
  test(`${file}: its queries get the codes ${codes.join(', ')}`, () => {
    assert.deepEqual(codesOf(file), codes)
  })
}

test('zeek-dns_notify2.pcap: the NOTIFY is refused, and so is the query beside it', () => {
  assert.deepEqual(codesOf('zeek-dns_notify2.pcap'), [5, 5])
})

test('zeek-dns-inverse-query.pcap: every inverse query is not implemented', () => {
  const codes = codesOf('zeek-dns-inverse-query.pcap')
  assert.ok(codes.length > 0)
  assert.deepEqual([...new Set(codes)], [4])
})

test('edns-opts.pcap: every query is understood, with whatever option', () => {
  const codes = codesOf('edns-opts.pcap')
  assert.equal(codes.length, 21)
  assert.deepEqual([...new Set(codes)], [5])
})

for (const file of [
  'dns-zlip-1.pcap',
  'dns-zlip-2.pcap',
  'dns-zlip-3.pcap',
  'dns-badlabel.pcap',
  'dns_fwdptr.pcap',
  'zeek-max-compression-depth.pcap',
  'zeek-dns-edns-bad-length.pcap',
  'zeek-dns-edns-ecs-bad.pcap',
  'zeek-dns-huge-ttl.pcap',
]) {
  test(`${file}: as a query it is a format error, or no query at all`, () => {
    for (const message of messagesOf(file)) {
      const read = readQuery(asQuery(message))
      assert.ok(read.kind === 'malformed' || read.kind === 'other-operation', read.kind)
    }
  })
}

test('zeek-dns_original_case.pcap: the question comes back in its own spelling', () => {
  const [bytes] = messagesOf('zeek-dns_original_case.pcap')
  assert.ok(bytes)
  const answer = answerTo(bytes)
  assert.ok(answer.kind === 'reply')
  assert.deepEqual(readReply(answer.bytes).questions, ['Us.V27.DiStRiBuTeD.NET'])
})

interface NameCase {
  readonly hex: string
  readonly at: number
  readonly expect: string | null
}

function isNameCase(value: unknown): value is NameCase {
  if (typeof value !== 'object' || value === null) return false
  return 'hex' in value && 'at' in value && 'expect' in value && typeof value.hex === 'string'
}

function nameCases(): readonly NameCase[] {
  const file: unknown = JSON.parse(readFileSync(join(folder, 'names.json'), 'utf8'))
  assert.ok(typeof file === 'object' && file !== null && 'names' in file)
  assert.ok(Array.isArray(file.names))
  return file.names.filter(isNameCase)
}

test('names.json: good names are read, bad ones refused; a pointer is refused in any question', () => {
  const cases = nameCases()
  assert.equal(cases.length, 11)
  for (const { hex, at, expect } of cases) {
    const name = Buffer.from(hex, 'hex').subarray(at)
    const head = numbers16(1, 0x0100, 1, 0, 0, 0)
    // A name that is cut short must be the last thing in its message.
    const rest = expect === null ? Buffer.alloc(0) : numbers16(1, 1)
    const read = readQuery(Buffer.concat([head, name, rest]))
    const hasPointer = name.some((byte) => byte >= 0xc0)
    if (expect === null || hasPointer) assert.equal(read.kind, 'malformed', hex)
    else assert.ok(read.kind === 'query' && read.query.name === expect, hex)
  }
})
