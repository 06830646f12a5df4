// Why this file exists: orders that cross each other. Whoever comes second finds all of what the first took, or is told to
// wait; and down ends whatever runs.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '#fault'
import { clusterFile, Lab, of, order } from './engine-lab.ts'
import { assertLeftEmpty } from './fake-rack.ts'

/** What became of each: the job's id, or the code of the refusal. */
async function together(lab: Lab, orders: readonly Promise<{ readonly id: string }>[]) {
  const ends = await lab.time.settle(Promise.allSettled(orders))
  return ends.map((one) => {
    if (one.status === 'fulfilled') return one.value.id
    const reason: unknown = one.reason
    return reason instanceof Fault ? reason.code : String(reason)
  })
}

test('HOSTILE 56: of two applies of different files at once one wins, and the other is told to wait', async () => {
  const lab = new Lab()
  const { engine } = lab.open()
  const ends = await together(lab, [
    engine.apply(order(clusterFile({ count: 2 }))),
    engine.apply(order(clusterFile({ count: 3 }))),
  ])
  assert.deepEqual(ends, ['j1', 'CPC-CLU-004'])
  await lab.quiet(engine)
  await lab.assertRests(engine, clusterFile({ count: 2 }))
})

test('the same file applied twice at once is one job', async () => {
  const lab = new Lab()
  const { engine } = lab.open()
  const text = clusterFile()
  const ends = await together(lab, [engine.apply(order(text)), engine.apply(order(text))])
  assert.deepEqual(ends, ['j1', 'j1'])
  assert.deepEqual(await together(lab, [engine.apply(order(text))]), ['j1'])
  await lab.quiet(engine)
  assert.equal(engine.jobs().length, 1)
})

test('HOSTILE 56: a plan that was shown is carried out exactly, or is stale', async () => {
  const lab = new Lab()
  const { engine } = lab.open()
  const spec = order(clusterFile()).spec
  const shown = await lab.time.settle(engine.plan(spec))
  assert.equal((await lab.apply(engine, clusterFile(), shown.hash)).state, 'done')
  await lab.down(engine)
  const first = await lab.time.settle(engine.plan(spec))
  assert.equal((await lab.apply(engine, clusterFile({ cluster: 'b' }))).state, 'done')
  const before = lab.rack.calls.length
  await assert.rejects(lab.apply(engine, clusterFile(), first.hash), { code: 'CPC-VOC-017' })
  assert.equal(lab.rack.calls.length, before)
})

test('HOSTILE 57: two clusters that want the last of a quota: one has it, the other is refused', async () => {
  const lab = new Lab()
  lab.rack.world.addVo('physics', { vcns: '3' })
  const { engine } = lab.open()
  const ends = await together(lab, [
    engine.apply(order(clusterFile({ cluster: 'a', count: 2 }))),
    engine.apply(order(clusterFile({ cluster: 'b', count: 2 }))),
  ])
  assert.deepEqual(ends, ['j1', 'CPC-VOC-011'])
})

test('HOSTILE 57: two VOs that want the last room of the hosts: one has it, the other is refused', async () => {
  const lab = new Lab()
  lab.rack.world.addVo('biology', {})
  const { engine } = lab.open()
  const ends = await together(lab, [
    engine.apply(order(clusterFile({ count: 4 }))),
    engine.apply(order(clusterFile({ vo: 'biology', count: 4 }))),
  ])
  assert.deepEqual(ends, ['j1', 'CPC-VOC-010'])
  await lab.quiet(engine)
  assert.deepEqual(lab.bugs, [])
})

test('while a cluster is taken down, applying it has to wait', async () => {
  const lab = new Lab()
  const { engine } = lab.open()
  await lab.apply(engine, clusterFile())
  const down = await lab.time.settle(engine.down(of.vo, of.cluster, 'ada'))
  await assert.rejects(lab.time.settle(engine.apply(order(clusterFile()))), { code: 'CPC-CLU-004' })
  assert.equal((await lab.end(engine, down)).state, 'done')
  assertLeftEmpty(lab.rack)
})

test('down ends an apply at whatever moment it comes, and leaves nothing', async () => {
  for (let calls = 1; ; calls += 1) {
    const lab = new Lab()
    const { engine } = lab.open()
    const apply = await lab.time.settle(engine.apply(order(clusterFile())))
    await lab.time.until(
      () => lab.rack.calls.length >= calls || engine.job(apply.id)?.state !== 'running',
    )
    const wasRunning = engine.job(apply.id)?.state === 'running'
    const down = await lab.down(engine)
    assert.equal(down.state, 'done', `after ${calls} calls: ${JSON.stringify(down)}`)
    assert.equal(engine.job(apply.id)?.state, wasRunning ? 'cancelled' : 'done')
    assertLeftEmpty(lab.rack)
    assert.deepEqual([engine.book().size, engine.clusters(), lab.bugs], [0, [], []])
    if (!wasRunning) return
  }
})
