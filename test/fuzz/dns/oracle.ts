// Why this file exists: whatever was asked, an answer of DNS has a form and a size; this judge reads it with a codec that is
// not the server's.
import assert from 'node:assert/strict'
import { readDnsMessage } from '../../conformance/harness/dns-packet.ts'

const headerBytes = 12
const smallest = 512
/** What we send over UDP at most (HOSTILE 15). */
const udpBytesMax = 1_232
const tcpBytesMax = 65_535
const optType = 41

export function judgeDns(question: Uint8Array, answer: Uint8Array, transport: 'udp' | 'tcp'): void {
  assert.ok(question.length >= headerBytes, 'less than a header was answered')
  assert.ok(((question[2] ?? 0) & 0x80) === 0, 'an answer was answered')
  const reply = readDnsMessage(answer)
  assert.ok(reply.isResponse)
  assert.equal(reply.id, word(question, 0))
  assert.equal(reply.opcode, ((question[2] ?? 0) >>> 3) & 15)
  assert.equal(reply.zero, 0)
  assertSize(question, reply, transport)
  if (reply.questions.length === 0) return assert.equal(answer.length, headerBytes)
  assert.equal(reply.questions.length, 1)
  const end = questionEnd(question)
  const asked = Buffer.from(question.subarray(headerBytes, end))
  assert.ok(asked.equals(Buffer.from(answer.subarray(headerBytes, end))), 'the question as it came')
  if (reply.truncated) assert.equal(transport, 'udp')
}

function assertSize(
  question: Uint8Array,
  { length, edns }: ReturnType<typeof readDnsMessage>,
  transport: 'udp' | 'tcp',
): void {
  if (transport === 'tcp') return assert.ok(length <= tcpBytesMax)
  const told = edns === undefined ? smallest : (sizeTold(question) ?? smallest)
  assert.ok(length <= Math.min(udpBytesMax, Math.max(smallest, told)), `${length} octets`)
}

/** RFC 6891 §6.2.3: what the client takes; `undefined`: it did not say. */
function sizeTold(question: Uint8Array): number | undefined {
  try {
    return readDnsMessage(question).edns?.size ?? undefined
  } catch {
    // The server is milder in what it steps over: then the OPT is looked for from behind.
    const at = Buffer.from(question).lastIndexOf(Buffer.of(0, 0, optType))
    return at < 0 ? undefined : word(question, at + 3)
  }
}

/** Labels, no pointers: a question has nothing before it to point at. */
export function questionEnd(question: Uint8Array): number {
  let at = headerBytes
  while ((question[at] ?? 0) > 0) at += 1 + (question[at] ?? 0)
  return at + 5
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0)
}
