// Why this file exists: the promises of a build: all that is wanted and nothing else, the same bytes each time, once
// built taken from the cache, and a reason when it cannot be built.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { zstdDecompressSync } from 'node:zlib'
import { Fault } from '#fault'
import { type BuildOrder, buildRecipe, checkCache } from '#recipe'
import { needs } from '../needs.ts'
import { recipeText, release, tinyDebian, type TinyDebian } from './tiny-debian.ts'

const work = mkdtempSync(join(tmpdir(), 'coppice-recipe-'))
after(() => rmSync(work, { recursive: true, force: true }))
const needsDebian = needs('dpkg', '/usr/bin/dpkg-deb')

interface Bench {
  readonly order: BuildOrder & { readonly outputDir: string }
  readonly debian: TinyDebian
}

function bench(recipe = recipeText): Bench {
  const folder = mkdtempSync(join(work, 'bench-'))
  const recipeDir = join(folder, 'recipe')
  mkdirSync(join(recipeDir, 'root/etc'), { recursive: true })
  writeFileSync(join(recipeDir, 'recipe.yaml'), recipe)
  writeFileSync(join(recipeDir, 'root/init'), '#!/bin/sh\n')
  writeFileSync(join(recipeDir, 'root/etc/issue'), 'ours\n')
  const debian = tinyDebian(folder)
  const cacheDir = join(folder, 'cache')
  mkdirSync(cacheDir)
  return {
    order: { recipeDir, cacheDir, outputDir: join(folder, 'out'), run: debian.run },
    debian,
  }
}

function listing(initrd: string): string[] {
  const input = zstdDecompressSync(readFileSync(initrd))
  const list = execFileSync('cpio', ['--list', '--verbose', '--quiet'], { input, encoding: 'utf8' })
  return list
    .trim()
    .split('\n')
    .map((line) => line.replace(/^(\S+) .* 1970 /, '$1 '))
}

test(
  'an image holds what the recipe wants, what that needs, our own files, and nothing else',
  {
    ...needs('cpio', '/usr/bin/cpio', '/usr/bin/dpkg-deb'),
  },
  async () => {
    const { order } = bench()
    const image = await buildRecipe(order)
    assert.ok(image.kind === 'netboot')
    assert.equal(readFileSync(image.kernel, 'utf8'), 'a kernel')
    assert.deepEqual(listing(image.initrd), [
      'lrwxrwxrwx bin -> usr/bin',
      'drwxr-xr-x etc',
      '-rw-r--r-- etc/issue',
      '-rwxr-xr-x init',
      'lrwxrwxrwx lib -> usr/lib',
      'lrwxrwxrwx lib64 -> usr/lib64',
      'lrwxrwxrwx sbin -> usr/sbin',
      'drwxr-xr-x usr',
      'drwxr-xr-x usr/bin',
      '-rwxr-xr-x usr/bin/busybox',
      'lrwxrwxrwx usr/bin/sh -> /usr/bin/busybox',
      '-rwxr-xr-x usr/bin/thing',
      'drwxr-xr-x usr/lib',
      'drwxr-xr-x usr/lib/modules',
      `drwxr-xr-x usr/lib/modules/${release}`,
      `drwxr-xr-x usr/lib/modules/${release}/kernel`,
      `drwxr-xr-x usr/lib/modules/${release}/kernel/fs`,
      `-rw-r--r-- usr/lib/modules/${release}/kernel/fs/nfs.ko`,
      `-rw-r--r-- usr/lib/modules/${release}/kernel/fs/nfsv4.ko`,
      `-rw-r--r-- usr/lib/modules/${release}/modules.builtin`,
      `-rw-r--r-- usr/lib/modules/${release}/modules.dep`,
      'drwxr-xr-x usr/lib/x86_64-linux-gnu',
      '-rwxr-xr-x usr/lib/x86_64-linux-gnu/libthing.so.1',
      'drwxr-xr-x usr/lib64',
      '-rwxr-xr-x usr/lib64/ld-linux-x86-64.so.2',
      'drwxr-xr-x usr/sbin',
      'lrwxrwxrwx usr/sbin/init -> /usr/bin/busybox',
      'lrwxrwxrwx usr/sbin/other -> thing',
      'drwxr-xr-x usr/share',
      'drwxr-xr-x usr/share/thing',
      '-rw-r--r-- usr/share/thing/data',
      'drwxr-xr-x var',
      'drwxr-xr-x var/log',
    ])
    assert.deepEqual(
      image.manifest.packages.map(({ name }) => name),
      ['libthing', 'linux-image-test', 'thing'],
    )
    assert.equal(image.manifest.kernelRelease, release)
    assert.deepEqual(readdirSync(order.outputDir).toSorted(), [
      'initrd',
      'manifest.json',
      'vmlinuz',
    ])
  },
)

test('the same recipe built elsewhere gives the same bytes', { ...needsDebian }, async () => {
  const [one, other] = await Promise.all([buildRecipe(bench().order), buildRecipe(bench().order)])
  assert.deepEqual(one.manifest, other.manifest)
})

test(
  'the second time the image comes from the cache, and no program is started',
  {
    ...needsDebian,
  },
  async () => {
    const { order, debian } = bench()
    assert.equal(checkCache(order), undefined)
    const first = await buildRecipe(order)
    debian.started.length = 0
    assert.deepEqual((await buildRecipe(order)).manifest, first.manifest)
    assert.deepEqual(checkCache(order)?.manifest, first.manifest)
    assert.deepEqual(debian.started, [])
  },
)

test(
  'a changed file of our own makes another image, a package that is there is not fetched again',
  {
    ...needsDebian,
  },
  async () => {
    const { order, debian } = bench()
    const first = await buildRecipe(order)
    writeFileSync(join(order.recipeDir, 'root/etc/issue'), 'changed\n')
    assert.equal(checkCache(order), undefined)
    debian.started.length = 0
    const second = await buildRecipe(order)
    assert.notEqual(second.manifest.digest, first.manifest.digest)
    assert.deepEqual(
      debian.started.filter((line) => line.startsWith('apt-get')),
      [],
    )
  },
)

test('a damaged image in the cache is built anew', { ...needsDebian }, async () => {
  const { order } = bench()
  const { recipeDir, cacheDir, run } = order
  const inCache = { recipeDir, cacheDir, run }
  const first = await buildRecipe(inCache)
  assert.ok(first.kind === 'netboot')
  writeFileSync(first.initrd, 'torn')
  assert.equal(checkCache(order), undefined)
  const second = await buildRecipe(inCache)
  assert.ok(second.kind === 'netboot')
  assert.equal(second.manifest.initrd.sha256, first.manifest.initrd.sha256)
  assert.equal(readFileSync(second.initrd).length, first.manifest.initrd.bytes)
})

test(
  'a squashed folder is one file in the image, and its place is an empty folder',
  { ...needs('cpio', '/usr/bin/cpio', '/usr/bin/dpkg-deb') },
  async () => {
    const recipe = recipeText.replace(
      '[/usr/share/thing/*]',
      '[/usr/share/thing/*, /usr/lib/big/*]',
    )
    const image = await buildRecipe(bench(`${recipe}squash: [/lib/big]\n`).order)
    assert.ok(image.kind === 'netboot')
    const big = listing(image.initrd).filter((line) => line.includes('big'))
    assert.deepEqual(big, [
      'drwxr-xr-x usr/lib/big',
      '-rw-r--r-- usr/lib/coppice/squashed/usr/lib/big.squashfs',
    ])
  },
)

test(
  'a library may be needed by a name that only a link of the recipe gives',
  { ...needsDebian },
  async () => {
    const missing = recipeText.replace('/usr/bin/thing,', '/usr/lib/alias/thing,')
    const linked = missing.replace('links: {', 'links: { /usr/lib/alias/thing: ../../bin/thing,')
    await assert.rejects(buildRecipe(bench(missing).order), { code: 'CPC-RCP-007' })
    const image = await buildRecipe(bench(linked).order)
    assert.equal(image.manifest.recipe, 'tiny')
  },
)

test('progress is told step by step, up to the last', { ...needsDebian }, async () => {
  const steps: string[] = []
  await buildRecipe({ ...bench().order, onProgress: ({ step }) => steps.push(step) })
  assert.deepEqual([...new Set(steps)], ['resolve', 'download', 'unpack', 'choose', 'pack', 'done'])
})

for (const [sentence, before, instead, code, where] of [
  ['a recipe with a mistake', 'name: tiny', 'nam: tiny', 'CPC-RCP-001', /recipe\.yaml:1:1/],
  ['a module that no kernel has', 'nfsv4, tun', 'nosuch', 'CPC-RCP-005', /6\.1\.0-test/],
  [
    'a program that no package has',
    '/usr/bin/thing,',
    '/usr/bin/thong,',
    'CPC-RCP-007',
    /thong, for the recipe/,
  ],
  [
    'a library whose package is left out',
    'packages:',
    'leave-out: [libthing]\npackages:',
    'CPC-RCP-007',
    /libthing\.so\.1, for \/usr\/bin\/thing/,
  ],
  ['an image beyond its budget', 'unpacked: 1MiB', 'unpacked: 1KiB', 'CPC-RCP-008', /recipe/],
  [
    'a library to be hollowed that is nowhere',
    'links:',
    'hollow: [/usr/lib/none]\nlinks:',
    'CPC-RCP-010',
    /none/,
  ],
  [
    'a library without tables to spare',
    'links:',
    'hollow: [/usr/bin/thing]\nlinks:',
    'CPC-RCP-010',
    /thing/,
  ],
  ['a busybox that is nowhere', 'box: /bin/busybox', 'box: /bin/fewbox', 'CPC-RCP-009', /fewbox/],
] as const) {
  test(
    `${sentence} stops the build with ${code}, and leaves no half image`,
    {
      ...needsDebian,
    },
    async () => {
      const { order } = bench(recipeText.replace(before, instead))
      await assert.rejects(buildRecipe(order), (error) => {
        assert.ok(error instanceof Fault)
        assert.equal(error.code, code)
        assert.match(error.text.where, where)
        return true
      })
      const left = readdirSync(order.cacheDir).filter((name) => /work|images/.test(name))
      assert.deepEqual(left, [])
    },
  )
}

for (const [sentence, program, code] of [
  ['an apt that does not know the packages', '--simulate', 'CPC-RCP-002'],
  ['a download that fails', ' download ', 'CPC-RCP-003'],
  ['a package that cannot be unpacked', '--extract', 'CPC-RCP-004'],
  ['a depmod that fails', 'depmod', 'CPC-RCP-006'],
] as const) {
  test(`${sentence} is ${code}, with its last words`, { ...needsDebian }, async () => {
    const { order, debian } = bench()
    const run: BuildOrder['run'] = async (command, options) =>
      command.join(' ').includes(program)
        ? { status: 100, output: '', complaint: 'E: its last words' }
        : debian.run(command, options)
    await assert.rejects(buildRecipe({ ...order, run }), { code, message: /its last words/ })
  })
}
