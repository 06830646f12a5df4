// Why this file exists: RFC 1034 §4.3.2: what a server says of its own names, of names that are missing, and of others'.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ask, type TypeName } from '../../dns/message.ts'

const ok = 0
const nxDomain = 3
const refused = 5

for (const [sentence, name, type, code, texts] of [
  ['a name has its address', 'n11.cluster.test', 'A', ok, ['10.77.0.11']],
  ['an alias has the address itself, not a CNAME', 'www.cluster.test', 'A', ok, ['10.77.0.11']],
  ['an alias has no CNAME to show', 'www.cluster.test', 'CNAME', ok, []],
  [
    'a further card has a name below its machine',
    'eth1.n13.cluster.test',
    'A',
    ok,
    ['10.100.7.13'],
  ],
  ['the machine itself keeps its own address', 'n13.cluster.test', 'A', ok, ['10.77.0.13']],
  ['a VCN is found below cluster and VO', 'c21.hpl.physics.cluster.test', 'A', ok, ['10.80.2.21']],
  ['the name server has our addresses', 'ns.cluster.test', 'A', ok, ['10.77.0.1']],
  ['the zone has a name server', 'cluster.test', 'NS', ok, ['ns.cluster.test']],
  ['case does not matter', 'N11.CLUSTER.Test', 'A', ok, ['10.77.0.11']],
  ['a name without that type is no error', 'n11.cluster.test', 'AAAA', ok, []],
  ['a machine without an address exists', 'n12.cluster.test', 'A', ok, []],
  ['the zone itself has no address', 'cluster.test', 'A', ok, []],
  ['a missing name is an error', 'n99.cluster.test', 'A', nxDomain, []],
  ['a name below a machine is missing', 'x.n11.cluster.test', 'A', nxDomain, []],
  ['a name that no host can have is missing', '_ldap._tcp.cluster.test', 'A', nxDomain, []],
  ['a name that only ends like ours is not ours', 'evilcluster.test', 'A', refused, []],
  ['a name of others is refused', 'www.example.org', 'A', refused, []],
  ['the root is not ours', '', 'NS', refused, []],
] as const satisfies readonly (readonly [string, string, TypeName, number, readonly string[]])[]) {
  test(`RFC 1034 §4.3.2: ${sentence}`, () => {
    const reply = ask(name, { type })
    assert.equal(reply.code, code)
    assert.deepEqual(
      reply.answers.map(({ text }) => text),
      texts,
    )
    assert.equal(reply.authoritative, code !== refused, 'AA goes with what is ours')
  })
}

test('RFC 1034 §4.3.2: an answer to another class is refused, even for our names', () => {
  assert.equal(ask('n11.cluster.test', { class: 3 }).code, refused)
})

test('RFC 1034 §4.3.2: an answer has the question’s own type, class, and a short life', () => {
  const [answer] = ask('n11.cluster.test').answers
  assert.deepEqual([answer?.type, answer?.class, answer?.ttl], [1, 1, 30])
})
