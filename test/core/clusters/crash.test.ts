// Why this file exists: core may be killed between any two things that it does. Whatever it was at, the next core comes to
// the same rack: nothing twice, nothing forgotten, and nothing left when all is taken down.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import { Fault } from '#fault'
import type { ClusterEngine } from '../../../src/core/clusters/engine.ts'
import { name } from '../../directory/samples.ts'
import { host } from '../../vocluster/world.ts'
import { CoreLife } from './core-life.ts'
import { clusterFile, Lab, of, order } from './engine-lab.ts'
import { assertLeftEmpty } from './fake-rack.ts'
import { randomOf } from './virtual-time.ts'

const text = clusterFile({ count: 2 })
const wholeRack = ['compute1 running on n1', 'compute2 running on n2', 'head1 running on n1']

/** A core that does it, or dies at that step: true when it came to the end of its jobs first. */
async function livedThrough(
  lab: Lab,
  killAt: number,
  work: (engine: ClusterEngine) => Promise<unknown>,
): Promise<boolean> {
  const life = new CoreLife(killAt)
  const { engine } = lab.open(life)
  let isAnswered = false
  const answered = (): void => {
    isAnswered = true
  }
  // What a dead core throws reaches nobody.
  void work(engine).then(answered, answered)
  const hasEnded = (): boolean =>
    isAnswered && engine.jobs().every(({ state }) => state !== 'running')
  await lab.time.until(() => life.isDead || hasEnded())
  const lived = !life.isDead
  life.kill()
  return lived
}

/** The next core: told to go on, and nothing else. */
async function nextCore(lab: Lab): Promise<ClusterEngine> {
  lab.bugs.length = 0
  const { engine } = lab.open()
  engine.resume()
  await lab.quiet(engine)
  assert.deepEqual(lab.bugs, [])
  return engine
}

function assertReserved(lab: Lab): void {
  const bookings = [...lab.store.tables.reservations.values()].map(({ content }) =>
    JSON.stringify(content),
  )
  for (const { mark, host: on } of lab.rack.world.observed.domains) {
    const part = new RegExp(`"vcn":"${mark.vcn}","role":"[a-z]+","host":"${on}"`)
    assert.ok(
      bookings.some((booking) => part.test(booking)),
      `${mark.vcn} on ${on} has no room`,
    )
  }
}

async function assertWhole(lab: Lab, engine: ClusterEngine): Promise<void> {
  assert.deepEqual(lab.domains(), wholeRack)
  await lab.assertRests(engine, text)
  const before = { ...lab.rack.counted }
  const again = await lab.apply(engine, text)
  assert.deepEqual([again.state, again.changes, again.steps.total], ['done', 0, 0])
  assert.deepEqual(lab.rack.counted, before)
  for (const { marks } of engine.timeline(of.vo, of.cluster))
    assert.ok(marks.some(({ phase }) => phase === 'reachable'))
}

async function assertGone(lab: Lab, engine: ClusterEngine): Promise<void> {
  assertLeftEmpty(lab.rack)
  assert.deepEqual([engine.book().size, engine.clusters()], [0, []])
  const { jobs: _, ...others } = lab.store.tables
  for (const table of Object.values(others)) assert.equal(table.size, 0)
}

test('core killed at every single step of an apply: the next one finishes it, nothing twice', async () => {
  for (let killAt = 1; ; killAt += 1) {
    const lab = new Lab()
    lab.rack.onEffect = () => assertReserved(lab)
    const lived = await livedThrough(lab, killAt, (engine) => engine.apply(order(text)))
    const engine = await nextCore(lab)
    if (lab.store.tables.jobs.size === 0) {
      assert.equal(lab.rack.calls.length, 0, `killed at ${killAt}: without a job nothing is done`)
      continue
    }
    await assertWhole(lab, engine)
    assert.deepEqual(
      lab.store.tables.jobs
        .values()
        .map(({ state }) => state)
        .toArray()[0],
      'done',
    )
    if (lived) return
  }
})

test('core killed at every single step of a down: the next one finishes it, and nothing is left', async () => {
  for (let killAt = 1; ; killAt += 1) {
    const lab = new Lab()
    const { engine: first, life: firstLife } = lab.open()
    await lab.apply(first, text)
    firstLife.kill()
    const lived = await livedThrough(lab, killAt, (engine) => engine.down(of.vo, of.cluster, 'ada'))
    const engine = await nextCore(lab)
    const isOrdered = lab.store.tables.jobs.size > 1
    if (isOrdered) await assertGone(lab, engine)
    else await assertWhole(lab, engine)
    if (lived) return
  }
})

const seeds = Array.from({ length: 25 }, (_, at) => 1_000 + at)

/** Everything at once: slow and failing calls, a host that goes, and core killed again and again. */
async function stormy(t: TestContext, seed: number): Promise<void> {
  t.diagnostic(`seed ${seed}`)
  const random = randomOf(seed)
  const lab = new Lab({
    hosts: [host(1), host(2), host(3)],
    delay: () => Math.floor(random() * 5_000),
  })
  lab.rack.onEffect = () => assertReserved(lab)
  let weather = 0.15
  lab.rack.mishap = () => {
    if (random() > weather) return undefined
    if (random() < 0.1) return 'hangs'
    return random() < 0.5 ? 'refused' : 'answer-lost'
  }
  const lost = name(`n${1 + Math.floor(random() * 3)}`)
  const lostAfter = Math.floor(random() * 60)
  const lose = (): void => {
    if (lab.rack.calls.length >= lostAfter && lab.rack.powerOf(lost) === 'ready')
      lab.rack.power.set(lost, 'away')
  }
  await livedThrough(lab, 5 + Math.floor(random() * 60), (engine) => engine.apply(order(text)))
  for (let core = 0; core < 3; core += 1) {
    if (core === 1) lose()
    await livedThrough(lab, 5 + Math.floor(random() * 60), async (engine) => engine.resume())
  }
  weather = 0
  const engine = await nextCore(lab)
  const applied = await lab.time.settle(applyInTheEnd(lab, engine))
  assert.equal(applied, 'done')
  await lab.assertRests(engine, text)
  assert.equal(lab.domains().length, 3)
  await lab.down(engine)
  await assertGone(lab, engine)
}

function switchAllOn({ rack }: Lab): void {
  const away = rack.world.hosts.filter(({ name: on }) => rack.powerOf(on) === 'away')
  for (const one of away) rack.switchOn(one.name)
}

/** A person who reads what failed, and applies again. */
async function applyInTheEnd(lab: Lab, engine: ClusterEngine): Promise<string> {
  for (let tried = 0; tried < 3; tried += 1) {
    try {
      const { id } = await engine.apply(order(text))
      await lab.time.pause(3_600_000)
      const state = engine.job(id)?.state
      if (state === 'done') return state
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'CPC-VOC-016') throw error
      // The host is away, and a person may see to it.
      switchAllOn(lab)
    }
  }
  return 'never'
}

for (const seed of seeds)
  test(`kills, losses and failures of seed ${seed} end with a whole cluster`, (t) =>
    stormy(t, seed))
