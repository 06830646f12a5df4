// Why this file exists: the disk of a node is looked at as a stranger would: with the tools for partitions and file systems,
// not with what wrote it.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type BuildOrder, buildRecipe, type BuiltImage, checkCache } from '#recipe'
import { uuidFrom } from '../../src/recipe/disk.ts'
import { needs } from '../needs.ts'
import { diskText, release, tinyDebian, type TinyDebian } from './tiny-debian.ts'

const work = mkdtempSync(join(tmpdir(), 'coppice-disk-'))
after(() => rmSync(work, { recursive: true, force: true }))
const needsTools = needs(
  'e2fsprogs and qemu-utils',
  '/usr/sbin/mke2fs',
  '/usr/sbin/debugfs',
  '/usr/bin/qemu-img',
  '/usr/bin/dpkg-deb',
)
const partition = { sector: 2048, bytes: 2 ** 20 } as const

interface Bench {
  readonly order: BuildOrder
  readonly debian: TinyDebian
}

function bench(recipe = diskText): Bench {
  const folder = mkdtempSync(join(work, 'bench-'))
  const recipeDir = join(folder, 'tiny')
  for (const one of ['root/etc', 'initrd']) mkdirSync(join(recipeDir, one), { recursive: true })
  writeFileSync(join(recipeDir, 'recipe.yaml'), recipe)
  writeFileSync(join(recipeDir, 'root/etc/issue'), 'ours\n')
  writeFileSync(join(recipeDir, 'initrd/init'), '#!/bin/sh\n')
  const debian = tinyDebian(folder)
  const cacheDir = join(folder, 'cache')
  mkdirSync(cacheDir)
  return { order: { recipeDir, cacheDir, run: debian.run }, debian }
}

function diskOf(image: BuiltImage): { readonly disk: string; readonly raw: string } {
  assert.ok(image.kind === 'disk')
  const raw = `${image.disk}.raw`
  execFileSync('qemu-img', ['convert', '-f', 'qcow2', '-O', 'raw', image.disk, raw])
  return { disk: image.disk, raw }
}

/** What debugfs answers to one request about the partition. */
function ask(raw: string, request: string): string {
  const file = `${raw}?offset=${partition.bytes}`
  return execFileSync('/usr/sbin/debugfs', ['-R', request, file], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
}

test(
  'a recipe with a disk becomes one qcow2 that begins a BIOS boot',
  { ...needsTools },
  async () => {
    const image = await buildRecipe(bench().order)
    const { disk, raw } = diskOf(image)
    const told: unknown = JSON.parse(
      execFileSync('qemu-img', ['info', '--output=json', '-f', 'qcow2', disk], {
        encoding: 'utf8',
      }),
    )
    assert.ok(typeof told === 'object' && told !== null && 'virtual-size' in told)
    assert.equal(told['virtual-size'], 9 * 2 ** 20)
    assert.ok(!('backing-filename' in told))
    const sectors = readFileSync(raw).subarray(0, 1024)
    assert.equal(sectors.toString('latin1', 0, 8), 'bootboot')
    assert.equal(sectors.readUInt16LE(510), 0xaa55)
    assert.deepEqual([sectors[446], sectors[450]], [0x80, 0x83])
    assert.equal(sectors.readUInt32LE(454), partition.sector)
    assert.equal(sectors.readUInt32LE(458), (9 * 2 ** 20 - partition.bytes) / 512)
    const uuid = uuidFrom(image.manifest.digest)
    const core = sectors.toString('latin1', 512)
    assert.match(core, /^core: .*\nlinux16 \$prefix\/vmlinuz root=UUID=\S+ console=ttyS0\n/)
    assert.ok(core.includes(`root=UUID=${uuid} `))
    assert.match(ask(raw, 'show_super_stats -h'), new RegExp(`Filesystem UUID: +${uuid}\n`))
  },
)

test(
  'its root holds what the recipe wants, owned by root, whoever built it',
  { ...needsTools },
  async () => {
    const { raw } = diskOf(await buildRecipe(bench().order))
    assert.equal(ask(raw, 'cat /etc/issue'), 'ours\n')
    assert.equal(ask(raw, 'cat /boot/vmlinuz'), 'a kernel')
    assert.match(ask(raw, 'stat /usr/bin/thing'), /Mode: +0755 [\s\S]*User: +0 +Group: +0 /)
    const times = ask(raw, 'stat /etc/issue').matchAll(/ (\w+time): (0x\S+)/g)
    assert.deepEqual(
      [...times].map(([, name, value]) => `${name} ${value}`),
      ['ctime', 'atime', 'mtime'].map((name) => `${name} 0x00000001:00000000`),
    )
    assert.match(ask(raw, 'stat /usr/sbin/other'), /Fast link dest: "thing"/)
    // The module of the initrd lies on the root as well.
    const module = `/usr/lib/modules/${release}/kernel/fs/nfs.ko`
    assert.match(ask(raw, `stat ${module}`), /Type: regular/)
    const checked = execFileSync('/usr/sbin/e2fsck', ['-fn', `${raw}?offset=${partition.bytes}`], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    assert.match(checked.toString(), /Pass 5/)
  },
)

test('a disk that is built elsewhere is the same, byte for byte', { ...needsTools }, async () => {
  const first = await buildRecipe(bench().order)
  const second = await buildRecipe(bench().order)
  assert.deepEqual(second.manifest, first.manifest)
})

test('the second time the disk comes from the cache', { ...needsTools }, async () => {
  const { order, debian } = bench()
  const first = await buildRecipe(order)
  debian.started.length = 0
  assert.deepEqual(await buildRecipe(order), first)
  assert.deepEqual(checkCache(order), first)
  assert.deepEqual(debian.started, [])
})

test('a recipe that extends another has all of that one, and more', { ...needsTools }, async () => {
  const { order } = bench()
  const head = join(order.recipeDir, '../head')
  mkdirSync(join(head, 'root/etc'), { recursive: true })
  writeFileSync(
    join(head, 'recipe.yaml'),
    'version: 1\nname: head\nextends: tiny\ndisk: { size: 12MiB }\nfiles: [/usr/lib/big/table]\n',
  )
  writeFileSync(join(head, 'root/etc/motd'), 'of the head\n')
  const image = await buildRecipe({ ...order, recipeDir: head })
  assert.ok(image.kind === 'disk')
  assert.equal(image.manifest.recipe, 'head')
  assert.equal(image.manifest.virtualBytes, 12 * 2 ** 20)
  const { raw } = diskOf(image)
  assert.equal(ask(raw, 'cat /etc/motd'), 'of the head\n')
  assert.equal(ask(raw, 'cat /etc/issue'), 'ours\n')
  assert.equal(ask(raw, 'cat /usr/lib/big/table'), 'large and seldom read')
  // A change in what it extends is a change of it.
  writeFileSync(join(order.recipeDir, 'root/etc/issue'), 'changed\n')
  assert.equal(checkCache({ ...order, recipeDir: head }), undefined)
})

test(
  'a recipe that includes a part has its packages, programs and links',
  { ...needsTools },
  async () => {
    const { order } = bench(diskText.replace('kernel:', 'includes: [more]\nkernel:'))
    const parts = join(order.recipeDir, '../parts')
    mkdirSync(parts)
    const part = join(parts, 'more.yaml')
    writeFileSync(part, 'files: [/usr/lib/big/table]\nlinks: { /usr/lib/bigger: big }\n')
    const { raw } = diskOf(await buildRecipe(order))
    assert.equal(ask(raw, 'cat /usr/lib/big/table'), 'large and seldom read')
    assert.match(ask(raw, 'stat /usr/lib/bigger'), /Fast link dest: "big"/)
    writeFileSync(part, 'name: no part has one\n')
    await assert.rejects(buildRecipe(order), { code: 'CPC-RCP-001', message: /name/ })
  },
)

for (const [sentence, recipe, code, message] of [
  [
    'a disk that its contents do not fit on',
    diskText.replace('9MiB', '1028KiB'),
    'CPC-RCP-011',
    /mke2fs/,
  ],
  [
    'a disk file beyond its budget',
    diskText.replace('unpacked: 1MiB', 'unpacked: 1MiB, disk: 64KiB'),
    'CPC-RCP-008',
    /disk \d+ bytes of 65536/,
  ],
  [
    'a recipe that extends one that is nowhere',
    'version: 1\nname: a\nextends: nowhere\n',
    'CPC-RCP-001',
    /nowhere/,
  ],
  [
    'a recipe that includes a part that is nowhere',
    diskText.replace('kernel:', 'includes: [nowhere]\nkernel:'),
    'CPC-RCP-001',
    /parts\/nowhere\.yaml/,
  ],
  [
    'a mistake in a recipe that extends another',
    'version: 1\nname: a\nextends: tiny\npakages: []\n',
    'CPC-RCP-001',
    /pakages/,
  ],
] as const) {
  test(`${sentence} stops the build with ${code}`, { ...needsTools }, async () => {
    await assert.rejects(buildRecipe(bench(recipe).order), { code, message })
  })
}

test(
  'what debugfs could not do stops the build, though it ends well',
  { ...needsTools },
  async () => {
    const { order, debian } = bench()
    const run: BuildOrder['run'] = async (command, options) => {
      const done = await debian.run(command, options)
      const complaint = 'debugfs 1.47.0 (5-Feb-2023)\n/etc: File not found by ext2_lookup'
      return command.includes('/usr/sbin/debugfs') ? { ...done, complaint } : done
    }
    await assert.rejects(buildRecipe({ ...order, run }), {
      code: 'CPC-RCP-011',
      message: /File not found/,
    })
  },
)
