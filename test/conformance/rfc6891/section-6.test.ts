// Why this file exists: RFC 6891 §6: EDNS is what lets a client take more than 512 bytes, and what an attacker bends.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ZoneView } from '#dns'
import { answerDns, udpBytesMax } from '#dns'
import { ip } from '../../directory/samples.ts'
import {
  ask,
  nameOf,
  numbers16,
  opt,
  overUdp,
  query,
  readReply,
  replyTo,
  types,
} from '../../dns/message.ts'
import { view } from '../../dns/zone-sample.ts'

const edns = { size: 4096 }
const formErr = 1

test('RFC 6891 §6.1.1: an OPT is answered with one OPT, and none with none', () => {
  const withOpt = ask('n11.cluster.test', { edns }).additionals
  assert.deepEqual(
    withOpt.map(({ type, owner }) => [type, owner]),
    [[types.OPT, '']],
  )
  assert.deepEqual(ask('n11.cluster.test').additionals, [])
})

test('RFC 6891 §6.1.1: errors and refusals carry the OPT, too', () => {
  for (const name of ['n99.cluster.test', 'www.example.org'])
    assert.equal(ask(name, { edns }).additionals.length, 1)
})

test('RFC 6891 §6.1.3: an unknown version is BADVERS, and the answer says ours is 0', () => {
  const reply = ask('n11.cluster.test', { edns: { size: 1232, version: 1 } })
  const ttl = reply.additionals[0]?.ttl ?? 0
  assert.equal(((ttl >>> 24) << 4) | reply.code, 16)
  assert.equal((ttl >>> 16) & 255, 0)
  assert.deepEqual(reply.answers, [])
})

test('RFC 3225 §3: the DO bit comes back as it was sent', () => {
  for (const dnssecOk of [true, false]) {
    const [answer] = ask('n11.cluster.test', { edns: { size: 1232, dnssecOk } }).additionals
    assert.equal(((answer?.ttl ?? 0) & 0x8000) !== 0, dnssecOk)
  }
})

/** A name server with so many addresses that no datagram holds them: 16 bytes for each. */
const large: ZoneView = {
  ...view,
  applianceAddresses: Array.from({ length: 200 }, (_, index) => ip(`10.77.0.${index + 1}`)),
}

for (const [sentence, size, most] of [
  ['RFC 1035 §4.2.1: without EDNS 512 bytes are the limit', undefined, 512],
  ['RFC 6891 §6.2.3: a size below 512 means 512', 100, 512],
  ['RFC 6891 §6.2.3: the client’s size is kept', 700, 700],
  ['HOSTILE 15: a larger one than 1232 is lowered to it', 65_535, udpBytesMax],
] as const) {
  test(`${sentence}, and TC tells that the answer was cut`, () => {
    const asked = query('ns.cluster.test', size === undefined ? {} : { edns: { size } })
    const answer = answerDns(asked, large, overUdp)
    assert.ok(answer.kind === 'reply')
    assert.ok(answer.bytes.length <= most, `${answer.bytes.length} bytes`)
    assert.ok(answer.bytes.length > most - 16, 'what fits is there')
    assert.equal(readReply(answer.bytes).truncated, true)
  })
}

test('RFC 7766 §5: over TCP the same answer comes whole', () => {
  const answer = answerDns(query('ns.cluster.test'), large, { transport: 'tcp', forwards: false })
  assert.ok(answer.kind === 'reply')
  const reply = readReply(answer.bytes)
  assert.equal(reply.truncated, false)
  assert.equal(reply.answers.length, 200)
})

const question = [nameOf('n11.cluster.test'), numbers16(types.A, 1)]
const withAdditionals = (...records: readonly Uint8Array[]): Buffer =>
  Buffer.concat([numbers16(1, 0x0100, 1, 0, 0, records.length), ...question, ...records])

for (const [sentence, bytes] of [
  ['RFC 6891 §6.1.1: a second OPT is a format error', withAdditionals(opt(edns), opt(edns))],
  [
    'RFC 6891 §6.1.2: an OPT with a name is a format error',
    withAdditionals(Buffer.concat([nameOf('x'), opt(edns).subarray(1)])),
  ],
  [
    'RFC 6891 §6.1.2: an option that is longer than its record is a format error',
    withAdditionals(opt(edns, numbers16(10, 9, 0, 0))),
  ],
  [
    'RFC 6891 §6.1.2: half an option is a format error',
    withAdditionals(opt(edns, Buffer.of(0, 10, 0))),
  ],
] as const) {
  test(sentence, () => {
    assert.equal(replyTo(bytes).code, formErr)
  })
}

test('RFC 6891 §6.1.2: options that we do not know are ignored', () => {
  const reply = replyTo(withAdditionals(opt(edns, numbers16(65_001, 4, 1, 2))))
  assert.equal(reply.code, 0)
  assert.equal(reply.answers.length, 1)
  assert.equal(reply.additionals[0]?.data.length, 0)
})
