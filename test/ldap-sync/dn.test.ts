// Why this file exists: a DN compared wrongly loses an entry; a DN built wrongly writes another one.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { hostileText } from '../hostile-text.ts'
import { childDn, dnKey, keyOf, parseDn, textOf } from '../../src/ldap-sync/dn.ts'
import { plainDnKey } from '../../src/ldap-sync/plain-dn.ts'
import { ancestorKeys, parentKey } from '../../src/ldap-sync/keys.ts'

for (const [sentence, one, other] of [
  [
    'in another case',
    'CN=N001,OU=Machines,DC=Cluster,DC=Test',
    'cn=n001,ou=machines,dc=cluster,dc=test',
  ],
  ['with spaces around its parts', 'cn = n001 , ou=machines', 'cn=n001,ou=machines'],
  ['with an escape in hex', String.raw`cn=a\2cb,dc=x`, String.raw`cn=a\,b,dc=x`],
  ['with UTF-8 in hex', String.raw`cn=Lu\C4\8Di\C4\87`, 'cn=Lučić'],
  ['with its RDN in another order', 'cn=a+sn=b,dc=x', 'sn=b+cn=a,dc=x'],
  ['with an escaped blank at the end', 'cn=a\\ ,dc=x', 'cn=a,dc=x'],
] as const) {
  test(`RFC 4514: a DN ${sentence} is the same DN`, () => {
    assert.equal(dnKey(one), dnKey(other))
  })
}

for (const text of ['no dn', 'cn', '=x', 'cn=a,,dc=b', 'cn=a\\', 'cn=a,', ',', 'c n=a']) {
  test(`RFC 4514: ${JSON.stringify(text)} is no DN`, () => {
    assert.equal(parseDn(text), undefined)
  })
}

for (const value of [' ', '  ', 'a ', '\\ ', ', ', ' \\', '# ']) {
  test(`the value ${JSON.stringify(value)} keeps its last blank`, () => {
    const dn = parseDn(childDn('cn', value, 'ou=machines,dc=test'))
    assert.equal(dn?.[0]?.pairs[0]?.value, value)
  })
}

test('no value changes the structure of a DN', () => {
  fc.assert(
    fc.property(hostileText, (value) => {
      const dn = parseDn(childDn('cn', value, 'ou=machines,dc=test'))
      assert.equal(dn?.length, 3)
      assert.equal(dn[0]?.pairs.length, 1)
      assert.equal(dn[0]?.pairs[0]?.value, value)
    }),
    { numRuns: 1000 },
  )
})

test('a key has as many ancestors as its DN has parts above, whatever the names hold', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 5 }), (values) => {
      const text = values.reduce((parent, value) => childDn('cn', value, parent), 'dc=test')
      const keys = [...ancestorKeys(dnKey(text))]
      assert.equal(keys.length, values.length)
      assert.equal(parentKey(dnKey(text)), keys[0])
      const [, ...above] = parseDn(text) ?? []
      assert.equal(keys[0], dnKey(textOf(above)))
    }),
  )
})

test('a plain DN has the key that reading it in full gives, and no other DN is taken for one', () => {
  const piece = fc.constantFrom(...'aBz09 .:_-=,+\\#"<>;ü\0\n'.split(''), 'cn=', ',DC=', 'x1')
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = `cn=a${pieces.join('')}`
      const key = plainDnKey(text)
      const dn = parseDn(text)
      if (key !== undefined) assert.equal(key, dn && keyOf(dn))
    }),
    { numRuns: 3_000 },
  )
  assert.equal(plainDnKey('CN=Ada L.,ou=People,dc=a-b'), 'cn=ada l.,ou=people,dc=a-b')
  for (const text of [
    '',
    'cn=',
    'cn=a ',
    'cn= a',
    'cn=a  b',
    'cn=a+uid=b',
    `cn=${'a'.repeat(5_000)}`,
  ])
    assert.equal(plainDnKey(text), undefined)
})
