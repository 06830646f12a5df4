// Why this file exists: what a flood may cost is arithmetic, and arithmetic is checked.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rateOf } from '../../src/wire/rate.ts'

function admitted(rate: ReturnType<typeof rateOf>, nowMs: number, times: number): number {
  return Array.from({ length: times }, () => rate.admits(nowMs)).filter(Boolean).length
}

test('a burst is admitted at once, then so many a second, and a pause gives back no more than the burst', () => {
  const rate = rateOf(10, 25)
  assert.equal(admitted(rate, 1_000, 100), 25)
  assert.equal(admitted(rate, 1_500, 100), 5)
  assert.equal(admitted(rate, 3_600_000, 100), 25)
})

test('a clock that goes back gives nothing', () => {
  const rate = rateOf(10, 1)
  assert.equal(admitted(rate, 5_000, 2), 1)
  assert.equal(admitted(rate, 0, 5), 0)
})
