// Why this file exists: RFC 1035 §3.5: addresses are names read backwards, in zones that end at whole octets, while
// networks end where they like.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ask, type ReadReply, type TypeName } from '../../dns/message.ts'

const reverseOf = (address: string): string => `${address}.in-addr.arpa`

function kindOf({ code, answers, authorities }: ReadReply): string {
  if (code === 5) return 'refused'
  const [answer] = answers
  if (answer !== undefined) return answer.text
  return `${code === 3 ? 'no name' : 'no data'} in ${authorities[0]?.owner}`
}

for (const [sentence, name, type, expected] of [
  ['/24: an address has its name', '11.0.77.10', 'PTR', 'n11.cluster.test'],
  ['/24: an unused address is missing', '99.0.77.10', 'PTR', 'no name in 0.77.10.in-addr.arpa'],
  ['/24: another type is no error', '11.0.77.10', 'A', 'no data in 0.77.10.in-addr.arpa'],
  ['/24: our own address leads to the name server', '1.0.77.10', 'PTR', 'ns.cluster.test'],
  ['/24: the zone has a name server', '0.77.10', 'NS', 'ns.cluster.test'],
  ['/24: what lies above is not ours', '77.10', 'SOA', 'refused'],
  ['/24: its neighbour is not ours', '11.1.77.10', 'PTR', 'refused'],
  ['/20: the last zone of sixteen', '200.14.80.10', 'PTR', 'n14.cluster.test'],
  ['/20: each zone stands for itself', '9.3.80.10', 'PTR', 'no name in 3.80.10.in-addr.arpa'],
  ['/20: a VCN', '21.2.80.10', 'PTR', 'c21.hpl.physics.cluster.test'],
  ['/20: behind the sixteenth zone', '1.16.80.10', 'PTR', 'refused'],
  ['/20: the /16 around it', '80.10', 'SOA', 'refused'],
  ['/22: its last zone', '15.3.90.10', 'PTR', 'n15.cluster.test'],
  ['/22: behind its last zone', '15.4.90.10', 'PTR', 'refused'],
  ['/16: one zone of two octets', '99.7.100.10', 'PTR', 'no name in 100.10.in-addr.arpa'],
  ['/16: a further card', '13.7.100.10', 'PTR', 'eth1.n13.cluster.test'],
  ['/16: between zone and address is nothing', '7.100.10', 'PTR', 'no data in 100.10.in-addr.arpa'],
  ['/28: an address within', '18.5.168.192', 'PTR', 'n16.cluster.test'],
  ['/28: unused within', '19.5.168.192', 'PTR', 'no name in 5.168.192.in-addr.arpa'],
  ['/28: before and behind it addresses are not ours', '15.5.168.192', 'PTR', 'refused'],
  ['/28: before and behind it addresses are not ours (2)', '32.5.168.192', 'PTR', 'refused'],
  ['no octet', '256.0.77.10', 'PTR', 'no name in 0.77.10.in-addr.arpa'],
  ['a leading zero is another name', '011.0.77.10', 'PTR', 'no name in 0.77.10.in-addr.arpa'],
  ['below an address', 'x.11.0.77.10', 'PTR', 'no name in 0.77.10.in-addr.arpa'],
  ['five octets', '1.11.0.77.10', 'PTR', 'no name in 0.77.10.in-addr.arpa'],
  ['nonsense beside our zones', 'x.77.10', 'PTR', 'refused'],
  ['an alias is no canonical name', '11.0.77.10', 'CNAME', 'no data in 0.77.10.in-addr.arpa'],
] as const satisfies readonly (readonly [string, string, TypeName, string])[]) {
  test(`RFC 1035 §3.5: ${sentence}`, () => {
    assert.equal(kindOf(ask(reverseOf(name), { type })), expected)
  })
}

test('RFC 1035 §3.5: the whole of the reverse tree is not ours', () => {
  assert.equal(ask('in-addr.arpa', { type: 'SOA' }).code, 5)
})
