// Why this file exists: RFC 8482 §4.2: ANY is asked by those who want a large answer sent to somebody else.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ask, types } from '../../dns/message.ts'

for (const name of ['n11.cluster.test', 'cluster.test', '11.0.77.10.in-addr.arpa']) {
  test(`RFC 8482 §4.2: ANY for ${name} gets one small HINFO that names the document`, () => {
    const [answer, ...more] = ask(name, { type: 'ANY' }).answers
    assert.deepEqual(more, [])
    assert.equal(answer?.type, types.HINFO)
    assert.deepEqual(answer.data, Buffer.from('\u0007RFC8482\0', 'latin1'))
  })
}

test('RFC 8482 §4.2: the answer lives long, so that ANY need not come again soon', () => {
  assert.ok((ask('n11.cluster.test', { type: 'ANY' }).answers[0]?.ttl ?? 0) >= 600)
})

test('RFC 8482 §4: a name without records, and a missing one, say so to ANY as to others', () => {
  assert.deepEqual(ask('physics.cluster.test', { type: 'ANY' }).answers, [])
  assert.equal(ask('physics.cluster.test', { type: 'ANY' }).code, 0)
  assert.equal(ask('n99.cluster.test', { type: 'ANY' }).code, 3)
})
