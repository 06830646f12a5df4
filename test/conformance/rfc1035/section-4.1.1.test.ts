// Why this file exists: RFC 1035 §4.1.1: the header of an answer, bit by bit.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answerTo, ask, overUdp, query, readReply, replyTo } from '../../dns/message.ts'

test('RFC 1035 §4.1.1: id, opcode and RD are copied, QR is set', () => {
  for (const recursionDesired of [true, false]) {
    const flags = recursionDesired ? 0x0100 : 0
    const reply = ask('n11.cluster.test', { id: 0xbeef, flags })
    assert.equal(reply.id, 0xbeef)
    assert.equal(reply.isResponse, true)
    assert.equal(reply.recursionDesired, recursionDesired)
  }
})

test('RFC 1035 §4.1.1: bits that a client sets beyond its right are not copied', () => {
  const bytes = query('n11.cluster.test', { flags: 0x07f0 })
  const reply = replyTo(bytes)
  assert.equal(reply.recursionAvailable, false)
  assert.equal(reply.truncated, false)
  assert.equal(reply.code, 0)
})

test('RFC 1035 §4.1.1: RA tells whether there is a forwarder', () => {
  const bytes = query('n11.cluster.test')
  assert.equal(replyTo(bytes).recursionAvailable, false)
  assert.equal(replyTo(bytes, { ...overUdp, forwards: true }).recursionAvailable, true)
})

for (const [opcode, operation] of [
  [1, 'IQUERY'],
  [2, 'STATUS'],
  [3, 'what was never assigned'],
  [6, 'DSO'],
  [15, 'what nobody knows'],
] as const) {
  test(`RFC 1035 §4.1.1: ${operation} is not implemented, and the answer says of what`, () => {
    const reply = ask('n11.cluster.test', { flags: opcode << 11 })
    assert.equal(reply.code, 4)
    assert.equal(reply.opcode, opcode)
  })
}

for (const [opcode, operation] of [
  [4, 'RFC 1996 §3.10: NOTIFY'],
  [5, 'RFC 2136 §3.3: UPDATE'],
] as const) {
  for (const transport of ['udp', 'tcp'] as const) {
    test(`HOSTILE 16: ${operation} by a stranger is refused in twelve octets over ${transport}`, () => {
      const bytes = query('cluster.test', { type: 'SOA', flags: opcode << 11 })
      const answer = answerTo(bytes, { transport, forwards: true })
      assert.ok(answer.kind === 'reply')
      assert.equal(answer.bytes.length, 12)
      const { id, code, opcode: same } = readReply(answer.bytes)
      assert.deepEqual([id, code, same], [0x1234, 5, opcode])
    })
  }
}

test('the question comes back letter by letter (0x20), and the answer’s owner with it', () => {
  const spelling = 'N11.cLuStEr.TEST'
  const reply = ask(spelling)
  assert.deepEqual(reply.questions, [spelling])
  assert.equal(reply.answers[0]?.owner, spelling)
})
