// Why this file exists: our reader must agree with the program that will use the image: what the real qemu-img makes is
// taken when it stands alone, and refused when it leans on another file.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { promisify } from 'node:util'
import { inspectFile } from '#vocluster'
import { needs } from '../../needs.ts'
import { goodQcow2 } from './own-image.ts'

const qemu = needs('qemu-utils', '/usr/bin/qemu-img')
const folder = await mkdtemp(join(tmpdir(), 'coppice-image-'))
after(() => rm(folder, { recursive: true }))

const run = promisify(execFile)
const qemuImg = (...argv: readonly string[]) => run('/usr/bin/qemu-img', argv, { cwd: folder })

for (const [sentence, options] of [
  ['the defaults', 'compat=1.1'],
  ['version 2', 'compat=0.10'],
  ['clusters of 512 bytes', 'cluster_size=512'],
  ['clusters of 2 MiB', 'cluster_size=2M'],
  ['lazy refcounts', 'lazy_refcounts=on'],
  ['refcounts of one bit', 'refcount_bits=1'],
  ['refcounts of 64 bits', 'refcount_bits=64'],
  ['zstd', 'compression_type=zstd'],
  ['subclusters', 'extended_l2=on,cluster_size=128k'],
  ['its metadata laid out in advance', 'preallocation=metadata'],
] as const) {
  test(`what qemu-img creates with ${sentence} is taken`, { ...qemu }, async () => {
    const path = join(folder, `${sentence.replaceAll(' ', '-')}.qcow2`)
    await qemuImg('create', '-q', '-f', 'qcow2', '-o', options, path, '96M')
    const inspection = await inspectFile(path, 'qcow2')
    assert.ok(inspection.ok, JSON.stringify(inspection))
    assert.equal(inspection.facts.virtualBytes, 96 << 20)
  })
}

test(
  'a disk that qemu-img converts and compresses is taken, and cut off it is not',
  { ...qemu },
  async () => {
    const disk = join(folder, 'disk.raw')
    const path = join(folder, 'compressed.qcow2')
    await writeFile(disk, Buffer.alloc(3 << 20, 'some data '))
    await truncate(disk, 3 * 2 ** 30)
    await qemuImg('convert', '-c', '-f', 'raw', '-O', 'qcow2', disk, path)
    const whole = await inspectFile(path, 'qcow2')
    assert.ok(whole.ok, JSON.stringify(whole))
    await truncate(path, whole.facts.format === 'qcow2' ? whole.facts.l1Offset + 8 : 0)
    const cutOff = await inspectFile(path, 'qcow2')
    assert.ok(!cutOff.ok)
  },
)

for (const [sentence, kind, argv] of [
  ['HOSTILE 45: a backing file', 'backing-file', ['-b', 'base.qcow2', '-F', 'qcow2', 'over.qcow2']],
  ['HOSTILE 46: an external data file', 'data-file', ['-o', 'data_file=d.raw', 'over.qcow2', '1M']],
  [
    'HOSTILE 46: an external data file that is raw',
    'data-file',
    ['-o', 'data_file=r.raw,data_file_raw=on', 'over.qcow2', '1M'],
  ],
  [
    'a key',
    'encrypted',
    [
      '--object',
      'secret,id=s,data=x',
      '-o',
      'encrypt.format=aes,encrypt.key-secret=s',
      'over.qcow2',
      '1M',
    ],
  ],
] as const) {
  test(`${sentence}, written by qemu-img itself, is refused`, { ...qemu }, async () => {
    await qemuImg('create', '-q', '-f', 'qcow2', 'base.qcow2', '1M')
    await qemuImg('create', '-q', '-f', 'qcow2', ...argv)
    const inspection = await inspectFile(join(folder, 'over.qcow2'), 'qcow2')
    assert.ok(!inspection.ok)
    assert.equal(inspection.refusal.kind, kind)
  })
}

test(
  'an internal snapshot and a bitmap, made by qemu-img itself, are refused',
  { ...qemu },
  async () => {
    for (const [kind, argv] of [
      ['snapshots', ['snapshot', '-c', 'before', 'with.qcow2']],
      ['bitmaps', ['bitmap', '--add', 'with.qcow2', 'changes']],
    ] as const) {
      await qemuImg('create', '-q', '-f', 'qcow2', 'with.qcow2', '1M')
      await qemuImg(...argv)
      const inspection = await inspectFile(join(folder, 'with.qcow2'), 'qcow2')
      assert.ok(!inspection.ok)
      assert.equal(inspection.refusal.kind, kind)
    }
  },
)

test(
  'other formats that qemu-img writes are refused by name, declared raw or qcow2',
  { ...qemu },
  async () => {
    for (const [format, name] of [
      ['vmdk', 'VMDK'],
      ['vdi', 'VDI'],
      ['vhdx', 'VHDX'],
      ['vpc', 'VHD'],
      ['qed', 'QED'],
      ['parallels', 'Parallels'],
    ] as const) {
      const path = join(folder, `other.${format}`)
      await qemuImg('create', '-q', '-f', format, path, '4M')
      for (const declared of ['raw', 'qcow2']) {
        const inspection = await inspectFile(path, declared)
        assert.ok(!inspection.ok, format)
        assert.equal(inspection.refusal.fact, `${name}, declared ${declared}`)
      }
    }
  },
)

test('a file whose L1 table points behind its end was cut off before it came here', async () => {
  const path = join(folder, 'cut-off.qcow2')
  const file = goodQcow2()
  new DataView(file.buffer).setBigUint64(0x30000, (1n << 63n) | 0x40000n)
  await writeFile(path, file)
  assert.deepEqual(await inspectFile(path, 'qcow2'), {
    ok: false,
    refusal: { kind: 'header', fact: 'L1 table: entry 0 points behind the end of the file' },
  })
  new DataView(file.buffer).setBigUint64(0x30008, 0x10200n)
  new DataView(file.buffer).setBigUint64(0x30000, 0n)
  await writeFile(path, file)
  const unaligned = await inspectFile(path, 'qcow2')
  assert.ok(!unaligned.ok && unaligned.refusal.fact.includes('entry 1 is no start'))
})
