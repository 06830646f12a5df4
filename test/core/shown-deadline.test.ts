// Why this file exists: an order is answered when our own feed has shown it, and one for thousands shows later than one
// for one, so it must be waited for longer, but never for ever.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { Fault } from '#fault'
import type { DirectoryOrder, OrderOutcome } from '#ldap-sync'
import { openCoreStore } from '#store'
import type { DirectoryKeeper } from '../../src/core/directory-keeper.ts'
import { carryOutItems, type Item, unwatched } from '../../src/core/services/orders.ts'
import { machine } from '../directory/samples.ts'
import { now, scratchFolder } from '../store/scratch.ts'
import { keeperOver } from './keeper-over.ts'

const done = (order: DirectoryOrder): OrderOutcome => ({ order, kind: 'done' })

function openKeeper(t: TestContext): DirectoryKeeper {
  const store = openCoreStore(join(scratchFolder(t), 'core.db'), now)
  const keeper = keeperOver(store)
  t.after(() => {
    keeper[Symbol.dispose]()
    store[Symbol.dispose]()
  })
  return keeper
}

for (const [entries, seconds] of [
  [1, 10],
  [3_000, 10],
  [20_000, 60],
  [10_000_000, 300],
] as const) {
  test(`${entries} entries are waited for ${seconds} seconds and no longer, and that is told`, async (t) => {
    const keeper = openKeeper(t)
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const ended: { late?: unknown } = {}
    const waiting = keeper
      .untilShown('it', () => false, entries)
      .catch((error: unknown) => (ended.late = error))
    t.mock.timers.tick(seconds * 1000 - 1)
    await Promise.resolve()
    assert.deepEqual(ended, {})
    t.mock.timers.tick(1)
    await waiting
    const { late } = ended
    assert.ok(late instanceof Fault)
    assert.equal(late.code, 'CPC-DIR-020')
    assert.match(late.text.why, new RegExp(`within ${seconds} s`))
  })
}

test('an order is waited for as long as the number of its writes asks, not of those that are looked at', async (t) => {
  const keeper = openKeeper(t)
  const waits: (number | undefined)[] = []
  const orders = (at: number): readonly DirectoryOrder[] => [
    { kind: 'delete', dn: `cn=eth0,cn=n${at}` },
    { kind: 'delete', dn: `cn=n${at}` },
  ]
  const items = Array.from({ length: 2_000 }, (_, at): Item => ({
    name: `n${at}`,
    dn: `cn=n${at}`,
    orders: orders(at),
    isShown: ({ entries }) => entries.size > 0,
  }))
  const result = await carryOutItems(
    [items],
    {
      snapshot: () => keeper.snapshot,
      directory: {
        untilShown(what, isShown, entriesWritten) {
          waits.push(entriesWritten)
          keeper.take([{ kind: 'put', entry: machine(1, {}), notes: [] }])
          return keeper.untilShown(what, isShown, entriesWritten)
        },
      },
      sync: { writer: { carryOut: (all) => Promise.resolve(all.map(done)) } },
    },
    unwatched,
  )
  assert.deepEqual(waits, [4_000])
  assert.equal(result.done.length, 2_000)
})
