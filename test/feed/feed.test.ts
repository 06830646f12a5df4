// Why this file exists: core and wire die separately; nothing that wire saw may be lost, and nothing that core
// knows may be missing on the wire once both are back.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { connect } from 'node:net'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { parseDnsName, parseMac } from '#directory'
import {
  CoreEnd,
  type CoreEndOptions,
  type FeedMessage,
  feedVersion,
  type Outbox,
  type Sighting,
  sightingsInFlightMax,
  WireEnd,
} from '#feed'

const domain = parseDnsName('cluster.test')
const mac = parseMac('52:54:00:77:00:11')
assert.ok(domain !== undefined && mac !== undefined)
const opening: readonly FeedMessage[] = [
  { kind: 'hello', version: feedVersion, boot: { caFingerprint: 'ab', caPem: 'x', enrolPort: 1 } },
  { kind: 'reset', domain },
  { kind: 'delta', number: 7, serial: 1, deltas: [] },
]
const seen = (at: number): Sighting => ({ kind: 'alarm', at, mac, code: 'CPC-X', why: 'a test' })

function memoryOutbox(): Outbox & { readonly kept: Map<number, Sighting> } {
  const kept = new Map<number, Sighting>()
  let last = 0
  return {
    kept,
    append(sighting) {
      last += 1
      kept.set(last, sighting)
      return Promise.resolve(last)
    },
    since: (seq, countMax) =>
      [...kept]
        .filter(([at]) => at > seq)
        .slice(0, countMax)
        .map(([at, sighting]) => ({ seq: at, sighting })),
    forget(upTo) {
      for (const at of kept.keys()) if (at <= upTo) kept.delete(at)
    },
  }
}

function socketPath(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-feed-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return join(folder, 'feed.sock')
}

/** Collects values and lets a test wait for the n-th, with the runner's deadline as the bound. */
function collector<T>() {
  const values: T[] = []
  const waiting: { readonly count: number; readonly resolve: () => void }[] = []
  return {
    values,
    add: (value: T): void => {
      values.push(value)
      for (const one of waiting) if (values.length >= one.count) one.resolve()
    },
    async count(count: number) {
      if (values.length < count)
        await new Promise<void>((resolve) => waiting.push({ count, resolve }))
      return values
    },
  }
}

const quiet = {
  opening: () => opening,
  onServing: () => undefined,
  onCounters: () => undefined,
  onTrouble: () => undefined,
  later: (_milliseconds: number, action: () => void) => void setImmediate(action),
}

function startCore(path: string, stored: (sighting: Sighting) => void): CoreEnd {
  const onSightings: CoreEndOptions['onSightings'] = (items) => {
    for (const { sighting } of items) stored(sighting)
    return Promise.resolve()
  }
  return new CoreEnd({ ...quiet, socketPath: path, onSightings })
}

test('a wire that core reaches gets hello and the whole snapshot, then each delta in order', async (t) => {
  const path = socketPath(t)
  const heard = collector<FeedMessage>()
  using wire = await WireEnd.listen({
    socketPath: path,
    outbox: memoryOutbox(),
    onMessage: heard.add,
    onTrouble: () => undefined,
  })
  using core = startCore(path, () => undefined)
  await heard.count(1)
  core.send([{ kind: 'delta', number: 8, serial: 2, deltas: [] }])
  const kinds = (await heard.count(4)).map(({ kind }) => kind)
  assert.deepEqual(kinds, ['hello', 'reset', 'delta', 'delta'])
  assert.ok(wire)
})

test('what wire saw while core was away is told when core is back, and forgotten once stored', async (t) => {
  const path = socketPath(t)
  const outbox = memoryOutbox()
  using wire = await WireEnd.listen({
    socketPath: path,
    outbox,
    onMessage: () => undefined,
    onTrouble: () => undefined,
  })
  await wire.report(seen(1))
  await wire.report(seen(2))
  const stored = collector<Sighting>()
  using core = startCore(path, stored.add)
  await stored.count(2)
  await wire.report(seen(3))
  assert.deepEqual(
    (await stored.count(3)).map(({ at }) => at),
    [1, 2, 3],
  )
  while (outbox.kept.size > 0) await new Promise((resolve) => setImmediate(resolve))
  assert.ok(core)
})

test('what core cannot store yet waits on the disk of wire, all of it, and in order', async (t) => {
  const path = socketPath(t)
  const outbox = memoryOutbox()
  const count = sightingsInFlightMax * 3 + 1
  using wire = await WireEnd.listen({
    socketPath: path,
    outbox,
    onMessage: () => undefined,
    onTrouble: () => undefined,
  })
  const groups: number[] = []
  const stored = collector<number>()
  using core = new CoreEnd({
    ...quiet,
    socketPath: path,
    onSightings(seen) {
      groups.push(seen.length)
      for (const { sighting } of seen) stored.add(sighting.at)
      return Promise.resolve()
    },
  })
  await Promise.all(Array.from({ length: count }, (_, at) => wire.report(seen(at + 1))))
  assert.deepEqual(
    await stored.count(count),
    Array.from({ length: count }, (_, at) => at + 1),
  )
  assert.ok(groups.every((size) => size <= sightingsInFlightMax))
  assert.ok(core)
})

test('sightings that core could not store are told again', async (t) => {
  const path = socketPath(t)
  const outbox = memoryOutbox()
  using wire = await WireEnd.listen({
    socketPath: path,
    outbox,
    onMessage: () => undefined,
    onTrouble: () => undefined,
  })
  const stored = collector<number>()
  let isDiskFull = true
  using core = new CoreEnd({
    ...quiet,
    socketPath: path,
    onSightings(items) {
      if (isDiskFull) {
        isDiskFull = false
        return Promise.reject(new Error('the disk is full'))
      }
      for (const { sighting } of items) stored.add(sighting.at)
      return Promise.resolve()
    },
  })
  await wire.report(seen(1))
  await wire.report(seen(2))
  assert.deepEqual(await stored.count(2), [1, 2])
  assert.ok(core)
})

test('a restarted wire is found again and gets the snapshot anew', async (t) => {
  const path = socketPath(t)
  const heard = collector<FeedMessage>()
  const options = {
    socketPath: path,
    outbox: memoryOutbox(),
    onMessage: heard.add,
    onTrouble: () => undefined,
  }
  const first = await WireEnd.listen(options)
  using core = startCore(path, () => undefined)
  await heard.count(3)
  first[Symbol.dispose]()
  using second = await WireEnd.listen(options)
  const kinds = (await heard.count(6)).map(({ kind }) => kind)
  assert.deepEqual(kinds, ['hello', 'reset', 'delta', 'hello', 'reset', 'delta'])
  assert.ok(core && second)
})

for (const [sentence, bytes, reason] of [
  [
    'a frame longer than any snapshot',
    Buffer.from([0xff, 0xff, 0xff, 0xff]),
    /a frame of 4294967295 bytes/,
  ],
  ['bytes that are no JSON', Buffer.from([0, 0, 0, 2, 0x7b, 0x7b]), /no JSON/],
  [
    'a VXLAN number that no network can have',
    Buffer.from('\0\0\0\x1f{"kind":"tenants","vnis":[0,7]}'),
    /cannot be read/,
  ],
  ['a message of no kind that we know', Buffer.from('\0\0\0\x0c{"kind":"x"}'), /cannot be read/],
] as const) {
  test(`${sentence} ends that connection with a reason, and the next one is served`, async (t) => {
    const path = socketPath(t)
    const troubles = collector<string>()
    const heard = collector<FeedMessage>()
    using wire = await WireEnd.listen({
      socketPath: path,
      outbox: memoryOutbox(),
      onMessage: heard.add,
      onTrouble: troubles.add,
    })
    const stranger = connect(path)
    stranger.on('error', () => undefined)
    stranger.write(bytes)
    assert.match((await troubles.count(1))[0] ?? '', reason)
    using core = startCore(path, () => undefined)
    await heard.count(1)
    assert.ok(wire && core)
  })
}

test('what core asks over the feed is answered by wire, and a wire that cannot answer tells why in its log', async (t) => {
  const path = socketPath(t)
  const troubles = collector<string>()
  const heard = collector<FeedMessage>()
  using wire = await WireEnd.listen({
    socketPath: path,
    outbox: memoryOutbox(),
    onMessage: heard.add,
    onQuestion: (question) =>
      question.kind === 'subject'
        ? Promise.resolve({
            subject: 'machine',
            facts: [{ topic: 'dhcp', text: question.subject, operands: ['n001', 1] }],
          })
        : Promise.reject(new Error('no packets today')),
    onTrouble: troubles.add,
  })
  const core = startCore(path, () => undefined)
  await heard.count(opening.length)
  const told = await core.ask({ kind: 'subject', subject: 'n001' })
  assert.deepEqual(told.facts, [{ topic: 'dhcp', text: 'n001', operands: ['n001', 1] }])
  const unanswered = core.ask({ kind: 'packets', packets: [] })
  assert.match((await troubles.count(1))[0] ?? '', /no packets today/)
  core[Symbol.dispose]()
  await assert.rejects(unanswered, /CPC-FEED-001|away/)
  assert.ok(wire)
})
