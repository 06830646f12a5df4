// Why this file exists: the last good copy is what a site boots from when LDAP is down, so a damaged one must never
// pass for a good one.
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { createHash } from 'node:crypto'
import { parseUuid } from '#directory'
import { type Copy, loadCopy, saveCopy } from '../../src/ldap-sync/copy.ts'
import { rawEntry } from '../../src/ldap-sync/raw-entry.ts'
import { known } from './bench.ts'

const folder = mkdtempSync(join(tmpdir(), 'cpc-copy-'))
after(() => rmSync(folder, { recursive: true }))

const ids = ['1', '2'].map((digit) => known(parseUuid(digit.repeat(32))))
const copy: Copy = {
  base: 'dc=test',
  question: 'all',
  heardAt: 1_700_000_000_000,
  cookie: '6373',
  held: ids.slice(1),
  entries: ids.map((id, at) =>
    rawEntry(
      id,
      `cn=n${at}\\, "x",dc=test`,
      new Map([
        ['cn', ['ä\n', '']],
        ['__proto__', ['x']],
      ]),
    ),
  ),
}

test('a copy that was saved is loaded the same', async () => {
  const path = join(folder, 'same')
  await saveCopy(path, copy)
  assert.deepEqual(loadCopy(path), { kind: 'loaded', copy })
  const { cookie: _cookie, ...without } = copy
  await saveCopy(path, { ...without, entries: [] })
  assert.deepEqual(loadCopy(path), { kind: 'loaded', copy: { ...without, entries: [] } })
})

test('without a file there is no copy, which is no error', async () => {
  assert.deepEqual(loadCopy(join(folder, 'nothing')), { kind: 'none' })
})

test('a copy cut at any byte is damaged, never shorter, and is kept aside', async () => {
  const path = join(folder, 'cut')
  await saveCopy(path, copy)
  const whole = readFileSync(path)
  for (let length = 0; length < whole.length - 1; length += 7) {
    writeFileSync(path, whole.subarray(0, length))
    const loaded = loadCopy(path)
    assert.equal(loaded.kind, 'damaged', `cut at byte ${length}`)
    assert.ok(existsSync(`${path}.damaged`) && !existsSync(path))
  }
})

test('a copy in which one byte differs is damaged', async () => {
  const path = join(folder, 'flip')
  await saveCopy(path, copy)
  const whole = readFileSync(path)
  for (let at = 0; at < whole.length - 1; at += 11) {
    const changed = Buffer.from(whole)
    changed[at] = (changed[at] ?? 0) ^ 1
    writeFileSync(path, changed)
    assert.equal(loadCopy(path).kind, 'damaged', `at byte ${at}`)
  }
})

test('a copy of another version is set aside, not guessed at', async () => {
  const path = join(folder, 'version')
  const body = `${JSON.stringify({ version: 99, count: 0 })}\n`
  const sha256 = createHash('sha256').update(body).digest('hex')
  writeFileSync(path, `${body}${JSON.stringify({ sha256 })}\n`)
  assert.deepEqual(loadCopy(path), { kind: 'damaged', why: 'it has another version' })
})
