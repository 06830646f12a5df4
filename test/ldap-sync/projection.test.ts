// Why this file exists: whatever the tree went through, the directory must have been told what it means now: each entry that
// means something new, each that means nothing any longer, and none as gone that nobody saw.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type EntryId, parseDnsName, parseUuid } from '#directory'
import { type Mapped, mapEntry } from '../../src/ldap-sync/mapping/map.ts'
import { Projection } from '../../src/ldap-sync/projection.ts'
import { rawEntry } from '../../src/ldap-sync/raw-entry.ts'
import { Replica } from '../../src/ldap-sync/sync/replica.ts'
import { known } from './bench.ts'

const domain = known(parseDnsName('cluster.test'))
const ids = Array.from({ length: 8 }, (_, at) => known(parseUuid(`${at}`.padStart(32, '0'))))
const id = fc.constantFrom(...ids)

const place = fc.constantFrom(
  'ou=machines,dc=test',
  'cn=n1,ou=machines,dc=test',
  'cn=n2,ou=machines,dc=test',
  'cn=eth1,cn=n1,ou=machines,dc=test',
  'cn=vo,dc=test',
  'cn=c,cn=vo,dc=test',
  'cn=n1,cn=c,cn=vo,dc=test',
)
const classes = fc.constantFrom(
  ['device', 'ieee802Device'],
  ['device', 'ieee802Device', 'coppiceMachine'],
  ['organizationalUnit'],
  ['coppiceVo'],
  ['coppiceCluster'],
  ['coppiceMachine'],
)
const macs = fc.constantFrom(['52:54:00:00:01:01'], ['52:54:00:00:01:02'], ['nonsense'])
const step = fc.record({
  puts: fc.array(fc.tuple(id, place, classes, macs), { maxLength: 5 }),
  gone: fc.array(id, { maxLength: 2 }),
})

/** What everything in the tree means, asked of each anew. */
function meanings(tree: Replica): Map<EntryId, Mapped> {
  const all = [...tree.entries()].map((raw) => [raw.id, mapEntry(raw, tree, domain)] as const)
  return new Map(all.filter(([, mapped]) => mapped.kind !== 'nothing'))
}

test('after each step, what was told of each entry is what it means, and nobody hears of one as gone twice', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
      const tree = new Replica()
      const projection = new Projection(tree, domain)
      const told = new Map<EntryId, Mapped>()
      for (const { puts, gone } of steps) {
        const raws = puts.map(([each, dn, objectclass, macaddress]) =>
          rawEntry(each, dn, new Map(Object.entries({ objectclass, macaddress }))),
        )
        for (const change of projection.changesOf(tree.apply(raws, new Set(gone)))) {
          if (change.kind === 'gone') assert.ok(told.delete(change.id), 'nobody saw it')
          else if (change.kind === 'refused') {
            told.set(change.item.id, { kind: 'refused', reason: change.item.reason })
          } else {
            const { entry, notes } = change
            told.set(entry.id, { kind: 'entry', entry, notes })
          }
        }
        const all = [...tree.entries()]
        for (const what of ['id', 'key'] as const)
          assert.equal(new Set(all.map((raw) => raw[what])).size, all.length, `each ${what} once`)
        assert.deepEqual(told, meanings(tree))
      }
    }),
    { numRuns: 500 },
  )
})
