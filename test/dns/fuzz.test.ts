// Why this file exists: port 53 hears anything; whatever it hears, an answer is given or not, but nothing breaks, and
// the same question to the same directory gives the same bytes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type AnswerOptions, answerDns } from '#dns'
import { query, readReply, type TypeName, types } from './message.ts'
import { view } from './zone-sample.ts'

const names = [
  'n11.cluster.test',
  'www.cluster.test',
  'hpl.physics.cluster.test',
  'cluster.test',
  'n99.cluster.test',
  'www.example.org',
  '11.0.77.10.in-addr.arpa',
  '',
]
const typeNames: readonly TypeName[] = ['A', 'AAAA', 'PTR', 'SOA', 'NS', 'ANY', 'AXFR', 'TXT']

const validQuery = fc
  .record({
    name: fc.constantFrom(...names),
    type: fc.constantFrom(...typeNames),
    id: fc.nat(65_535),
    size: fc.option(fc.nat(65_535), { nil: undefined }),
  })
  .map(({ name, type, id, size }) =>
    query(name, { type, id, ...(size === undefined ? {} : { edns: { size } }) }),
  )

const change = fc.record({ at: fc.nat(80), to: fc.nat(255) })
const mutated = fc
  .tuple(
    validQuery,
    fc.array(change, { maxLength: 8 }),
    fc.nat(80),
    fc.uint8Array({ maxLength: 40 }),
  )
  .map(([bytes, changes, keep, tail]) => {
    const copy = Buffer.from(bytes)
    for (const { at, to } of changes) copy[at % copy.length] = to
    return Buffer.concat([copy.subarray(0, copy.length - (keep % 20)), tail])
  })

const optionsOf: fc.Arbitrary<AnswerOptions> = fc.record({
  transport: fc.constantFrom('udp', 'tcp'),
  forwards: fc.boolean(),
  tooOften: fc.boolean(),
})

function checkAnswer(bytes: Uint8Array, options: AnswerOptions): void {
  const before = Uint8Array.from(bytes)
  const answer = answerDns(bytes, view, options)
  assert.deepEqual(answerDns(bytes, view, options), answer, 'replay gives the same')
  assert.deepEqual(Uint8Array.from(bytes), before, 'the question is left as it was')
  if (answer.kind !== 'reply') return
  const reply = readReply(answer.bytes)
  assert.equal(reply.isResponse, true)
  assert.equal(reply.id, Buffer.from(bytes).readUInt16BE(0))
  if (options.transport === 'udp') assert.ok(answer.bytes.length <= 1232)
}

test('random bytes never throw, and what is answered is a whole message within the limit', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), optionsOf, checkAnswer))
})

test('damaged queries never throw, and what is answered is a whole message within the limit', () => {
  fc.assert(fc.property(mutated, optionsOf, checkAnswer), { numRuns: 1_000 })
})

test('a whole query is always understood, and its id and question come back', () => {
  fc.assert(
    fc.property(validQuery, (bytes) => {
      const answer = answerDns(bytes, view, { transport: 'udp', forwards: false })
      assert.ok(answer.kind === 'reply')
      assert.notEqual(answer.why, 'malformed')
      const end = bytes.indexOf(0, 12) + 5
      assert.deepEqual(Buffer.from(answer.bytes.subarray(12, end)), bytes.subarray(12, end))
    }),
  )
})

test('every type, known or not, gets a NOERROR for a name that exists, or a refusal that is meant', () => {
  const refused: ReadonlySet<number> = new Set([types.AXFR, types.IXFR])
  for (let type = 0; type <= 65_535; type += type < 300 ? 1 : 97) {
    const bytes = query('n11.cluster.test')
    bytes.writeUInt16BE(type, bytes.length - 4)
    const answer = answerDns(bytes, view, { transport: 'udp', forwards: false })
    assert.ok(answer.kind === 'reply')
    assert.equal((answer.bytes[3] ?? 0) & 15, refused.has(type) ? 5 : 0, `type ${type}`)
  }
})
