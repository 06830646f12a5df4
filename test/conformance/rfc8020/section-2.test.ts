// Why this file exists: RFC 8020 §2: NXDOMAIN says that nothing lies below either, so a name with names below it
// must never get one.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ask } from '../../dns/message.ts'

for (const name of ['hpl.physics.cluster.test', 'physics.cluster.test', '7.100.10.in-addr.arpa']) {
  test(`RFC 8020 §2: ${name} has names below it, so it exists without data`, () => {
    const reply = ask(name)
    assert.equal(reply.code, 0)
    assert.deepEqual(reply.answers, [])
    assert.equal(reply.authorities.length, 1)
  })
}

test('RFC 8020 §2: a name below which nothing stands does not exist', () => {
  assert.equal(ask('chemistry.cluster.test').code, 3)
  assert.equal(ask('other.physics.cluster.test').code, 3)
})
