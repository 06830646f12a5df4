// Why this file exists: what a machine is called must follow from its entry alone, whatever order a server tells the
// values in; and a name of another domain must never become one of ours.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDnsName } from '#directory'
import fc from 'fast-check'
import { childDn } from '../../src/ldap-sync/dn.ts'
import { namingOf } from '../../src/ldap-sync/mapping/naming.ts'
import { hostileText } from '../hostile-text.ts'
import { known } from './bench.ts'

const domain = known(parseDnsName('cluster.test'))

for (const [sentence, rdn, values, names] of [
  ['the RDN names it, the rest are aliases', 'cn=n1', ['www', 'n1'], ['n1', 'www']],
  ['our domain may be written out', 'cn=n1.Cluster.Test', ['n1.cluster.test', 'n1'], ['n1']],
  ['and ended by a dot', 'cn=n1', ['n1', 'www.cluster.test.'], ['n1', 'www']],
  ['a name elsewhere beside a short one is left out', 'cn=n1', ['n1', 'n1.other.org'], ['n1']],
  ['even in the RDN', 'cn=n1.other.org', ['n1.other.org', 'www', 'n1'], ['n1', 'www']],
  ['alone, a dotted name is all that there is', 'cn=n1.rack2', ['n1.rack2'], ['n1.rack2']],
  [
    'dotted aliases of another host part stay',
    'cn=n1',
    ['n1', 'www.physics'],
    ['n1', 'www.physics'],
  ],
  ['an address names nobody', 'ipHostNumber=10.0.0.1', ['n1', '10.0.0.1'], ['n1']],
  ['nor does a MAC', 'macAddress=52-54-00-00-00-01', ['525400000001', 'n1'], ['n1']],
  ['nor does a serial number', 'serialNumber=ABC123', ['n1'], ['n1']],
  ['nor does a sentence', 'cn=The big one', ['The big one', 'n1'], ['n1']],
  ['nor our domain itself', 'cn=cluster.test', ['cluster.test'], []],
  ['nor an absolute name elsewhere', 'cn=n1.other.org.', ['n1.other.org.'], []],
  [
    'several values in the RDN: cn counts',
    'ipHostNumber=10.0.0.1+cn=n1',
    ['n1', 'n0'],
    ['n1', 'n0'],
  ],
  ['uid names too', 'uid=ws1', ['Workstation 1'], ['ws1']],
  ['types have other names', '2.5.4.3=n1', ['n1'], ['n1']],
  [
    'what is not in the RDN is taken by the alphabet',
    'l=here',
    ['c.d', 'b', 'a'],
    ['a', 'b', 'c.d'],
  ],
  ['escapes in a DN are read', 'cn=n\\31', ['n1'], ['n1']],
] as const) {
  test(`names of an entry: ${sentence}`, () => {
    const { name, aliases } = namingOf(`${rdn},ou=Räume\\, alt,dc=test`, values, domain)
    assert.equal(name, names[0])
    assert.deepEqual(new Set(aliases), new Set(names.slice(1)))
  })
}

test('the names of an entry do not depend on the order in which its values come', () => {
  const some = fc.constantFrom(
    'n1',
    'n2',
    'n1.other.org',
    'n1.cluster.test',
    'A b',
    'x.y',
    '10.0.0.1',
  )
  fc.assert(
    fc.property(fc.uniqueArray(some, { minLength: 1 }), fc.boolean(), (values, isNamed) => {
      const dn = isNamed ? childDn('cn', values[0] ?? '', 'dc=test') : 'l=x,dc=test'
      const once = namingOf(dn, values, domain)
      const again = namingOf(dn, values.toReversed(), domain)
      assert.equal(again.name, once.name)
      assert.deepEqual(again.aliases.toSorted(), once.aliases.toSorted())
      assert.equal(again.leftOut.length, once.leftOut.length)
    }),
  )
})

test('whatever the values hold, names are host names and the rest is told in plain text', () => {
  fc.assert(
    fc.property(hostileText, fc.array(hostileText), (rdn, values) => {
      const { name, aliases, leftOut } = namingOf(childDn('cn', rdn, 'dc=test'), values, domain)
      for (const one of name === undefined ? aliases : [name, ...aliases]) {
        assert.equal(parseDnsName(one), one)
      }
      assert.doesNotMatch(leftOut.join(''), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
    }),
  )
})

test('a single name that stands in the RDN as well is read as it is among others, however the RDN is spelt', () => {
  const unit = fc.constantFrom('n', 'g', 'a', '1', '0', 'F', 'Z', '-', '.', '_')
  const text = fc.oneof(
    fc.string({ unit, minLength: 1, maxLength: 20 }),
    fc.constantFrom('525400000001', '52-54-0-0-0-1', '10.0.0.1', 'rack', 'n1.rack', 'n1.rack.'),
  )
  for (const zone of ['cluster.test', 'rack']) {
    const here = known(parseDnsName(zone))
    fc.assert(
      fc.property(text, (name) => {
        const once = namingOf(`cn=${name},dc=test`, [name], here)
        assert.deepEqual(once, namingOf(`CN = ${name}, dc=test`, [name, name], here))
      }),
      { numRuns: 500 },
    )
  }
})
