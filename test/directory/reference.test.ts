// Why this file exists: the page on the directory is what people write entries by; what is read and what lint says must
// stand there, all of it.
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { mappedAttributes } from '../../src/ldap-sync/mapping/fields.ts'

const root = join(import.meta.dirname, '../..')
const page = readFileSync(join(root, 'docs/reference/directory.md'), 'utf8')

test('every attribute that is read stands on the page', () => {
  const absent = mappedAttributes.filter((name) => !page.includes(`\`${name}\``))
  assert.deepEqual(absent, ['objectClass'])
})

test('every code of lint stands on the page, and no other', () => {
  const sources = globSync(['src/directory/lint/*.ts', 'src/core/services/views.ts'], { cwd: root })
  const said = sources.flatMap((path) => [
    ...readFileSync(join(root, path), 'utf8').matchAll(/CPC-DIR-\d{3}/g),
  ])
  const codes = new Set(said.map(([code]) => code))
  const listed = new Set([...page.matchAll(/^\| `(CPC-DIR-\d{3})`/gm)].map(([, code]) => code))
  assert.deepEqual(listed, codes)
})
