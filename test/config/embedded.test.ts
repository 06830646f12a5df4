// Why this file exists: the embedded directory's doors differ in one thing that matters: passwords may come in the clear
// on loopback alone.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readSettings } from '#config'

function read(embedded: string) {
  const text = `{ version: 1, domain: cluster.test, interfaces: [x], directory: { embedded: ${embedded} } }`
  return readSettings(text, 'coppice.yaml', '/data')
}

function doors(embedded: string): unknown {
  const result = read(embedded)
  assert.ok(result.ok && result.value.directory.kind === 'embedded')
  const { listen, ldaps } = result.value.directory
  return { listen, ldaps }
}

test('LDAPS is off until it is asked for', () => {
  assert.deepEqual(doors('{}'), { listen: '127.0.0.1:3890', ldaps: undefined })
})

test('LDAPS may be on any address', () => {
  const ldaps = { host: '10.0.0.1', port: 636 }
  assert.deepEqual(doors('{ ldaps: "10.0.0.1:636" }'), { listen: '127.0.0.1:3890', ldaps })
})

for (const [sentence, embedded, code] of [
  ['plain LDAP on another address than loopback', '{ listen: "10.0.0.1:389" }', 'CPC-CFG-006'],
  ['LDAPS without a port', '{ ldaps: 10.0.0.1 }', 'CPC-CFG-004'],
  ['LDAPS on a name', '{ ldaps: "ldap.cluster.test:636" }', 'CPC-CFG-004'],
] as const) {
  test(`${sentence} is refused`, () => {
    const result = read(embedded)
    assert.deepEqual(result.ok ? [] : result.problems.map((problem) => problem.code), [code])
  })
}
