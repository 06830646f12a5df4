// Why this file exists: what wire answers with before anybody has confirmed it must be exactly what it answered with
// before, or nothing.
import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { applyDeltas, type Delta, emptySnapshot, type Snapshot } from '#directory'
import type { NextBoot } from '#feed'
import { CopyRhythm } from '../../src/wire/copy-rhythm.ts'
import { loadPicture, type PictureCopy, savePicture } from '../../src/wire/last-copy.ts'
import { domain, id, machine, name, network } from '../directory/samples.ts'

const folder = mkdtempSync(join(tmpdir(), 'coppice-copy-'))
after(() => rmSync(folder, { recursive: true }))

function copyOf(deltas: readonly Delta[], chosen: readonly (readonly [number, NextBoot])[] = []) {
  const snapshot = applyDeltas(emptySnapshot(domain), deltas, 7)
  const choices = new Map(chosen.map(([number, choice]) => [id(number), choice]))
  return { snapshot, serial: 1_700_000_000, chosen: choices, savedAt: 1_700_000_000_123 }
}

const few = copyOf(
  [
    { kind: 'put', entry: network(3, '10.1.0.0/24') },
    { kind: 'put', entry: machine(1, { macs: ['52:54:00:00:00:01'], address: '10.1.0.1' }) },
    { kind: 'set-aside', item: { id: id(9), dn: 'cn=ä\n,dc=x', reason: 'because' } },
  ],
  [[1, 'withheld']],
)
const many = copyOf(
  Array.from({ length: 1_000 }, (_, at) => ({ kind: 'put', entry: machine(at + 1) })),
)

function contentOf({ number, entries, setAside, byMac, byIp }: Snapshot) {
  const maps = [entries, setAside, byMac, byIp].map(
    (map) => new Map<unknown, unknown>(map.entries()),
  )
  return { number, maps }
}

function assertSame(loaded: PictureCopy, saved: PictureCopy): void {
  const { snapshot, ...rest } = loaded
  const { snapshot: expected, ...others } = saved
  assert.deepEqual(rest, others)
  assert.deepEqual(contentOf(snapshot), contentOf(expected))
}

for (const [sentence, copy] of [
  ['a network, a machine, one that is set aside and a choice', few],
  ['more entries than a part holds', many],
  ['nothing at all', copyOf([])],
] as const) {
  test(`a copy of ${sentence} is loaded as it was saved`, async () => {
    const path = join(folder, 'same')
    await savePicture(path, copy)
    const loaded = loadPicture(path, domain)
    assert.ok(loaded.kind === 'loaded')
    assertSame(loaded.copy, copy)
  })
}

test('without a file there is no copy, and that of another domain is none of ours', async () => {
  const path = join(folder, 'other')
  assert.deepEqual(loadPicture(path, domain), { kind: 'none' })
  await savePicture(path, few)
  assert.deepEqual(loadPicture(path, name('other.test')), { kind: 'none' })
  assert.ok(existsSync(path))
})

test('HOSTILE 38: a copy cut at any byte or with any byte changed is damaged, and is kept aside', async () => {
  const path = join(folder, 'damaged')
  await savePicture(path, few)
  const whole = readFileSync(path)
  for (let at = 0; at < whole.length - 1; at += 3) {
    const changed = Buffer.from(whole)
    changed[at] = (changed[at] ?? 0) ^ 1
    for (const bytes of [whole.subarray(0, at), changed]) {
      writeFileSync(path, bytes)
      assert.equal(loadPicture(path, domain).kind, 'damaged', `at byte ${at}`)
      assert.ok(existsSync(`${path}.damaged`) && !existsSync(path))
    }
  }
})

test('a save that fails leaves the copy that was there', async () => {
  const path = join(folder, 'kept')
  await savePicture(path, few)
  const before = readFileSync(path)
  const broken = { ...few, chosen: new Map([[id(1), 'disk' as const]]), serial: BigInt(1) }
  // @ts-expect-error JSON cannot say it: a failure in the middle of writing.
  await assert.rejects(savePicture(path, broken))
  assert.deepEqual(readFileSync(path), before)
})

function rhythm(save: () => Promise<void>) {
  const waiting: { milliseconds: number; action: () => void }[] = []
  const troubles: string[] = []
  let clock = 0
  const copies = new CopyRhythm({
    save,
    now: () => (clock += 10_000),
    later(milliseconds, action) {
      const one = { milliseconds, action }
      waiting.push(one)
      return () => void waiting.splice(waiting.indexOf(one), 1)
    },
    onTrouble: (reason) => troubles.push(reason),
  })
  return { copies, waiting, troubles }
}

test('a copy follows a change soon, then leaves ten times as long as it took', async () => {
  let saves = 0
  const { copies, waiting } = rhythm(() => Promise.resolve(void (saves += 1)))
  copies.changed()
  copies.changed()
  assert.deepEqual(
    waiting.map(({ milliseconds }) => milliseconds),
    [2_000],
  )
  waiting.shift()?.action()
  await new Promise(setImmediate)
  assert.equal(saves, 1)
  copies.changed()
  assert.equal(waiting[0]?.milliseconds, 100_000)
  await copies.close()
  assert.equal(saves, 2)
})

test('a disk that is full is told, and the copy is tried again', async () => {
  const { copies, waiting, troubles } = rhythm(() => Promise.reject(new Error('no space')))
  copies.changed()
  waiting.shift()?.action()
  await new Promise(setImmediate)
  assert.deepEqual(troubles, ['no space'])
  assert.equal(waiting.length, 1)
})
