// Why this file exists: a card sent beside its machine may be looked at before there is a machine; levels keep such
// orders apart and let all others go together.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { DirectoryOrder } from '#ldap-sync'
import { dnKey } from '../../src/ldap-sync/dn.ts'
import { inLevels } from '../../src/ldap-sync/write/levels.ts'

const add = (dn: string): DirectoryOrder => ({ kind: 'add', dn, attributes: [] })
const remove = (dn: string): DirectoryOrder => ({ kind: 'delete', dn })

for (const [sentence, orders, levels] of [
  ['nothing has no level', [], []],
  ['strangers go together', [add('cn=a,dc=x'), add('cn=b,dc=x')], [[0, 1]]],
  ['a child goes after its parent', [add('cn=a,dc=x'), add('cn=c,cn=A,dc=x')], [[0], [1]]],
  ['a parent is removed after its child', [remove('cn=c,cn=a'), remove('cn=a')], [[0], [1]]],
  [
    'two machines and two cards are two levels',
    [add('cn=a'), add('cn=e,cn=a'), add('cn=b'), add('cn=e,cn=b')],
    [
      [0, 2],
      [1, 3],
    ],
  ],
  ['what is removed and added again keeps its order', [remove('cn=a'), add('cn=A')], [[0], [1]]],
] as const) {
  test(sentence, () => {
    assert.deepEqual(inLevels(orders), levels)
  })
}

test('orders that touch each other keep their order, and none is lost', () => {
  const rdn = fc.constantFrom('cn=a', 'cn=b', 'cn=c')
  const order = fc.array(rdn, { minLength: 1, maxLength: 4 }).map((rdns) => add(rdns.join(',')))
  fc.assert(
    fc.property(fc.array(order, { maxLength: 40 }), (orders) => {
      const levels = inLevels(orders)
      const levelOf = new Map(levels.flatMap((places, at) => places.map((place) => [place, at])))
      assert.equal(levelOf.size, orders.length)
      const touches = (one: string, other: string): boolean =>
        one === other || one.endsWith(`,${other}`) || other.endsWith(`,${one}`)
      for (const [later, { dn }] of orders.entries()) {
        for (const [earlier, before] of orders.slice(0, later).entries()) {
          if (!touches(dnKey(dn), dnKey(before.dn))) continue
          assert.ok(Number(levelOf.get(earlier)) < Number(levelOf.get(later)))
        }
      }
    }),
  )
})
