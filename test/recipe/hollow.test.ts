// Why this file exists: a library that is changed by us must still load; the loader of this machine is asked.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { readElf } from '../../src/recipe/elf.ts'
import { hollowLibrary } from '../../src/recipe/hollow.ts'
import { needs } from '../needs.ts'
import { tinyElf } from './tiny-elf.ts'

const libraries = '/usr/lib/x86_64-linux-gnu'
const icu = readdirSync('/usr/lib')
  .filter((name) => name === 'x86_64-linux-gnu')
  .flatMap((name) => readdirSync(join('/usr/lib', name)))
  .find((name) => /^libicudata\.so\.\d+$/.test(name))
const work = mkdtempSync(join(tmpdir(), 'coppice-hollow-'))
after(() => rmSync(work, { recursive: true, force: true }))

test(
  'a hollow ICU is a thousandth of the real one, and a program that needs it still starts',
  {
    ...needs('libvirt-clients', '/usr/bin/virsh', join(libraries, icu ?? 'libicudata')),
  },
  () => {
    const real = readFileSync(join(libraries, icu ?? ''))
    const hollow = hollowLibrary(real)
    assert.ok(hollow !== undefined && hollow.length < real.length / 1000)
    assert.deepEqual(readElf(hollow), readElf(real))
    writeFileSync(join(work, icu ?? ''), hollow)
    const env = { LD_LIBRARY_PATH: work }
    const said = execFileSync('/usr/bin/virsh', ['--version'], { env, encoding: 'utf8' })
    assert.match(said, /^\d+\.\d+/)
    const loaded = execFileSync('/usr/bin/virsh', ['--version'], {
      env: { ...env, LD_TRACE_LOADED_OBJECTS: '1' },
      encoding: 'utf8',
    })
    assert.match(loaded, new RegExp(`=> ${work}/libicudata`))
  },
)

for (const [sentence, file] of [
  ['a library without large tables', tinyElf({ needed: ['libc.so.6'] })],
  ['a file that is no library', Buffer.alloc(2 ** 21, 'x')],
  ['an empty file', Buffer.alloc(0)],
] as const) {
  test(`${sentence} is left as it is`, () => {
    assert.equal(hollowLibrary(file), undefined)
  })
}
