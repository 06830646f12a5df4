// Why this file exists: wire serves the VO networks that core names, so a list that lacks one cuts a running cluster off.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import type { FeedMessage } from '#feed'
import { endsFound, TenantEnds } from '../../src/core/tenant-ends.ts'

test('each change is told with the whole list, and an end that is made anew is told again', () => {
  const told: FeedMessage[] = []
  const ends = new TenantEnds((message) => told.push(message), [7])
  ends.put(9)
  ends.put(9)
  ends.remove(7)
  ends.remove(7)
  assert.deepEqual(told, [
    { kind: 'tenants', vnis: [7, 9] },
    { kind: 'tenants', vnis: [7, 9] },
    { kind: 'tenants', vnis: [9] },
  ])
  assert.deepEqual(ends.all(), [9])
})

test('ends that an earlier core left are known by the names of their namespaces', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-ends-'))
  t.after(() => rmSync(folder, { recursive: true }))
  for (const name of ['cvo12', 'cvo3', 'cvo012', 'cvo0', 'cvo16777216', 'cvox', 'lab-7', 'xcvo7'])
    writeFileSync(join(folder, name), '')
  mkdirSync(join(folder, 'cvo'))
  assert.deepEqual(new Set(endsFound(folder)), new Set([3, 12]))
  assert.deepEqual(endsFound(join(folder, 'nowhere')), [])
})
