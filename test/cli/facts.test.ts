// Why this file exists: what is told of one thing is read line by line, also when it holds others within and long lists.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { factLines } from '../../src/cli/output/table.ts'

test('what a thing holds within has a line for each fact, and what is empty has none', () => {
  const status = { domain: 'cluster.test', directory: { state: 'live', detail: '', held: 0 } }
  assert.deepEqual(factLines(status), [
    'domain           cluster.test',
    'directory.state  live',
    'directory.held   0',
  ])
})

test('a list that no eye would follow is cut short and says so', () => {
  const names = Array.from({ length: 100 }, (_, at) => `n${String(at).padStart(4, '0')}`)
  const [line] = factLines({ names })
  assert.match(line ?? '', /^names {2}n0000, n0001, .*, n0047, and 52 more$/)
  assert.deepEqual(factLines({ names: ['n1'.repeat(300)] }), [`names  ${'n1'.repeat(300)}`])
})
