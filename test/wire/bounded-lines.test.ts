// Why this file exists: one line for each transaction, and no gigabytes for a flood.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { boundedLines, linesPerSecondMax } from '../../src/wire/bounded-lines.ts'

test('of a flood so many lines in a second are written, and the number of the others is told', () => {
  const lines: string[] = []
  const clock = { ms: 500 }
  const log = boundedLines(
    (line) => lines.push(line),
    () => clock.ms,
  )
  for (let count = 0; count < linesPerSecondMax + 25; count += 1) log(`line ${count}`)
  assert.equal(lines.length, linesPerSecondMax)
  clock.ms = 1_200
  log('the next second')
  assert.deepEqual(lines.slice(linesPerSecondMax), [
    '25 lines more within one second are left out; /metrics counts all',
    'the next second',
  ])
})
