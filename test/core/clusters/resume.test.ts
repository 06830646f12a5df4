// Why this file exists: a core that stops in good order, and the next one with the store on a real disk: what was begun is
// gone on with, and what only memory held is made again.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { openCoreStore } from '#store'
import { label, name } from '../../directory/samples.ts'
import { scratchFolder } from '../../store/scratch.ts'
import { host } from '../../vocluster/world.ts'
import { CoreLife } from './core-life.ts'
import { clusterFile, Lab, of, order } from './engine-lab.ts'
import { assertLeftEmpty } from './fake-rack.ts'

test('a core that stops leaves its jobs to the next, which finds them on the disk', async (t) => {
  const path = join(scratchFolder(t), 'core.db')
  const lab = new Lab()
  const first = openCoreStore(path, lab.time.now)
  const { engine } = lab.open(new CoreLife(), first)
  const begun = await lab.time.settle(engine.apply(order(clusterFile())))
  await lab.time.until(() => lab.rack.calls.length > 12)
  await lab.time.settle(Promise.resolve(engine[Symbol.asyncDispose]()))
  assert.equal(engine.job(begun.id)?.state, 'running')
  await assert.rejects(engine.apply(order(clusterFile({ cluster: 'b' }))), { code: 'CPC-CLU-006' })
  first[Symbol.dispose]()

  using second = openCoreStore(path, lab.time.now)
  const { engine: next } = lab.open(new CoreLife(), second)
  assert.equal(next.job(begun.id)?.state, 'running')
  assert.deepEqual(next.clusters(), [of])
  next.resume()
  const job = await lab.end(next, begun)
  assert.equal(job.state, 'done')
  assert.equal(job.by, 'ada')
  await lab.assertRests(next, clusterFile())
  for (const { marks } of next.timeline(of.vo, of.cluster))
    assert.ok(marks.some(({ phase }) => phase === 'reachable'))
  assert.equal((await lab.down(next)).state, 'done')
  assertLeftEmpty(lab.rack)
  assert.deepEqual([second.reservations.all(), second.vcnMarks.all()], [[], []])
})

test('the appliance’s ends of networks in use are made again, and nothing else is touched', async () => {
  const lab = new Lab()
  const { engine, life } = lab.open()
  await lab.apply(engine, clusterFile())
  life.kill()
  const { tunnels, ...others } = lab.rack.world.observed
  lab.rack.world.observed = { ...others, tunnels: tunnels.filter((one) => one.host !== undefined) }
  const before = lab.rack.calls.length
  const { engine: next } = lab.open()
  next.resume()
  await lab.time.until(() => lab.rack.world.observed.tunnels.length === tunnels.length)
  assert.deepEqual(lab.rack.calls.slice(before), ['join 1 on the appliance'])
  await lab.assertRests(next, clusterFile())
})

test('hosts that are away when core comes back are given time before they are fenced', async () => {
  const lab = new Lab()
  const { engine, life } = lab.open()
  const begun = await lab.time.settle(engine.apply(order(clusterFile())))
  await lab.time.until(() => lab.rack.calls.length > 20)
  life.kill()
  for (const on of ['n1', 'n2']) lab.rack.power.set(name(on), 'away')
  const { engine: next } = lab.open()
  next.resume()
  await lab.time.until(() => next.job(begun.id)?.doing[0]?.startsWith('wait for') === true)
  for (const on of ['n1', 'n2']) lab.rack.switchOn(on)
  assert.equal((await lab.end(next, begun)).state, 'done')
  assert.equal(lab.rack.fenced.size, 0)
})

test('what is ordered before core goes on ends or waits for what was left', async () => {
  const lab = new Lab({ hosts: [host(1), host(2)] })
  const { engine, life } = lab.open()
  const begun = await lab.time.settle(engine.apply(order(clusterFile())))
  await lab.time.until(() => lab.rack.calls.length > 10)
  life.kill()
  const { engine: next } = lab.open()
  assert.equal((await lab.time.settle(next.apply(order(clusterFile())))).id, begun.id)
  assert.equal((await lab.down(next)).state, 'done')
  assert.equal(next.job(begun.id)?.state, 'cancelled')
  next.resume()
  await lab.quiet(next)
  assertLeftEmpty(lab.rack)
  assert.equal(next.life(of.vo, of.cluster, label('head1')), 'done')
})
