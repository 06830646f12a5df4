// Why this file exists: what lies in a boot folder goes to anyone on the wire; what must not is refused at the door.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { createHash, generateKeyPairSync } from 'node:crypto'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { Fault } from '#fault'
import { type BootFile, findAsked, printableName } from '../../../src/pxe/files/boot-files.ts'
import { HeldFiles, type HeldLimits, lookAgainMillis } from '../../../src/pxe/files/held-files.ts'
import type { FileRoot } from '../../../src/pxe/files/load.ts'

function folderFor(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-files-'))
  context.after(() => rmSync(folder, { recursive: true }))
  return folder
}

async function hold(roots: readonly FileRoot[], limits: Partial<HeldLimits> = {}) {
  const faults: Fault[] = []
  const time = { now: 0 }
  const held = await HeldFiles.open({
    roots,
    limits,
    onFault: (fault) => faults.push(fault),
    now: () => time.now,
  })
  return { held, faults, time, codes: () => faults.map(({ code }) => code) }
}

function textOf(file: BootFile | undefined): string {
  return file?.kind === 'held' ? String(file.bytes) : `no text, ${file?.kind}`
}

test('every plain public file of a folder is held, under its prefix, with its digest', async (context) => {
  const folder = folderFor(context)
  writeFileSync(join(folder, 'vmlinuz'), 'a kernel', { mode: 0o644 })
  writeFileSync(join(folder, '.hidden'), 'not meant', { mode: 0o644 })
  mkdirSync(join(folder, 'deeper'))
  const { held, faults } = await hold([{ folder, prefix: 'kvm-host/' }])
  assert.deepEqual(held.names(), ['kvm-host/vmlinuz'])
  const digest = createHash('sha256').update('a kernel').digest('hex')
  assert.equal(held.find('kvm-host/vmlinuz')?.digest, digest)
  assert.deepEqual(faults, [])
})

test('of a folder with a list only the listed files are held, and one that is missing is told', async (context) => {
  const folder = folderFor(context)
  writeFileSync(join(folder, 'snponly.efi'), 'a loader', { mode: 0o644 })
  writeFileSync(join(folder, 'other'), 'not listed', { mode: 0o644 })
  const { held, codes } = await hold([{ folder, prefix: '', only: ['snponly.efi', 'ipxe.efi'] }])
  assert.deepEqual(held.names(), ['snponly.efi'])
  assert.deepEqual(codes(), ['CPC-HTTP-001'])
})

test('a folder that does not exist yet holds nothing and is no fault', async (context) => {
  const { held, faults } = await hold([{ folder: join(folderFor(context), 'later'), prefix: '' }])
  assert.deepEqual([held.names(), faults], [[], []])
})

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })

for (const [what, name, content, refused] of [
  ['a private key in PEM', 'ca.pem', privateKey.export({ type: 'pkcs8', format: 'pem' }), true],
  ['a private key in DER', 'ca.der', privateKey.export({ type: 'pkcs8', format: 'der' }), true],
  ['an EC key in DER', 'ca.bin', privateKey.export({ type: 'sec1', format: 'der' }), true],
  ['a key behind other text', 'all.pem', `hello\n-----BEGIN OPENSSH PRIVATE KEY-----\n`, true],
  ['a file that is named like a key', 'server.key', 'anything', true],
  ['a public key', 'pub.pem', publicKey.export({ type: 'spki', format: 'pem' }), false],
  [
    'a large program that knows the word',
    'initrd',
    `-----BEGIN PRIVATE KEY-----${'x'.repeat(70_000)}`,
    false,
  ],
] as const) {
  test(`HOSTILE 68: ${what} is ${refused ? 'refused' : 'held'}`, async (context) => {
    const folder = folderFor(context)
    writeFileSync(join(folder, name), content, { mode: 0o644 })
    const { held, codes } = await hold([{ folder, prefix: '' }])
    assert.deepEqual(held.names(), refused ? [] : [name])
    assert.deepEqual(codes(), refused ? ['CPC-HTTP-002'] : [])
  })
}

test('HOSTILE 68: a file that not everybody may read is refused', async (context) => {
  const folder = folderFor(context)
  writeFileSync(join(folder, 'vmlinuz'), 'a kernel', { mode: 0o640 })
  const { held, codes, time } = await hold([{ folder, prefix: '' }])
  assert.deepEqual([held.names(), codes()], [[], ['CPC-HTTP-003']])
  chmodSync(join(folder, 'vmlinuz'), 0o644)
  time.now = lookAgainMillis
  await held.refresh()
  assert.deepEqual(held.names(), ['vmlinuz'])
})

test('HOSTILE 17: a link that leads out of the folder is refused, one within it is followed', async (context) => {
  const folder = folderFor(context)
  const boot = join(folder, 'boot')
  mkdirSync(boot)
  writeFileSync(join(folder, 'outside'), 'secret', { mode: 0o644 })
  writeFileSync(join(boot, 'real'), 'a loader', { mode: 0o644 })
  symlinkSync('../outside', join(boot, 'out'))
  symlinkSync('real', join(boot, 'alias'))
  const { held, codes } = await hold([{ folder: boot, prefix: '' }])
  assert.deepEqual(held.names(), ['alias', 'real'])
  assert.deepEqual(codes(), ['CPC-HTTP-004'])
})

test('in a folder of the distribution a link may lead out, but not to a secret', async (context) => {
  const folder = folderFor(context)
  const boot = join(folder, 'boot')
  mkdirSync(boot)
  writeFileSync(join(folder, 'ipxe.efi'), 'a loader', { mode: 0o644 })
  writeFileSync(join(folder, 'shadow'), 'a secret', { mode: 0o600 })
  symlinkSync('../ipxe.efi', join(boot, 'ipxe.efi'))
  symlinkSync('../shadow', join(boot, 'snponly.efi'))
  const only = ['ipxe.efi', 'snponly.efi']
  const { held, codes } = await hold([{ folder: boot, prefix: '', only, linksMayLeadOut: true }])
  assert.deepEqual(held.names(), ['ipxe.efi'])
  assert.deepEqual(codes(), ['CPC-HTTP-003'])
})

test('a named pipe in a boot folder is refused and holds nothing up', async (context) => {
  const folder = folderFor(context)
  execFileSync('mkfifo', ['-m', '644', join(folder, 'pipe')])
  const { held, codes } = await hold([{ folder, prefix: '' }])
  assert.deepEqual([held.names(), codes()], [[], ['CPC-HTTP-001']])
})

test('a file that is replaced on disk is served anew, and what was handed out stays as it was', async (context) => {
  const folder = folderFor(context)
  writeFileSync(join(folder, 'initrd'), 'first', { mode: 0o644 })
  const { held, time } = await hold([{ folder, prefix: '' }])
  const before = held.find('initrd')
  writeFileSync(join(folder, '.next'), 'second', { mode: 0o644 })
  renameSync(join(folder, '.next'), join(folder, 'initrd'))
  assert.equal(held.find('initrd'), before, 'the last look was just now')
  time.now = lookAgainMillis
  held.find('initrd')
  await held.refresh()
  assert.equal(textOf(held.find('initrd')), 'second')
  assert.equal(textOf(before), 'first')
})

for (const [sentence, limits] of [
  ['larger than a file in memory may be', { fileBytesMax: 10 }],
  ['for which memory is not enough', { allBytesMax: 15 }],
] as const) {
  test(`a file ${sentence} is read from the disk for each who asks, and that is told`, async (context) => {
    const folder = folderFor(context)
    writeFileSync(join(folder, 'a-small'), 'a kernel', { mode: 0o644 })
    writeFileSync(join(folder, 'b-large'), '0123456789abc', { mode: 0o644 })
    const { held, codes } = await hold([{ folder, prefix: '' }], limits)
    assert.equal(held.find('a-small')?.kind, 'held')
    const file = held.find('b-large')
    assert.ok(file?.kind === 'disk')
    assert.equal(file.size, 13)
    const reader = await file.open()
    const into = new Uint8Array(4)
    await reader.fill(into, 8)
    assert.equal(String(Buffer.from(into)), '89ab')
    await assert.rejects(reader.fill(into, 10), /shorter/)
    await reader.close()
    assert.deepEqual(codes(), ['CPC-HTTP-005'])
    await held.refresh()
    assert.equal(held.find('b-large'), file, 'the same version has the same tag')
  })
}

test('a file that is read from the disk and written to meanwhile is never given in two versions', async (context) => {
  const folder = folderFor(context)
  const path = join(folder, 'large')
  writeFileSync(path, '0123456789abc', { mode: 0o644 })
  const { held } = await hold([{ folder, prefix: '' }], { fileBytesMax: 10 })
  const file = held.find('large')
  assert.ok(file?.kind === 'disk')
  const reader = await file.open()
  await reader.fill(new Uint8Array(4), 0)
  writeFileSync(path, 'another text!')
  await assert.rejects(reader.fill(new Uint8Array(4), 4), /not what it was/)
  await reader.close()
  await assert.rejects(file.open(), /not what it was/)
  await held.refresh()
  assert.notEqual(held.find('large')?.digest, file.digest)
})

test('HOSTILE 68: a key’s name is refused though the file is too large to be read', async (context) => {
  const folder = folderFor(context)
  writeFileSync(join(folder, 'all.p12'), 'long enough', { mode: 0o644 })
  const { held, codes } = await hold([{ folder, prefix: '' }], { fileBytesMax: 1 })
  assert.deepEqual([held.names(), codes()], [[], ['CPC-HTTP-002']])
})

test('what is wrong is told once, not at every look', async (context) => {
  const folder = folderFor(context)
  const { held, faults } = await hold([{ folder, prefix: '', only: ['vmlinuz'] }])
  await held.refresh()
  await held.refresh()
  assert.equal(faults.length, 1)
})

test('HOSTILE 17: names are keys: no spelling of a path finds a file', async (context) => {
  const folder = folderFor(context)
  writeFileSync(join(folder, 'vmlinuz'), 'a kernel', { mode: 0o644 })
  const { held } = await hold([{ folder, prefix: '' }])
  assert.equal(findAsked(held, '/vmlinuz').kind, 'file')
  for (const name of [
    '../vmlinuz',
    '//vmlinuz',
    './vmlinuz',
    'vmlinuz/',
    'VMLINUZ',
    `${folder}/vmlinuz`,
  ]) {
    assert.notEqual(findAsked(held, name).kind, 'file', name)
  }
})

test('a name in a log is printable and short', () => {
  assert.equal(printableName('a\n\x1b[2Jb'), 'a??[2Jb')
  assert.equal(printableName('a'.repeat(500)).length, 121)
})
