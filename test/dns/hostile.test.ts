// Why this file exists: what strangers send to port 53 to make a server loop, allocate, leak or shout at somebody
// else (HOSTILE 12 to 16).
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  answerDns,
  createFrequency,
  strangerAnswersPerSecondMax,
  strangersMax,
  readQuery,
} from '#dns'
import {
  answerTo,
  ask,
  nameOf,
  numbers16,
  overUdp,
  query,
  readReply,
  replyTo,
  type TypeName,
  types,
} from './message.ts'
import { view } from './zone-sample.ts'

const formErr = 1
const header = (...counts: readonly [number, number, number, number]): Buffer =>
  numbers16(7, 0x0100, ...counts)
const oneQuestion = header(1, 0, 0, 0)
const aIn = numbers16(types.A, 1)
const bytesOf = (...values: readonly number[]): Buffer => Buffer.from(values)

for (const [sentence, name] of [
  ['HOSTILE 12: a pointer to itself', bytesOf(0xc0, 12)],
  ['HOSTILE 12: a pointer to the pointer behind it', bytesOf(0xc0, 14, 0xc0, 12)],
  ['HOSTILE 12: a pointer forward', bytesOf(0xc0, 40)],
  ['HOSTILE 12: a pointer into the header', bytesOf(0xc0, 0)],
  [
    'HOSTILE 12: a pointer behind a label',
    Buffer.concat([nameOf('a').subarray(0, 2), bytesOf(0xc0, 12)]),
  ],
  [
    'HOSTILE 12: a deep chain',
    Buffer.concat(Array.from({ length: 120 }, (_, at) => bytesOf(0xc0, 14 + 2 * at))),
  ],
  ['HOSTILE 12: a label type that nobody uses', bytesOf(0x41, 1, 0)],
  ['a name of 256 bytes', nameOf([63, 63, 63, 62].map((length) => 'a'.repeat(length)).join('.'))],
  ['a label that runs out of the message', bytesOf(63, 97)],
] as const) {
  test(`${sentence} is a format error`, () => {
    assert.equal(replyTo(Buffer.concat([oneQuestion, name, aIn])).code, formErr)
  })
}

for (const [sentence, bytes] of [
  ['HOSTILE 13: 65,535 of everything in twelve bytes', header(65_535, 65_535, 65_535, 65_535)],
  [
    'HOSTILE 13: a question and 65,535 additionals',
    Buffer.concat([header(1, 0, 0, 65_535), nameOf('a'), aIn]),
  ],
  [
    'HOSTILE 13: a question and 65,535 authorities',
    Buffer.concat([header(1, 0, 65_535, 1), nameOf('a'), aIn]),
  ],
  [
    'HOSTILE 13: one more record than there is',
    Buffer.concat([header(1, 0, 0, 1), nameOf('a'), aIn]),
  ],
  [
    'HOSTILE 13: record data of 65,535 bytes that are not there',
    Buffer.concat([
      header(1, 0, 0, 1),
      nameOf('a'),
      aIn,
      nameOf(''),
      numbers16(99, 1, 0, 0, 65_535),
    ]),
  ],
  ['no question', header(0, 0, 0, 0)],
  ['two questions', Buffer.concat([header(2, 0, 0, 0), nameOf('a'), aIn, nameOf('b'), aIn])],
  ['a question with an answer', Buffer.concat([header(1, 1, 0, 0), nameOf('a'), aIn])],
  ['a question without type and class', Buffer.concat([oneQuestion, nameOf('a')])],
] as const) {
  test(`${sentence} is a format error, answered in twelve bytes`, () => {
    const answer = answerTo(bytes)
    assert.ok(answer.kind === 'reply')
    assert.equal(answer.why, 'malformed')
    assert.equal(answer.bytes.length, 12)
    const reply = readReply(answer.bytes)
    assert.deepEqual([reply.id, reply.code, reply.recursionDesired], [7, formErr, true])
  })
}

for (const [sentence, label, text] of [
  ['control bytes', 'a\n\0b', 'a\\010\\000b'],
  ['a dot within a label', 'n11.cluster', 'n11\\046cluster'],
  ['a backslash', '\\046', '\\092046'],
  ['bytes beyond ASCII', 'é', '\\233'],
  ['a space', 'a b', 'a\\032b'],
] as const) {
  test(`HOSTILE 14: ${sentence}: bytes inside, \\DDD outside`, () => {
    const name = Buffer.concat([
      Buffer.of(label.length),
      Buffer.from(label, 'latin1'),
      nameOf('test'),
    ])
    const read = readQuery(Buffer.concat([oneQuestion, name, aIn]))
    assert.ok(read.kind === 'query')
    assert.equal(read.query.name, `${text}.test`)
  })
}

test('HOSTILE 14: a label with a dot in it is not mistaken for a name of ours', () => {
  const name = Buffer.concat([Buffer.of(16), Buffer.from('n11.cluster.test'), Buffer.of(0)])
  assert.equal(replyTo(Buffer.concat([oneQuestion, name, aIn])).code, 5)
})

test('HOSTILE 15: ANY gets no list of everything', () => {
  const answer = answerTo(query('cluster.test', { type: 'ANY' }))
  assert.ok(answer.kind === 'reply')
  assert.ok(answer.bytes.length <= 64)
})

test('HOSTILE 15: whoever asks too often gets no more bytes than it sent, and TC', () => {
  const asked = query('cluster.test', { type: 'SOA', edns: { size: 4096 } })
  const answer = answerDns(asked, view, { ...overUdp, tooOften: true })
  assert.ok(answer.kind === 'reply')
  assert.equal(answer.why, 'asked too often')
  assert.ok(answer.bytes.length <= asked.length)
  assert.equal(readReply(answer.bytes).truncated, true)
})

test('HOSTILE 15: a stranger and its neighbours share one allowance, which a new second renews', () => {
  const frequency = createFrequency()
  const tooOften = Array.from({ length: strangerAnswersPerSecondMax + 3 }, (_, at) =>
    frequency.isTooOften(0xcb007100 + (at % 256), 5_000),
  )
  assert.deepEqual(tooOften.filter(Boolean).length, 3)
  assert.equal(frequency.isTooOften(0xcb007200, 5_000), false, 'others are not concerned')
  assert.equal(frequency.isTooOften(0xcb007101, 6_000), false)
})

test('HOSTILE 15: a second of forged sources fills a table of known size, and no more', () => {
  const frequency = createFrequency()
  const answered = Array.from({ length: strangersMax + 500 }, (_, at) =>
    frequency.isTooOften(at * 256, 0),
  ).filter((tooOften) => !tooOften)
  assert.equal(answered.length, strangersMax)
})

test('HOSTILE 16: a response is not answered, however well it looks', () => {
  for (const flags of [0x8000, 0x8180, 0xa800])
    assert.deepEqual(answerTo(query('n11.cluster.test', { flags })), {
      kind: 'drop',
      why: 'not a query',
    })
})

for (const type of ['AXFR', 'IXFR'] as const satisfies readonly TypeName[]) {
  for (const transport of ['udp', 'tcp'] as const) {
    test(`HOSTILE 16: ${type} by a stranger is refused over ${transport}, and shows no record`, () => {
      const reply = replyTo(query('cluster.test', { type }), { transport, forwards: true })
      assert.equal(reply.code, 5)
      assert.deepEqual([...reply.answers, ...reply.authorities], [])
    })
  }
}

test('fewer bytes than a header are dropped', () => {
  for (let length = 0; length < 12; length += 1)
    assert.equal(answerTo(query('n11.cluster.test').subarray(0, length)).kind, 'drop')
})

test('RFC 8945 §5.2: a query signed with a key is NOTAUTH, for we hold none', () => {
  const tsig = Buffer.concat([nameOf('key'), numbers16(250, 255, 0, 0, 0)])
  const asked = Buffer.concat([header(1, 0, 0, 1), nameOf('n11.cluster.test'), aIn, tsig])
  assert.equal(replyTo(asked).code, 9)
})

test('an additional record whose name is a pointer is stepped over, wherever it points', () => {
  const extra = Buffer.concat([bytesOf(0xff, 0xff), numbers16(99, 1, 0, 0, 0)])
  const asked = Buffer.concat([header(1, 0, 0, 1), nameOf('n11.cluster.test'), aIn, extra])
  assert.equal(replyTo(asked).answers.length, 1)
})

test('a class of others is refused even where there is a forwarder', () => {
  const asked = query('version.bind', { type: 'TXT', class: 3 })
  assert.equal(replyTo(asked, { transport: 'udp', forwards: true }).code, 5)
})

test('a question without RD is never forwarded', () => {
  const asked = query('www.example.org', { flags: 0 })
  assert.equal(replyTo(asked, { transport: 'udp', forwards: true }).code, 5)
  assert.equal(ask('www.example.org').code, 5)
})
