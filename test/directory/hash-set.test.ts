// Why this file exists: a hash that is said to be new when it is not would let two machines have one address.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { HashSet } from '../../src/directory/hash-set.ts'

const hash = fc.oneof(
  fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff }),
  // All in one place, and what stands for an empty one.
  fc.integer({ min: 0, max: 50 }).map((at) => at << 22),
  fc.constantFrom(0, -1, 0x7fff_ffff, -0x8000_0000),
)

test('a set of hashes has what was added, and nothing else, however it grew', () => {
  fc.assert(
    fc.property(
      fc.array(hash, { maxLength: 3_000, size: 'max' }),
      fc.array(hash),
      (added, asked) => {
        const set = new HashSet()
        const model = new Set<number>()
        for (const each of added) {
          assert.equal(set.has(each), model.has(each))
          set.add(each)
          model.add(each)
        }
        for (const each of [...added, ...asked]) assert.equal(set.has(each), model.has(each))
      },
    ),
    { numRuns: 100 },
  )
})
