// Why this file exists: every fault that the lab can do to a rack ends as its row promises; one rack per row.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { labCommand, labFaultTable } from '#lab'
import { needsRoot } from '../needs.ts'

/** Beyond what a row gives itself: images that are not in the cache yet, and the rack itself. */
const overheadMinutes = 8

for (const row of labFaultTable.filter(({ usual }) => usual)) {
  const options = { ...needsRoot(), timeout: (row.deadlineSeconds / 60 + overheadMinutes) * 60_000 }
  test(`${row.name}: ${row.promise}`, options, async () => {
    const said: string[] = []
    const hear = (line: string): void => void said.push(line)
    const exit = await labCommand('test', { fault: row.name }, { out: hear, err: hear })
    assert.equal(exit, 0, said.join('\n'))
  })
}
