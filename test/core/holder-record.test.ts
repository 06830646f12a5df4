// Why this file exists: who held a thing first keeps it over any restart, though only what the last good copy cannot tell
// is written down, and behind the change.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { type Delta, type Entry } from '#directory'
import type { DirectoryChange } from '#ldap-sync'
import { type CoreStore, openCoreStore } from '#store'
import type { DirectoryKeeper } from '../../src/core/directory-keeper.ts'
import { HolderRecord, rowsPerWrite } from '../../src/core/holder-record.ts'
import { id, machine } from '../directory/samples.ts'
import { now, scratchFolder } from '../store/scratch.ts'
import { keeperOver } from './keeper-over.ts'

const first = machine(1, { macs: ['52:54:00:00:00:01'], address: '10.1.0.1' })
const rival = machine(2, { macs: ['52:54:00:00:00:01'], address: '10.1.0.2' })

function put(...entries: readonly Entry[]): readonly DirectoryChange[] {
  return entries.map((entry) => ({ kind: 'put', entry, notes: [] }))
}

function tellingKeeper(store: CoreStore): { keeper: DirectoryKeeper; deltas: Delta[] } {
  const deltas: Delta[] = []
  const keeper = keeperOver(store, { onChange: (some) => deltas.push(...some) })
  return { keeper, deltas }
}

function openStore(context: TestContext): CoreStore {
  const store = openCoreStore(join(scratchFolder(context), 'core.db'), now)
  context.after(() => store[Symbol.dispose]())
  return store
}

/** What a keeper that starts anew serves of a directory that holds these. */
function servedAfterRestart(store: CoreStore, ...entries: readonly Entry[]): readonly string[] {
  const { keeper } = tellingKeeper(store)
  using _ = keeper
  keeper.take(put(...entries))
  return [...keeper.snapshot.entries.values()].map(({ dn }) => dn)
}

test('HOSTILE 41: what was held since the last copy is held after a restart', (t) => {
  const store = openStore(t)
  const { keeper } = tellingKeeper(store)
  keeper.take(put(first))
  keeper[Symbol.dispose]()
  assert.deepEqual(servedAfterRestart(store, rival, first), [first.dn])
})

test('HOSTILE 41: what was held when the copy was made is in the copy, and no row is kept for it', (t) => {
  const store = openStore(t)
  const { keeper } = tellingKeeper(store)
  keeper.take(put(first))
  keeper.copied()()
  keeper[Symbol.dispose]()
  assert.equal(store.holders.all().size, 0)
  const restarted = tellingKeeper(store).keeper
  restarted.take(put(first))
  restarted.take(put(rival))
  assert.ok(restarted.snapshot.entries.has(first.id) && !restarted.snapshot.entries.has(rival.id))
  restarted[Symbol.dispose]()
})

test('HOSTILE 41: a quarrel keeps its rows through every copy, also when it began after one', (t) => {
  const store = openStore(t)
  const { keeper } = tellingKeeper(store)
  keeper.take(put(first))
  keeper.copied()()
  keeper.take(put(rival))
  keeper.copied()()
  keeper[Symbol.dispose]()
  assert.deepEqual(servedAfterRestart(store, rival, first), [first.dn])
})

test('an entry that cannot be read any more holds after a restart what it held before', (t) => {
  const store = openStore(t)
  const { keeper } = tellingKeeper(store)
  keeper.take(put(first))
  keeper.copied()()
  const refused = {
    kind: 'refused',
    item: { id: first.id, dn: first.dn, reason: 'a typo' },
  } as const
  keeper.take([refused])
  keeper.copied()()
  keeper[Symbol.dispose]()
  const restarted = tellingKeeper(store).keeper
  restarted.take([refused])
  restarted.take(put(rival))
  assert.equal(restarted.snapshot.entries.size, 0)
  restarted[Symbol.dispose]()
})

test('what changed while a copy was being written stays in the store', (t) => {
  const store = openStore(t)
  const { keeper } = tellingKeeper(store)
  const saved = keeper.copied()
  keeper.take(put(first))
  saved()
  keeper[Symbol.dispose]()
  assert.equal(store.holders.all().get('MAC 52:54:00:00:00:01'), first.id)
})

test('many holders are written in several turns, a full disk is told and tried again, and nothing is lost', async (t) => {
  const store = openStore(t)
  const troubles: string[] = []
  const waiting: (() => void)[] = []
  let isFull = true
  const record = new HolderRecord({
    store: {
      holders: store.holders,
      together: (work) => store.together(work),
      behind: (work) =>
        isFull ? Promise.reject(new Error('the disk is full')) : store.behind(work),
    },
    later: (_milliseconds, action) => {
      waiting.push(action)
      return () => undefined
    },
    onTrouble: (reason) => troubles.push(reason),
  })
  const keys = Array.from({ length: rowsPerWrite + 1 }, (_, at) => `name n${at}`)
  record.note(keys.map((key) => ({ key, id: id(1) })))
  const next = async (): Promise<void> => {
    waiting.shift()?.()
    while (waiting.length === 0 && store.holders.all().size < keys.length)
      await new Promise(setImmediate)
  }
  await next()
  assert.match(troubles.join(), /the disk is full/)
  isFull = false
  await next()
  assert.equal(store.holders.all().size, rowsPerWrite)
  await next()
  assert.equal(store.holders.all().size, keys.length)
})
