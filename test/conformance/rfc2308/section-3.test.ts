// Why this file exists: RFC 2308 §3 and §5: "no" may be remembered only as long as the SOA beside it says.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { negativeSeconds } from '#dns'
import { ask, type TypeName, types } from '../../dns/message.ts'
import { serial } from '../../dns/zone-sample.ts'

for (const [what, name, type, zone] of [
  ['a missing name', 'n99.cluster.test', 'A', 'cluster.test'],
  ['a missing type', 'n11.cluster.test', 'AAAA', 'cluster.test'],
  ['an empty non-terminal', 'physics.cluster.test', 'A', 'cluster.test'],
  ['a missing address', '99.0.77.10.in-addr.arpa', 'PTR', '0.77.10.in-addr.arpa'],
] as const satisfies readonly (readonly [string, string, TypeName, string])[]) {
  test(`RFC 2308 §3: the answer about ${what} carries the SOA of its zone`, () => {
    const { answers, authorities } = ask(name, { type })
    assert.deepEqual(answers, [])
    assert.deepEqual(
      authorities.map((each) => [each.owner, each.type]),
      [[zone, types.SOA]],
    )
  })
}

test('RFC 2308 §3: the SOA’s own TTL in a negative answer is no longer than its minimum', () => {
  const [soa] = ask('n99.cluster.test').authorities
  const minimum = Number(soa?.text.split(' ').at(-1))
  assert.equal(soa?.ttl, minimum)
  assert.equal(minimum, negativeSeconds)
})

test('RFC 2308 §5: a name that was just added is found within seconds, so the minimum is short', () => {
  assert.ok(negativeSeconds <= 30)
})

test('the SOA names the server, a person and the serial of the view', () => {
  const [soa] = ask('cluster.test', { type: 'SOA' }).answers
  assert.ok(soa)
  const [server, person, number] = soa.text.split(' ')
  assert.deepEqual([server, person], ['ns.cluster.test', 'hostmaster.cluster.test'])
  assert.equal(Number(number), serial)
})

test('RFC 2308 §2: a positive answer carries no SOA', () => {
  assert.deepEqual(ask('n11.cluster.test').authorities, [])
})
