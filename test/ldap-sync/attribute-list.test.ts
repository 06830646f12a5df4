// Why this file exists: what is kept in little room must say the same as what was told.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Attributes } from '../../src/ldap-sync/attribute-list.ts'
import { rawEntry } from '../../src/ldap-sync/raw-entry.ts'
import { id } from '../directory/samples.ts'

const name = fc.oneof(fc.constantFrom('cn', 'objectclass', '__proto__', 'toString'), fc.string())
const pairs = fc.array(fc.tuple(name, fc.array(fc.string(), { maxLength: 20 })), { maxLength: 8 })

/** As an entry keeps them. */
function kept(list: readonly (readonly [string, readonly string[]])[]): Attributes {
  return rawEntry(id(1), 'cn=a', new Map(list)).attributes
}

test('a list of attributes says the same as a Map of them, name by name and in order', () => {
  fc.assert(
    fc.property(pairs, name, (list, stranger) => {
      const expected = new Map(list)
      const attributes = kept(list)
      assert.deepEqual([...attributes], [...expected])
      assert.deepEqual([...attributes.values()], [...expected.values()])
      assert.equal(attributes.size, expected.size)
      for (const each of [...expected.keys(), stranger])
        assert.deepEqual(attributes.get(each), expected.get(each))
    }),
  )
})

test('lists of the same values are one list, and a list with other borders is another', () => {
  const classes = ['device', 'ipHost']
  const [first, second] = [kept([['a', classes]]), kept([['a', [...classes]]])]
  assert.equal(first.get('a'), second.get('a'))
  assert.deepEqual(kept([['a', ['b,c', 'd']]]).get('a'), ['b,c', 'd'])
  assert.deepEqual(kept([['a', ['b', 'c,d']]]).get('a'), ['b', 'c,d'])
})
