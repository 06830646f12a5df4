// Why this file exists: an entry is one flat text from its arrival on; whoever asks must be told what was told to us.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseUuid } from '#directory'
import fc from 'fast-check'
import { dnKey } from '../../src/ldap-sync/dn.ts'
import { hasId, hasKey } from '../../src/ldap-sync/packed-entry.ts'
import { RawEntry, rawEntry } from '../../src/ldap-sync/raw-entry.ts'
import { known } from './bench.ts'

const id = fc.stringMatching(/^[0-9a-f]{32}$/).map((digits) => known(parseUuid(digits)))
const label = fc.oneof(fc.constantFrom('n1', 'N1', 'a  b', 'ü', 'a\\,b'), fc.string())
const dn = fc.array(label, { maxLength: 4 }).map((labels) => labels.map((l) => `CN=${l}`).join())
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.integer({ min: 120, max: 140 }).map((length) => 'x'.repeat(length)),
  fc.constant('long '.repeat(5_000)),
)
const name = fc.oneof(fc.constantFrom('cn', 'objectclass', '__proto__', 'toString'), fc.string())
const pairs = fc.array(fc.tuple(name, fc.array(text, { maxLength: 20 })), { maxLength: 8 })

test('what was packed is read again: id, DN, key, and each attribute by its name and in its order', () => {
  fc.assert(
    fc.property(id, dn, pairs, name, (ownId, ownDn, list, stranger) => {
      const expected = new Map(list)
      const { packed } = rawEntry(ownId, ownDn, new Map(list))
      const read = new RawEntry(packed)
      assert.deepEqual([read.id, read.dn, read.key], [ownId, ownDn, dnKey(ownDn)])
      assert.deepEqual([...read.attributes], [...expected])
      assert.deepEqual([...read.attributes.values()], [...expected.values()])
      assert.equal(read.attributes.size, expected.size)
      for (const each of [...expected.keys(), stranger])
        assert.deepEqual(read.attributes.get(each), expected.get(each))
    }),
    { numRuns: 300 },
  )
})

test('an entry is known by its id and by its key, and by no other', () => {
  fc.assert(
    fc.property(id, id, dn, dn, (ownId, otherId, ownDn, otherDn) => {
      const { packed } = rawEntry(ownId, ownDn, new Map())
      assert.deepEqual([hasId(packed, ownId), hasId(packed, otherId)], [true, ownId === otherId])
      assert.ok(hasKey(packed, dnKey(ownDn)))
      assert.equal(hasKey(packed, dnKey(otherDn)), dnKey(ownDn) === dnKey(otherDn))
    }),
    { numRuns: 300 },
  )
})
