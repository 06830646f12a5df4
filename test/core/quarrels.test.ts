// Why this file exists: two entries that want one thing must end the same way in the running core, over its restarts
// and in what people are told: the first keeps it, or nobody has it, and lint names both.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { type Entry, formatIp4, lintStep, startLint } from '#directory'
import { lookUp } from '#dns'
import { openCoreStore } from '#store'
import type { DirectoryKeeper } from '../../src/core/directory-keeper.ts'
import { lintViews } from '../../src/core/services/views.ts'
import { recordType } from '../../src/dns/query.ts'
import { domain, machine, type MachineSample, name } from '../directory/samples.ts'
import { now, scratchFolder } from '../store/scratch.ts'
import { keeperOver } from './keeper-over.ts'

/** Core as it is between two starts: its store stays, all else is made anew. */
class Core {
  readonly #path: string
  #open: { keeper: DirectoryKeeper; close: () => void }

  constructor(t: TestContext) {
    this.#path = join(scratchFolder(t), 'core.db')
    this.#open = this.#start()
    t.after(() => this.#open.close())
  }

  get keeper(): DirectoryKeeper {
    return this.#open.keeper
  }

  put(...entries: readonly Entry[]): this {
    this.keeper.take(entries.map((entry) => ({ kind: 'put', entry, notes: [] })))
    return this
  }

  restart(): this {
    this.#open.close()
    this.#open = this.#start()
    return this
  }

  get served(): readonly string[] {
    return [...this.keeper.snapshot.entries.values()].map(({ dn }) => dn).toSorted()
  }

  /** Of each entry that is set aside, what lint says. */
  get told(): ReadonlyMap<string, string> {
    const views = lintViews(lintStep(startLint(domain), this.keeper.snapshot), [])
    const aside = views.filter(({ severity }) => severity === 'set-aside')
    return new Map(aside.map(({ where, reason }) => [where, reason]))
  }

  /** What DNS says right now. */
  addresses(host: string): readonly string[] {
    const view = { snapshot: this.keeper.snapshot, applianceAddresses: [], serial: 1 }
    const found = lookUp(view, `${host}.cluster.test`, recordType.a)
    const records = found.kind === 'records' ? found.records : []
    return records.flatMap((record) => (record.type === 'a' ? formatIp4(record.address) : []))
  }

  #start(): { keeper: DirectoryKeeper; close: () => void } {
    const store = openCoreStore(this.#path, now)
    const keeper = keeperOver(store)
    const close = (): void => {
      keeper[Symbol.dispose]()
      store[Symbol.dispose]()
    }
    return { keeper, close }
  }
}

const rivals: readonly (readonly [string, MachineSample, MachineSample])[] = [
  ['MAC', { macs: ['02:00:00:00:00:01'] }, { macs: ['02:00:00:00:00:01'] }],
  ['address', { address: '10.0.0.1' }, { address: '10.0.0.1' }],
  ['name', { aliases: [name('www')] }, { aliases: [name('www')] }],
]

for (const [what, one, other] of rivals) {
  const [first, second] = [machine(1, one), machine(2, other)]

  test(`HOSTILE 41: the first of two with one ${what} keeps it over restarts, and lint names both`, (t) => {
    const core = new Core(t).put(first).put(second)
    for (const again of [1, 2, 3]) {
      assert.deepEqual(core.served, [first.dn], `start ${again}`)
      const reason = core.told.get(second.dn) ?? ''
      assert.ok(reason.includes(first.dn) && reason.includes(second.dn), reason)
      core.restart().put(...(again === 2 ? [first, second] : [second, first]))
    }
  })

  test(`HOSTILE 41: with no record of who had a ${what} first nobody has it, and lint names both twice`, (t) => {
    const core = new Core(t).put(second, first)
    for (const again of [1, 2]) {
      assert.deepEqual(core.served, [], `start ${again}`)
      assert.deepEqual([...core.told.keys()].toSorted(), [first.dn, second.dn])
      for (const reason of core.told.values()) {
        assert.ok(reason.includes(first.dn) && reason.includes(second.dn), reason)
      }
      core.restart().put(first, second)
    }
    core.keeper.take([{ kind: 'gone', id: second.id }])
    assert.deepEqual(core.served, [first.dn])
  })
}

const before = [machine(1, { address: '10.0.0.1' }), machine(2, { address: '10.0.0.2' })]
const after = [machine(1, { address: '10.0.0.2' }), machine(2, { address: '10.0.0.1' })]

for (const [how, swap] of [
  ['in one step', (core: Core) => core.put(...after)],
  ['one after the other', (core: Core) => after.reduce((each, entry) => each.put(entry), core)],
  ['while core is down', (core: Core) => core.restart().put(...after)],
] as const) {
  test(`HOSTILE 42: two entries that swap addresses ${how} are told so by DNS at once`, (t) => {
    const core = new Core(t).put(...before)
    assert.deepEqual([core.addresses('n1'), core.addresses('n2')], [['10.0.0.1'], ['10.0.0.2']])
    swap(core)
    assert.deepEqual([core.addresses('n1'), core.addresses('n2')], [['10.0.0.2'], ['10.0.0.1']])
    assert.deepEqual([...core.told], [])
    assert.deepEqual(
      core
        .restart()
        .put(...after)
        .addresses('n1'),
      ['10.0.0.2'],
    )
  })
}

test('HOSTILE 42: in the middle of a swap no address is told of two machines', (t) => {
  const [moved] = after
  assert.ok(moved)
  const core = new Core(t).put(...before).put(moved)
  assert.deepEqual([core.addresses('n1'), core.addresses('n2')], [[], ['10.0.0.2']])
  assert.match(
    core.told.get(moved.dn) ?? '',
    /address 10\.0\.0\.2 is claimed by cn=n1.* cn=n2.* first/,
  )
})
