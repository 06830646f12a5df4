// Why this file exists: the other tests answer as the command line expects; here it meets the API itself, so that both mean
// the same addresses, bodies, bytes and refusals.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import { fakeCore } from '../api/fake-services.ts'
import { image, refusing } from '../api/fake-clusters.ts'
import { type Shell, shellOn } from './terminal.ts'

const core = fakeCore()
let shell: Shell
let folder: string
let file: string
before(async () => {
  shell = await shellOn(core.services)
  folder = mkdtempSync(join(tmpdir(), 'cpc-over-'))
  file = join(folder, 'hpl.yaml')
  writeFileSync(file, 'cluster: hpl\n')
})
after(async () => {
  await shell[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})
beforeEach(() => {
  core.orders.length = 0
  core.clusters.uploads.length = 0
  core.clusters.refusal = undefined
})

for (const [words, printed] of [
  ['vo list -o name', 'biology\nphysics'],
  ['vo show physics -o name', 'physics'],
  ['image list --vo physics -o name', 'voc@3'],
  ['image show voc@3 --vo physics -o name', 'voc@3'],
  ['image show physics/voc -o name', 'voc@3'],
  ['cluster list -o name', 'biology/hpl\nphysics/hpl'],
  ['cluster show physics/hpl -o name', 'physics/hpl'],
  ['cluster timeline hpl --vo physics -o name', 'physics/hpl'],
  ['vcn list physics/hpl -o name', 'compute1.hpl.physics'],
  ['vcn show compute1.hpl.physics -o name', 'compute1.hpl.physics'],
  ['job list -o name', 'j3\nj2\nj1'],
  ['job show j2 -o name', 'j2'],
  ['hpl history -o name', 'r3\nr2\nr1'],
  ['hpl show r2 -o name', 'r2'],
  ['hpl compare r2 r3', '12.5 beside 13.2'],
] as const) {
  test(`coppice ${words} is answered by the API`, async () => {
    const { exit, out, err } = await shell.coppice(words.split(' '))
    assert.deepEqual([exit, err, out], [0, '', printed])
  })
}

for (const [words, ordered] of [
  ['vo add chemistry --quota vcns=1 --subnet 10.128.0.0/20 --member uid=a', 'vo add chemistry'],
  ['vo set physics --unset quota', 'vo change physics'],
  ['vo remove physics', 'vo remove physics'],
  ['image remove voc@3 --vo physics', 'image remove physics/voc@3'],
  ['job cancel j1', 'job cancel j1'],
  ['token add bob --role vo-member --vo physics', 'token add bob vo-member of physics'],
] as const) {
  test(`coppice ${words} is done by the API`, async () => {
    const { exit, err } = await shell.coppice(words.split(' '))
    assert.equal(exit, 0, err)
    assert.deepEqual(
      core.orders.map(({ what }) => what),
      [ordered],
    )
  })
}

test('an image that is no longer whole is told of', async () => {
  const { exit, err } = await shell.coppice(['image', 'verify', 'physics/voc@3'])
  assert.equal(exit, 1)
  assert.match(err, /CPC-IMG-011\].*\n.*\nwhy: {3}the file is gone/)
})

test('a plan is made of the file as it is, and applied by its hash', async () => {
  const planned = await shell.coppice(['cluster', 'plan', file, '--detailed-exitcode'])
  assert.equal(planned.exit, 10)
  const stop = new AbortController()
  await shell.coppice(['cluster', 'apply', file, '--plan', 'abc'], {
    stop: stop.signal,
    onPause: () => stop.abort(),
  })
  const [order] = core.orders
  assert.equal(order?.what, `cluster apply ${file}`)
  assert.deepEqual(order?.given, { vo: undefined, text: 'cluster: hpl\n', hash: 'abc' })
})

const bytes = 24 * 1024 * 1024

test('an image arrives whole through the API', async () => {
  const disk = join(folder, 'disk.raw')
  writeFileSync(disk, '')
  truncateSync(disk, bytes)
  const words = ['image', 'push', disk, '--vo', 'physics', '--name', 'voc', '--format', 'raw']
  const { exit, out } = await shell.coppice(words)
  assert.equal(exit, 0)
  assert.equal(out, `pushed physics/voc@3 (7 bytes, ${image('physics').digest})`)
  assert.deepEqual(core.clusters.uploads, [bytes])
})

for (const afterBytes of [0, 1, bytes / 2]) {
  test(`an image that the API refuses after ${afterBytes} bytes is refused in its words`, async () => {
    const disk = join(folder, 'disk.raw')
    writeFileSync(disk, '')
    truncateSync(disk, bytes)
    core.clusters.refusal = { afterBytes, fault: refusing() }
    const words = ['image', 'push', disk, '--vo', 'physics', '--name', 'voc']
    const { exit, err } = await shell.coppice(words)
    assert.equal(exit, 4)
    assert.match(err, /CPC-IMG-006\]\nwhere: image physics\/voc\nwhy: {3}the quota is spent/)
  })
}

test('a console goes both ways through the API, and a node that is not there is told of', async () => {
  const stop = new AbortController()
  async function* typing(): AsyncGenerator<Uint8Array> {
    yield Promise.resolve(Buffer.from('root\n'))
  }
  const seen = Promise.withResolvers<void>()
  const talking = shell.coppice(['vcn', 'console', 'compute1.hpl.physics', '--seconds', '5'], {
    keys: typing(),
    stop: stop.signal,
    onOut: (shown) => {
      if (shown.includes('login:')) seen.resolve()
    },
    onPause: () => seen.promise,
  })
  const serial = await opened()
  serial.on('typed', () => serial.push('login: '))
  if (serial.typed.length > 0) serial.push('login: ')
  const { exit, out } = await talking
  assert.equal(exit, 0)
  assert.match(out, /^login: /)
  assert.equal(serial.typed.join(''), 'root\n')
  assert.equal((await shell.coppice(['vcn', 'console', 'a.b.c'])).exit, 3)
})

async function opened() {
  for (let turn = 0; turn < 1000; turn += 1) {
    const serial = core.clusters.serials.at(-1)
    if (serial !== undefined) return serial
    await new Promise((resolve) => setImmediate(resolve))
  }
  throw new Error('no console was opened')
}
