// Why this file exists: thousands of orders in large batches must end with the truth about each of them, whatever is
// refused and wherever the connection breaks, and our mirror must show what the directory holds.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { ip4, type Mac, parseDnsName, parseLabel, parseMac } from '#directory'
import {
  type Clock,
  type DirectoryOrder,
  LdapRefusal,
  machineOrder,
  nicOrder,
  type OrderOutcome,
  systemClock,
} from '#ldap-sync'
import { ldapFilter } from '../../src/ldap-sync/message/filter.ts'
import { needs } from '../needs.ts'
import { Bench, known, type Provider } from './bench.ts'
import { embedded, inMemory } from './providers.ts'
import { Scissors } from './scissors.ts'
import type { WatchedSync } from './watched-sync.ts'

/** Pauses end at once; deadlines, which are longer, are kept. */
const impatient: Clock = {
  now: () => systemClock.now(),
  after: (millis, run) => systemClock.after(millis <= 2_000 ? 0 : millis, run),
}

interface Manner {
  readonly label: string
  readonly make: () => Provider | Promise<Provider>
  readonly options: { readonly skip?: string }
}

const manners: readonly Manner[] = [
  { label: 'in memory', make: inMemory, options: {} },
  { label: 'slapd', make: embedded, options: needs('slapd', '/usr/sbin/slapd') },
]

interface Scene {
  readonly bench: Bench
  readonly scissors: Scissors
  readonly watched: WatchedSync
  readonly add: (number: number, base?: string) => DirectoryOrder
  readonly interrupt: () => Promise<void>
}

/** What is in the directory, by DN, with its entryUUID. */
async function machinesIn(bench: Bench): Promise<readonly string[]> {
  const client = await bench.client()
  const base = `ou=machines,${bench.base}`
  const filter = ldapFilter`(objectClass=device)`
  const found = await client.search({ base, filter, attributes: ['1.1'] })
  return found.map(({ dn }) => dn).toSorted()
}

function kindsOf(outcomes: readonly OrderOutcome[]): Readonly<Record<string, number>> {
  const groups = Map.groupBy(outcomes, ({ kind }) => kind)
  return Object.fromEntries([...groups].map(([kind, group]) => [kind, group.length]))
}

async function mirrors({ watched, bench }: Pick<Scene, 'watched' | 'bench'>): Promise<void> {
  const there = await machinesIn(bench)
  const shown = (): readonly string[] => watched.machines.map(({ dn }) => dn).toSorted()
  await watched.until('it shows what there is', () => shown().join('\n') === there.join('\n'))
  assert.deepEqual(watched.state?.held, [])
}

for (const manner of manners) {
  describe(`orders (${manner.label})`, manner.options, () => {
    let provider: Provider
    let count = 0
    before(async () => {
      provider = await manner.make()
    })
    after(() => provider.stop())

    const promise = (
      sentence: string,
      run: (scene: Scene) => Promise<void>,
      clock: Clock = systemClock,
    ): void => {
      test(`${sentence} (${manner.label})`, async () => {
        count += 1
        const scissors = new Scissors(provider.connect)
        const bench = new Bench({ ...provider, connect: scissors.connect }, `o${count}`)
        try {
          await bench.prepare()
          const watched = await bench.live({}, clock)
          // slapd refuses doubles, also those of other tests.
          const first = count * 0x1000
          const add = (number: number, base = bench.base): DirectoryOrder =>
            machineOrder(base, known(parseDnsName(`n${number}`)), {
              macs: [macOf(first + number)],
              address: ip4(0x0a_00_00_00 + first + number),
            })
          const interrupt = (): Promise<void> => provider.interrupt()
          await run({ bench, scissors, watched, add, interrupt })
        } finally {
          await bench.close()
        }
      })
    }
    batches(promise)
    broken(promise)
    if (manner.label === 'slapd') killed(promise)
  })
}

type Promising = (sentence: string, run: (scene: Scene) => Promise<void>, clock?: Clock) => void

function macOf(number: number): Mac {
  return known(parseMac(`0200${number.toString(16).padStart(8, '0')}`))
}

function numbered<T>(count: number, make: (number: number) => T): T[] {
  return Array.from({ length: count }, (_, at) => make(at + 1))
}

function batches(promise: Promising): void {
  promise('machines and their cards are added in any number of batches', async (scene) => {
    const { watched, add } = scene
    const orders = numbered(260, add).flatMap((order) => [
      order,
      nicOrder(order.dn, known(parseLabel('eth1')), {}),
    ])
    const told: number[] = []
    const outcomes = await watched.sync.writer.carryOut(orders, { onDone: (n) => told.push(n) })
    assert.deepEqual(kindsOf(outcomes), { done: 520 })
    assert.deepEqual(
      outcomes.map(({ order }) => order),
      orders,
    )
    assert.equal(told.at(-1), 520)
    assert.ok(told.length > 1)
    await watched.until('all are there', () => watched.machines.length === 260)
  })

  promise(
    'bad orders are refused each with its reason, and the good ones are done',
    async (scene) => {
      const { bench, watched, add } = scene
      const { writer } = watched.sync
      await writer.carryOut([add(3)], {})
      const orders = [...numbered(20, add), add(21, `ou=nowhere,${bench.base}`), add(7)]
      const outcomes = await writer.carryOut(orders, {})
      assert.deepEqual(kindsOf(outcomes), { done: 19, failed: 3 })
      const refusals = outcomes.flatMap((each, place) =>
        each.kind === 'failed' && each.fault instanceof LdapRefusal
          ? [[place, each.fault.resultCode, each.fault.text.where]]
          : [],
      )
      assert.deepEqual(refusals, [
        [2, 68, `cn=n3,ou=machines,${bench.base}`],
        [20, 32, `cn=n21,ou=machines,ou=nowhere,${bench.base}`],
        [21, 68, `cn=n7,ou=machines,${bench.base}`],
      ])
      await mirrors(scene)
    },
  )

  promise('a batch of which most is bad ends all the same', async (scene) => {
    const { watched, add } = scene
    const { writer } = watched.sync
    await writer.carryOut(
      numbered(40, (number) => add(number * 2)),
      {},
    )
    const outcomes = await writer.carryOut(numbered(80, add), {})
    assert.deepEqual(kindsOf(outcomes), { done: 40, failed: 40 })
    await mirrors(scene)
  })

  promise(
    'machines are changed and removed, and removing most of them is no mass deletion',
    async (scene) => {
      const { watched, add } = scene
      const { writer } = watched.sync
      const orders = numbered(120, add)
      await writer.carryOut(orders, {})
      await mirrors(scene)
      const dns = orders.map(({ dn }) => dn)
      const changes = await writer.ordersToAlter(
        dns.map((dn) => ({ dn, own: 'coppiceMachine', values: new Map([['coppiceTag', ['a']]]) })),
      )
      assert.deepEqual(kindsOf(await writer.carryOut(changes, {})), { done: 120 })
      await watched.until('all have the tag', () =>
        watched.machines.every((each) => each.tags[0] === 'a'),
      )
      const removals = (await writer.ordersToRemove(dns.slice(1))).flat()
      assert.deepEqual(kindsOf(await writer.carryOut(removals, {})), { done: 119 })
      await mirrors(scene)
      assert.equal(watched.machines.length, 1)
    },
  )

  promise('what is gone already counts as removed', async ({ watched, add }) => {
    const { writer } = watched.sync
    const removals = numbered(3, add).map(({ dn }) => ({ kind: 'delete', dn }) as const)
    await writer.carryOut([add(2)], {})
    assert.deepEqual(kindsOf(await writer.carryOut(removals, {})), { done: 3 })
    await watched.until('it is gone', () => watched.machines.length === 0)
  })

  promise('after an abort the rest is not tried', async (scene) => {
    const { watched, add } = scene
    const stop = new AbortController()
    const outcomes = await watched.sync.writer.carryOut(numbered(520, add), {
      signal: stop.signal,
      onDone: () => stop.abort(),
    })
    assert.deepEqual(kindsOf(outcomes), { done: 500, 'not-tried': 20 })
    await mirrors(scene)
  })
}

function broken(promise: Promising): void {
  for (const [sentence, at] of [
    ['before the first answer', 1],
    ['in the middle', 37],
    ['before the last answer', 100],
  ] as const) {
    promise(
      `a connection that breaks ${sentence} loses nothing and does nothing twice`,
      async (scene) => {
        const { watched, scissors, add } = scene
        scissors.cutAt('addResponse', at)
        const outcomes = await watched.sync.writer.carryOut(numbered(100, add), {})
        assert.deepEqual(kindsOf(outcomes), { done: 100 })
        await mirrors(scene)
      },
    )
  }

  promise(
    'what cannot be found out is told as unknown, and the rest as not tried',
    async ({ bench, watched, scissors, add }) => {
      await bench.client()
      scissors.cutAt('addResponse', 60, { thenAlone: true })
      const outcomes = await watched.sync.writer.carryOut(numbered(520, add), {})
      const kinds = kindsOf(outcomes)
      assert.equal(kinds['not-tried'], 20)
      const unknown = outcomes.filter(
        (each) => each.kind === 'failed' && each.fault.code === 'CPC-DIR-081',
      )
      assert.equal(unknown.length, kinds['failed'])
      assert.equal(unknown.length + (kinds['done'] ?? 0), 500)
      const there = new Set(await machinesIn(bench))
      for (const { kind, order } of outcomes) if (kind === 'done') assert.ok(there.has(order.dn))
    },
    impatient,
  )
}

function killed(promise: Promising): void {
  promise('kill -9 of the server in the middle of a batch loses nothing', async (scene) => {
    const { watched, scissors, interrupt, add } = scene
    await watched.sync.writer.carryOut(numbered(20, add), {})
    let kills = 0
    scissors.instead = () => {
      kills += 1
      return interrupt()
    }
    scissors.cutAt('addResponse', 60)
    const outcomes = await watched.sync.writer.carryOut(
      numbered(200, (number) => add(number + 100)),
      {},
    )
    assert.equal(kills, 1)
    assert.deepEqual(kindsOf(outcomes), { done: 200 })
    await mirrors(scene)
    assert.equal(watched.machines.length, 220)
  })
}
