// Why this file exists: an acknowledged lease survives whatever happens to the process or the disk.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { ip4, parseMac } from '#directory'
import { Fault } from '#fault'
import type { Sighting } from '#feed'
import type { LeaseJournal } from '../../src/pxe/lease/journal.ts'
import { type LeaseRow, openDatabase, waitingWritesMax, wireSchema, WireStore } from '#store'
import { needs, needsRoot } from '../needs.ts'
import { keep, leaseNumber } from './lease.ts'
import { now, scratchFolder } from './scratch.ts'

function open(path: string, more: Partial<Parameters<typeof WireStore.open>[0]> = {}) {
  return WireStore.open({ path, now, onAlarm: (alarm) => assert.fail(alarm), ...more })
}

/** What a restarted process finds. A write that was cut short had been promised to nobody. */
async function found(path: string): Promise<readonly number[]> {
  const onAlarm = ({ code }: { code: string }): void => assert.equal(code, 'CPC-STO-014')
  await using store = await open(path, { onAlarm })
  return (await store.leases.load()).map((lease) => lease.address - leaseNumber(0).address)
}

function upTo(last: number): readonly number[] {
  return Array.from({ length: last }, (_, index) => index + 1)
}

test('HOSTILE 36: a lease comes back with the wall time, the length and the boot it was written in', async (t) => {
  const path = join(scratchFolder(t), 'wire.db')
  const { clientId, ...least } = leaseNumber(2)
  assert.ok(clientId)
  const odd: LeaseRow = {
    ...least,
    state: 'quarantined',
    source: 'directory',
    seconds: 4_294_967_295,
    since: { wallMs: -1, monotonicMs: 0.25, bootId: '' },
  }
  {
    await using store = await open(path)
    await store.leases.append([
      { kind: 'keep', lease: leaseNumber(1) },
      { kind: 'keep', lease: odd },
      { kind: 'keep', lease: leaseNumber(3) },
    ])
    await store.leases.append([{ kind: 'drop', address: leaseNumber(3).address }])
  }
  await using store = await open(path)
  const journal: LeaseJournal = store.leases
  assert.deepEqual(await journal.load(), [leaseNumber(1), odd])
})

test('ten thousand leases at once are stored in groups, in well under a sync each', async (t) => {
  const path = join(scratchFolder(t), 'wire.db')
  {
    await using store = await open(path)
    await Promise.all(upTo(10_000).map((n) => store.leases.append(keep(n))))
  }
  assert.equal((await found(path)).length, 10_000)
})

test('a store that is closed writes what waits first', async (t) => {
  const path = join(scratchFolder(t), 'wire.db')
  const store = await open(path)
  const puts = upTo(100).map((n) => store.leases.append(keep(n)))
  await store[Symbol.asyncDispose]()
  await Promise.all(puts)
  assert.deepEqual(await found(path), upTo(100))
  await assert.rejects(store.leases.append(keep(1)), { code: 'CPC-STO-011' })
})

test('more changes than may wait are refused, and the others are stored', async (t) => {
  const path = join(scratchFolder(t), 'wire.db')
  await using store = await open(path)
  const puts = upTo(waitingWritesMax + 1).map((n) => store.leases.append(keep(n % 100)))
  const outcomes = await Promise.allSettled(puts)
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
  assert.equal(refused.length, 1)
  await assert.rejects(Promise.all(puts), { code: 'CPC-STO-007' })
})

test('HOSTILE 32: after kill -9 of a writing process, every acknowledged lease is there', async (t) => {
  const path = join(scratchFolder(t), 'wire.db')
  const program = join(import.meta.dirname, 'programs/write-until-killed.ts')
  const child = spawn(process.execPath, [program, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => child.kill('SIGKILL'))
  const acknowledged: number[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(Number(line))
    if (acknowledged.length === 700) child.kill('SIGKILL')
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  assert.equal(child.signalCode, 'SIGKILL')
  const there = new Set(await found(path))
  assert.deepEqual(
    acknowledged.filter((n) => !there.has(n)),
    [],
  )
})

/** The files as a power cut would leave them: a main file and a log that was never folded into it. */
async function tornFiles(
  folder: string,
  commits: number,
): Promise<{ main: Buffer; log: Buffer; ends: readonly number[] }> {
  const path = join(folder, 'wire.db')
  await using store = await open(path)
  const ends: number[] = []
  for (const n of upTo(commits)) {
    await store.leases.append(keep(n))
    ends.push(statSync(`${path}-wal`).size)
  }
  return { main: readFileSync(path), log: readFileSync(`${path}-wal`), ends }
}

/** Up to the last whole commit, and whether it is said that more was begun. */
function leasesIn(path: string): { leases: readonly unknown[]; isSaid: boolean } {
  const { db, recovered, cutOff } = openDatabase(path, wireSchema, now)
  assert.equal(recovered, undefined)
  if (cutOff) assert.equal(cutOff.code, 'CPC-STO-014')
  const rows = db.prepare('SELECT address FROM lease ORDER BY address').all()
  db.close()
  const leases = rows.map((row) => Number(row['address']) - leaseNumber(0).address)
  return { leases, isSaid: cutOff !== undefined }
}

test('HOSTILE 33: a log cut at any point gives everything up to the last whole commit, and it is said', async (t) => {
  const folder = scratchFolder(t)
  const commits = 12
  const { main, log, ends } = await tornFiles(folder, commits)
  const frameBytes = 4096 + 24
  const boundaries = Array.from(
    { length: Math.floor((log.length - 32) / frameBytes) + 1 },
    (_, index) => 32 + index * frameBytes,
  )
  const cuts = [0, 1, 16, ...boundaries.flatMap((at) => [at - 1, at, at + 1, at + 2000])]
  const wholeAt = new Set([0, 32, ...ends])
  let before = 0
  for (const cut of cuts.filter((at) => at <= log.length)) {
    const torn = join(folder, `cut-${cut}`)
    mkdirSync(torn)
    writeFileSync(join(torn, 'wire.db'), main)
    writeFileSync(join(torn, 'wire.db-wal'), log.subarray(0, cut))
    const { leases, isSaid } = leasesIn(join(torn, 'wire.db'))
    assert.deepEqual(leases, upTo(leases.length), `cut at ${cut}`)
    assert.ok(leases.length >= before, `cut at ${cut}`)
    assert.equal(isSaid, !wholeAt.has(cut), `cut at ${cut}`)
    before = leases.length
  }
  assert.equal(before, commits)
})

test('HOSTILE 33: a log with a damaged frame gives what was committed before it', async (t) => {
  const folder = scratchFolder(t)
  const { main, log } = await tornFiles(folder, 12)
  log.fill(0x5a, Math.floor(log.length / 2), Math.floor(log.length / 2) + 100)
  const path = join(folder, 'damaged.db')
  writeFileSync(path, main)
  writeFileSync(`${path}-wal`, log)
  const { leases, isSaid } = leasesIn(path)
  assert.deepEqual(leases, upTo(leases.length))
  assert.ok(leases.length > 0 && leases.length < 12)
  assert.equal(isSaid, true)
})

/** Writes until the store refuses; what was acknowledged, and the refusal. */
async function fill(store: WireStore): Promise<{ acknowledged: number[]; refusal: unknown }> {
  const acknowledged: number[] = []
  for (const n of upTo(20_000)) {
    try {
      await Promise.all(upTo(50).map((part) => store.leases.append(keep(n * 50 + part))))
      acknowledged.push(...upTo(50).map((part) => n * 50 + part))
    } catch (refusal) {
      return { acknowledged, refusal }
    }
  }
  return assert.fail('the store never refused')
}

test('HOSTILE 34: on a full disk a lease is refused aloud, and all acknowledged ones stay', async (t) => {
  const path = join(scratchFolder(t), 'wire.db')
  const { acknowledged, refusal } = await (async () => {
    await using store = await open(path, { pageCountMax: 20 })
    const outcome = await fill(store)
    assert.equal((await store.leases.load()).length, outcome.acknowledged.length)
    return outcome
  })()
  assert.ok(refusal instanceof Fault && refusal.code === 'CPC-STO-006')
  assert.match(refusal.text.why, /full/)
  assert.ok(acknowledged.length > 0)
  assert.deepEqual(await found(path), acknowledged)
})

function smallDisk(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-small-disk-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=600k', 'coppice-test', folder])
  t.after(() => {
    execFileSync('umount', ['--lazy', folder])
    rmdirSync(folder)
  })
  return folder
}

test(
  'HOSTILE 34: a disk that is really full refuses, and takes leases again when there is room',
  { ...needs('mount', '/usr/bin/mount'), ...needsRoot() },
  async (t) => {
    const folder = smallDisk(t)
    const path = join(folder, 'wire.db')
    await using store = await open(path)
    const { acknowledged, refusal } = await fill(store)
    assert.ok(refusal instanceof Fault && refusal.code === 'CPC-STO-006')
    assert.equal((await store.leases.load()).length, acknowledged.length)
    execFileSync('mount', ['-o', 'remount,size=8m', folder])
    await store.leases.append(keep(1))
    assert.equal((await store.leases.load()).length, acknowledged.length + 1)
  },
)

const mac = parseMac('52:54:00:00:00:01')
assert.ok(mac)
const sighting = (at: number): Sighting => ({
  kind: 'dhcp',
  at,
  mac,
  address: ip4(0x0a4d_0011),
  asked: 'DISCOVER',
  answered: 'OFFER',
  stage: 'firmware',
  interfaceName: 'prov0',
  why: 'known MAC',
})

test('a sighting gets the next number, which grows across forgetting and restarts', async (t) => {
  const path = join(scratchFolder(t), 'wire.db')
  {
    await using store = await open(path)
    assert.deepEqual(
      await Promise.all([1, 2, 3].map((at) => store.outbox.append(sighting(at)))),
      [1, 2, 3],
    )
    assert.deepEqual(store.outbox.since(1, 100), [
      { seq: 2, sighting: sighting(2) },
      { seq: 3, sighting: sighting(3) },
    ])
    store.outbox.forget(3)
  }
  await using store = await open(path)
  assert.deepEqual(store.outbox.since(0, 100), [])
  assert.equal(await store.outbox.append(sighting(4)), 4)
})

test('an outbox that nobody empties drops the oldest, counts them and raises an alarm', async (t) => {
  const path = join(scratchFolder(t), 'wire.db')
  const alarms: Fault[] = []
  await using store = await open(path, {
    sightingRowsMax: 10,
    onAlarm: (alarm) => alarms.push(alarm),
  })
  for (const at of upTo(25)) await store.outbox.append(sighting(at))
  assert.deepEqual(
    store.outbox.since(0, 100).map(({ seq }) => seq),
    [16, 17, 18, 19, 20, 21, 22, 23, 24, 25],
  )
  assert.deepEqual(
    alarms.map(({ code }) => code),
    ['CPC-STO-012'],
  )
})

test('HOSTILE 35: a wire database that is damaged comes back from the copy it made', async (t) => {
  const path = join(scratchFolder(t), 'wire.db')
  {
    await using store = await open(path)
    await store.leases.append(keep(1))
    await store.copy()
    await store.leases.append(keep(2))
  }
  writeFileSync(path, 'damaged')
  const alarms: string[] = []
  await using store = await open(path, { onAlarm: (alarm) => alarms.push(alarm.code) })
  assert.deepEqual(await store.leases.load(), [leaseNumber(1)])
  assert.deepEqual(alarms, ['CPC-STO-004'])
})
