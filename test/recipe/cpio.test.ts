// Why this file exists: the kernel gives no second chance to an archive that it cannot read; the real cpio is asked
// first.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { zstdDecompressSync } from 'node:zlib'
import fc from 'fast-check'
import { unpackedBytes, writeArchive } from '../../src/recipe/archive.ts'
import type { Content } from '../../src/recipe/contents.ts'
import { cpioHeader, cpioPadding, cpioTrailer } from '../../src/recipe/cpio.ts'
import { needs } from '../needs.ts'

const work = mkdtempSync(join(tmpdir(), 'coppice-cpio-'))
after(() => rmSync(work, { recursive: true, force: true }))

const sizes = [0, 1, 3, 4, 5, 70_000]
const contents = new Map<string, Content>([
  ['/usr', { kind: 'folder' }],
  ['/bin', { kind: 'link', target: 'usr/bin' }],
  ...sizes.map((size): [string, Content] => {
    const source = join(work, `content-${size}`)
    writeFileSync(source, Buffer.alloc(size, 'x'))
    return [`/usr/file of ${size}`, { kind: 'file', source, executable: size === 5 }]
  }),
])

async function write(name: string, what: ReadonlyMap<string, Content>): Promise<string> {
  const file = join(work, name)
  await writeArchive(what, file, { level: 3, onBytes: () => {} })
  return file
}

test(
  'the real cpio unpacks what was written, byte for byte, with links and modes',
  {
    ...needs('cpio', '/usr/bin/cpio'),
  },
  async () => {
    const archive = zstdDecompressSync(readFileSync(await write('a.zst', contents)))
    const folder = join(work, 'unpacked')
    mkdirSync(folder)
    execFileSync('cpio', ['--extract', '--quiet'], { cwd: folder, input: archive })
    for (const size of sizes) {
      const file = join(folder, `usr/file of ${size}`)
      assert.deepEqual(readFileSync(file), Buffer.alloc(size, 'x'))
      assert.equal(lstatSync(file).mode & 0o777, size === 5 ? 0o755 : 0o644)
    }
    assert.equal(readlinkSync(join(folder, 'bin')), 'usr/bin')
  },
)

test('equal contents give equal bytes, in whatever order they are named', async () => {
  const backwards = new Map([...contents].toReversed())
  assert.deepEqual(
    readFileSync(await write('b.zst', contents)),
    readFileSync(await write('c.zst', backwards)),
  )
})

test('what an image occupies in memory is counted in whole pages', () => {
  assert.equal(unpackedBytes(contents), 4 * 4096 + 18 * 4096)
})

test('a file that vanishes while the archive is written breaks the build', async () => {
  const gone = new Map<string, Content>([
    ['/x', { kind: 'file', source: join(work, 'gone'), executable: false }],
  ])
  await assert.rejects(write('d.zst', gone), { code: 'ENOENT' })
})

test('each header and content begins at a multiple of four, and each field has eight digits', () => {
  const name = fc.stringMatching(/^[a-z/åé]{1,60}$/)
  fc.assert(
    fc.property(name, fc.nat(2 ** 31), (path, bytes) => {
      const head = cpioHeader({ path, kind: 'file', permissions: 0o644, bytes }, 7)
      assert.equal(head.length % 4, 0)
      assert.equal((bytes + cpioPadding(bytes).length) % 4, 0)
      assert.match(head.subarray(0, 110).toString('latin1'), /^070701[0-9A-F]{104}$/)
      const nameBytes = Number.parseInt(head.subarray(94, 102).toString('latin1'), 16)
      assert.equal(head.subarray(110, 110 + nameBytes - 1).toString(), path)
    }),
  )
})

test('the archive ends with the name that readers look for', () => {
  assert.match(cpioTrailer().toString('latin1'), /^070701[0-9A-F]{104}TRAILER!!!\0/)
})
