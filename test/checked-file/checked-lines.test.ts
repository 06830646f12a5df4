// Why this file exists: of a file that others cut, mixed or bent, nothing may be believed.
import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { readLines, saveLines, setAside } from '#checked-file'

function place(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'checked-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return join(folder, 'file')
}

test('what was saved comes back line by line, and a second saving takes its place', async (t) => {
  const path = place(t)
  await saveLines(path, ['one\ntwo\n', 'dreißig\n'])
  const read = readLines(path)
  assert.deepEqual(read.kind === 'whole' && [...read.lines], ['one', 'two', 'dreißig'])
  await saveLines(path, [])
  const again = readLines(path)
  assert.deepEqual(again.kind === 'whole' && [...again.lines], [])
})

test('without a file there is none, which is no damage', (t) => {
  assert.deepEqual(readLines(place(t)), { kind: 'none' })
})

test('HOSTILE 38: a file with any one byte bent, or cut anywhere, is damaged', async (t) => {
  const path = place(t)
  await saveLines(path, ['one\n', 'two\n'])
  const whole = readFileSync(path)
  for (let at = 0; at < whole.length; at += 1) {
    const bent = Buffer.from(whole)
    bent[at] = (bent[at] ?? 0) ^ 1
    for (const bytes of [bent, whole.subarray(0, at)]) {
      writeFileSync(path, bytes)
      assert.equal(readLines(path).kind, 'damaged', `byte ${at}`)
    }
  }
  setAside(path)
  assert.equal(readLines(path).kind, 'none')
})
