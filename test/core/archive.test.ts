// Why this file exists: the first stage unpacks our answer with busybox tar; a header that is off by one byte ends every boot.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { tarArchive } from '../../src/core/archive.ts'
import { needs } from '../needs.ts'

const files = [
  { name: 'cert.pem', content: 'x'.repeat(512) },
  { name: 'host.env', content: 'COPPICE_ID=1\n' },
  { name: 'empty', content: '' },
]

for (const [reader, program, ...words] of [
  ['GNU tar', '/usr/bin/tar'],
  ['busybox tar', '/bin/busybox', 'tar'],
] as const) {
  const skip = reader === 'busybox tar' ? needs('busybox-static', program) : {}
  test(`${reader} gives the same files back, readable by their owner alone`, skip, (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'coppice-tar-'))
    t.after(() => rmSync(folder, { recursive: true }))
    execFileSync(program, [...words, '-x', '-f', '-', '-C', folder], {
      input: tarArchive(files, 1_790_000_000),
    })
    for (const { name, content } of files) {
      assert.equal(readFileSync(join(folder, name), 'utf8'), content)
      assert.equal(statSync(join(folder, name)).mode & 0o777, 0o600)
    }
  })
}

test('a name that is a path is refused', () => {
  assert.throws(() => tarArchive([{ name: '../etc/passwd', content: '' }], 0), /does not take/)
})
