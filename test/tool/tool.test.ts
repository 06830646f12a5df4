// Why this file exists: the tool process is the only one that opens a stranger's file; it must do its job under its limits,
// have nothing else within reach, and never take its parent along.
import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Fault } from '#fault'
import { imageTools, type ToolOptions } from '../../src/tool/run.ts'
import { codeFolder, sandbox, sandboxedArgv } from '../../src/tool/sandbox.ts'
import { readJob } from '../../src/tool/job.ts'
import { needs, needsRoot } from '../needs.ts'
import { goodQcow2, goodVirtualBytes, spoiltQcow2 } from '../vocluster/image/own-image.ts'

const utilLinux = needs('util-linux', '/usr/bin/prlimit', '/usr/bin/setpriv', '/usr/bin/unshare')
const folder = await mkdtemp(join(tmpdir(), 'coppice-tool-'))
after(() => rm(folder, { recursive: true }))
const place = (name: string): string => join(folder, name)

const options: ToolOptions = { node: [process.execPath], asRoot: process.getuid?.() === 0 }

/** A stand-in for the tool that does what a tool led astray would do. */
async function astray(name: string, code: string): Promise<ToolOptions> {
  const script = place(`${name}.mjs`)
  await writeFile(script, code)
  return { ...options, script }
}

const says = (words: RegExp) => (error: unknown) => {
  assert.ok(error instanceof Fault)
  assert.equal(error.code, 'CPC-IMG-013')
  assert.match(error.text.why, words)
  return true
}

test(
  'a good image and a bad one are told apart by a process of their own',
  { ...utilLinux },
  async () => {
    await writeFile(place('good.qcow2'), goodQcow2())
    await writeFile(place('bad.qcow2'), spoiltQcow2([12, 0x180], [16, 4]))
    const tools = imageTools(options)
    const good = await tools.inspect(place('good.qcow2'), 'qcow2')
    assert.ok(good.ok)
    assert.equal(good.facts.virtualBytes, goodVirtualBytes)
    const bad = await tools.inspect(place('bad.qcow2'), 'qcow2')
    assert.ok(!bad.ok)
    assert.equal(bad.refusal.kind, 'backing-file')
  },
)

test('a file is hashed', { ...utilLinux }, async () => {
  await writeFile(place('some'), goodQcow2())
  assert.deepEqual(await imageTools(options).hash(place('some')), {
    digest: `sha256:${createHash('sha256').update(goodQcow2()).digest('hex')}`,
    bytes: goodQcow2().length,
  })
})

test('a file that is not there is a fault with a reason', { ...utilLinux }, async () => {
  await assert.rejects(
    imageTools(options).inspect(place('none'), 'raw'),
    says(/status 1 Error: ENOENT: no such file/),
  )
})

test('HOSTILE 49: a tool that takes memory without end is stopped', { ...utilLinux }, async () => {
  const greedy = await astray(
    'greedy',
    'const all = []; for (;;) all.push(new Uint8Array(64 << 20))',
  )
  await assert.rejects(imageTools(greedy).inspect(place('x'), 'raw'), says(/status|SIG/))
})

test('HOSTILE 49: a tool that takes longer than it may is stopped', { ...utilLinux }, async () => {
  const slow = await astray('slow', 'setInterval(() => undefined, 1000)')
  const tools = imageTools({ ...slow, inspectMsMax: 300 })
  await assert.rejects(tools.inspect(place('x'), 'raw'), says(/longer than 0.3 s/))
})

test('HOSTILE 49: a tool that burns its processor time is stopped', { ...utilLinux }, async () => {
  const busy = await astray('busy', 'for (;;) {}')
  const tools = imageTools({ ...busy, limits: { ...sandbox, cpuSecondsMax: 1 } })
  await assert.rejects(tools.inspect(place('x'), 'raw'), says(/ended by SIG/))
})

for (const [sentence, code] of [
  ['talks without end', "for (;;) process.stdout.write('x'.repeat(10000))"],
  ['says nothing', ''],
  ['says what is no answer', 'console.log(\'{"ok":true,"facts":{"format":"vmdk"}}\')'],
  [
    'says a size that is none',
    'console.log(\'{"ok":true,"facts":{"format":"raw","virtualBytes":-1}}\')',
  ],
] as const) {
  test(`a tool that ${sentence} is not believed`, { ...utilLinux }, async () => {
    const odd = await astray(sentence.replaceAll(' ', '-'), code)
    await assert.rejects(imageTools(odd).inspect(place('x'), 'raw'), says(/no answer/))
  })
}

/** Tells by its refusal what it could do; the fact is free text. */
const tries = (code: string): string => `
import { readFileSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { networkInterfaces } from 'node:os'
let fact
try { fact = String(${code}) } catch (error) { fact = error.code ?? error.message }
console.log(JSON.stringify({ ok: false, refusal: { kind: 'header', fact } }))`

for (const [sentence, code, fact] of [
  ['read other files', "readFileSync('/etc/passwd').length", 'ERR_ACCESS_DENIED'],
  ['write', "writeFileSync('/tmp/coppice-tool-wrote', '')", 'ERR_ACCESS_DENIED'],
  ['start programs', "spawnSync('/bin/true').status", 'ERR_ACCESS_DENIED'],
  ['see our environment', 'Object.keys(process.env)', 'PATH'],
] as const) {
  test(`a tool that is led astray cannot ${sentence}`, { ...utilLinux }, async () => {
    const led = await astray(`led-${sentence.replaceAll(' ', '-')}`, tries(code))
    const answer = await imageTools(led).inspect(place('x'), 'raw')
    assert.ok(!answer.ok)
    assert.equal(answer.refusal.fact, fact)
  })
}

test('a tool has no network', { ...utilLinux, ...needsRoot() }, async () => {
  const led = await astray('led-network', tries('Object.keys(networkInterfaces()).length'))
  const answer = await imageTools(led).inspect(place('x'), 'raw')
  assert.ok(!answer.ok)
  assert.equal(answer.refusal.fact, '0')
})

test('the limits stand in the command as they are set, and nothing goes through a shell', () => {
  const program = { node: ['node'], script: '/s', readable: ['/a b;c'], asRoot: false } as const
  const argv = sandboxedArgv(program, { memoryBytesMax: 1, cpuSecondsMax: 2, openFilesMax: 3 })
  assert.deepEqual(argv.slice(argv.indexOf('prlimit'), argv.indexOf('node')), [
    'prlimit',
    '--as=1',
    '--cpu=2',
    '--nofile=3',
    '--core=0',
    '--fsize=0',
    '--',
  ])
  assert.ok(argv.includes('--allow-fs-read=/a b;c'))
  assert.ok(!argv.includes('unshare'))
})

test('the code may be read where it is: in a checkout, or among installed packages', () => {
  assert.equal(codeFolder('/opt/coppice'), '/opt/coppice')
  assert.equal(codeFolder('/srv/node_modules/coppice'), '/srv/node_modules')
  assert.equal(codeFolder('/srv/node_modules/.pnpm/c@1/node_modules/coppice'), '/srv/node_modules')
})

test('only a job that the tool knows is one', () => {
  assert.deepEqual(readJob('{"kind":"hash","path":"/x"}\n'), { kind: 'hash', path: '/x' })
  for (const line of ['', 'x', '{}', '{"kind":"hash","path":"x"}', '{"kind":"run","path":"/x"}'])
    assert.equal(readJob(line), undefined)
})
