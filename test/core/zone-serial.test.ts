// Why this file exists: a secondary that has seen a serial ignores every smaller one, so none may ever be told twice, over
// crashes and clocks that were set back.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { openCoreStore } from '#store'
import { blockLength, ZoneSerial } from '../../src/core/zone-serial.ts'
import { domain } from '../directory/samples.ts'
import { now, scratchFolder } from '../store/scratch.ts'

const startSeconds = now() / 1_000

test('a serial is the clock, or one more than the last, and a restart goes on above all that was told', (t) => {
  const store = openCoreStore(join(scratchFolder(t), 'core.db'), now)
  t.after(() => store[Symbol.dispose]())
  let clock = now()
  const open = (): ZoneSerial =>
    new ZoneSerial({ zone: domain, serials: store.serials, now: () => clock })
  const first = open()
  assert.equal(first.current, startSeconds)
  assert.equal(first.next(), startSeconds + 1)
  clock += 60_000
  assert.equal(first.next(), startSeconds + 60)
  const told = Array.from({ length: blockLength * 2 }, () => first.next())
  assert.deepEqual(
    told,
    told.toSorted((one, other) => one - other),
  )
  assert.ok((told.at(-1) ?? 0) <= (store.serials.last(domain) ?? 0), 'told, but not stored')
  first[Symbol.dispose]()
  clock -= 86_400_000
  using second = open()
  assert.ok(second.current > (told.at(-1) ?? 0))
})

test('a change waits for no disk: its serial is within what was stored before', (t) => {
  const store = openCoreStore(join(scratchFolder(t), 'core.db'), now)
  t.after(() => store[Symbol.dispose]())
  let writes = 0
  const next = (zone: string, unixSeconds: number): number => {
    writes += 1
    return store.serials.next(zone, unixSeconds)
  }
  using serial = new ZoneSerial({ zone: domain, serials: { ...store.serials, next }, now })
  for (let change = 0; change < blockLength / 2; change += 1) serial.next()
  assert.equal(writes, 1)
})
