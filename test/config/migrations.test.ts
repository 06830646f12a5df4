// Why this file exists: the road from an old configuration to a new one is tried before the first is needed.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { migrations, readSettings } from '#config'
import { type Migration, newestVersion } from '#yaml'

const required = `version: 1
domain: cluster.test
interfaces: [prov0]
directory: { embedded: {} }
`

test('the newest version is the one that the migrations lead to, and init writes no other', () => {
  assert.equal(newestVersion(migrations), 1)
})

test('a file of an older version is brought up to date step by step and keeps its lines', () => {
  const steps: string[] = []
  const table: readonly Migration[] = [
    {
      what: 'realm is called domain',
      change: (document) => {
        steps.push('1 to 2')
        document.set('domain', document.get('realm'))
        document.delete('realm')
      },
    },
    { what: 'nothing', change: () => steps.push('2 to 3') },
  ]
  const old = required.replace('domain', 'realm')
  const result = readSettings(old, 'f', '/data', table)
  assert.ok(result.ok, JSON.stringify(result))
  assert.equal(result.value.domain, 'cluster.test')
  assert.equal(result.value.version, newestVersion(table))
  assert.deepEqual(steps.splice(0), ['1 to 2', '2 to 3'])
  const wrong = readSettings(old.replace('prov0', 'a/b'), 'f', '/data', table)
  assert.equal(wrong.ok ? '' : wrong.problems[0]?.text.where, 'f:3:14')
  steps.length = 0
  readSettings(required.replace('1', '2'), 'f', '/data', table)
  assert.deepEqual(steps, ['2 to 3'])
  assert.equal(readSettings(required.replace('1', '4'), 'f', '/data', table).ok, false)
})
