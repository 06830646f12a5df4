// Why this file exists: what people may rely on when they apply and take down clusters, on a rack where nothing goes wrong.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { vcnPhases } from '../../../src/core/clusters/engine.ts'
import { label } from '../../directory/samples.ts'
import { clusterFile, Lab, of, order } from './engine-lab.ts'
import { assertLeftEmpty } from './fake-rack.ts'

test('a cluster is applied: its job tells what it did, and all nodes run', async () => {
  const lab = new Lab()
  const { engine } = lab.open()
  const begun = await lab.time.settle(engine.apply(order(clusterFile())))
  assert.equal(begun.state, 'running')
  assert.equal(begun.changes, 3)
  assert.equal(engine.book().size, 1)
  const job = await lab.end(engine, begun)
  assert.equal(job.state, 'done', JSON.stringify(job))
  assert.equal(job.steps.done, job.steps.total)
  assert.deepEqual(job.doing, [])
  assert.deepEqual(job.notes, [])
  assert.deepEqual(job.writes, lab.rack.counted)
  assert.deepEqual(lab.domains(), [
    'compute1 running on n1',
    'compute2 running on n2',
    'head1 running on n1',
  ])
  for (const vcn of ['head1', 'compute1', 'compute2'])
    assert.equal(engine.life(of.vo, of.cluster, label(vcn)), 'running')
  await lab.assertRests(engine, clusterFile())
})

test('applied again, nothing is written to hosts or directory, and the job says 0 changes', async () => {
  const lab = new Lab()
  const { engine } = lab.open()
  await lab.apply(engine, clusterFile())
  const before = { ...lab.rack.counted, calls: lab.rack.calls.length }
  const again = await lab.apply(engine, clusterFile())
  assert.deepEqual([again.state, again.changes, again.steps.total], ['done', 0, 0])
  assert.deepEqual({ ...lab.rack.counted, calls: lab.rack.calls.length }, before)
})

test('a node that QEMU has stopped goes on when the file is applied, and keeps the times of its boot', async () => {
  const lab = new Lab()
  const { engine } = lab.open()
  await lab.apply(engine, clusterFile())
  const timeline = engine.timeline(of.vo, of.cluster)
  const { world } = lab.rack
  const domains = world.observed.domains.map((one) =>
    one.mark.vcn === 'compute1'
      ? {
          ...one,
          state: 'paused' as const,
          pause: { why: 'its disk gave an error', isWanted: false },
        }
      : one,
  )
  world.observed = { ...world.observed, domains }
  const before = lab.rack.calls.length
  const job = await lab.apply(engine, clusterFile())
  assert.deepEqual([job.state, job.changes], ['done', 1])
  assert.deepEqual(lab.rack.calls.slice(before), [
    'resume compute1 on n1',
    'await compute1.hpl.physics',
  ])
  assert.deepEqual(engine.timeline(of.vo, of.cluster), timeline)
  assert.equal(engine.life(of.vo, of.cluster, label('compute1')), 'running')
  await lab.assertRests(engine, clusterFile())
})

test('taken down, nothing of it is left anywhere but the records of its jobs', async () => {
  const lab = new Lab()
  const { engine } = lab.open()
  await lab.apply(engine, clusterFile())
  const job = await lab.down(engine)
  assert.equal(job.state, 'done')
  assert.equal(job.changes, 3)
  assertLeftEmpty(lab.rack)
  assert.equal(engine.book().size, 0)
  assert.deepEqual(engine.clusters(), [])
  assert.equal(engine.spec(of.vo, of.cluster), undefined)
  assert.deepEqual(engine.timeline(of.vo, of.cluster), [])
  assert.equal(engine.life(of.vo, of.cluster, label('head1')), 'done')
  assert.deepEqual(lab.forgotten, ['physics/hpl'])
  const { jobs, ...others } = lab.store.tables
  assert.equal(jobs.size, 2)
  for (const table of Object.values(others)) assert.equal(table.size, 0)
})

test('taken down twice: the second time there is no such cluster', async () => {
  const lab = new Lab()
  const { engine } = lab.open()
  await lab.apply(engine, clusterFile())
  const first = lab.time.settle(engine.down(of.vo, of.cluster, 'ada'))
  const job = await first
  const meanwhile = await engine.down(of.vo, of.cluster, 'ada')
  assert.equal(meanwhile.id, job.id)
  await lab.end(engine, job)
  await assert.rejects(lab.down(engine), { code: 'CPC-CLU-005' })
  await assert.rejects(lab.time.settle(engine.planDown(of.vo, of.cluster)), { code: 'CPC-CLU-005' })
})

test('what only is left over of a cluster can be taken down', async () => {
  const lab = new Lab()
  const { engine } = lab.open()
  await lab.apply(engine, clusterFile())
  const other = new Lab()
  Object.assign(other.rack.world, { entries: lab.rack.world.entries })
  other.rack.world.observed = lab.rack.world.observed
  const { engine: forgetful } = other.open()
  assert.equal((await other.down(forgetful)).state, 'done')
  assertLeftEmpty(other.rack)
})

test('each phase of each node is marked, in its order, of the last time it was brought up', async () => {
  const lab = new Lab()
  const { engine } = lab.open()
  const seen = (asked: string, answered: string): void => {
    for (const entry of lab.rack.world.entries.values())
      if (entry.kind === 'vcn') {
        const how = { stage: 'os', interfaceName: 'cvx1', why: '' } as const
        engine.sighted(entry, { kind: 'dhcp', asked, answered, at: lab.time.now(), ...how })
      }
  }
  lab.rack.onEffect = ({ kind }) => {
    if (kind !== 'define' && kind !== 'start') return
    // Before the define was answered nothing is taken for this life.
    if (kind === 'define') return seen('DISCOVER', 'OFFER')
    seen('DISCOVER', 'OFFER')
    seen('REQUEST', 'ACK')
  }
  await lab.apply(engine, clusterFile())
  const first = engine.timeline(of.vo, of.cluster)
  assert.deepEqual(
    first.map(({ vcn, host }) => `${vcn} ${host}`),
    ['compute1 n1', 'compute2 n2', 'head1 n1'],
  )
  for (const { marks } of first) {
    assert.deepEqual(marks.map(({ phase }) => phase).toSorted(), [...vcnPhases].toSorted())
    const at = new Map(marks.map((mark) => [mark.phase, mark.at]))
    const times = ['reserved', 'entry-shown', 'defined', 'started', 'reachable'].map((phase) =>
      at.get(phase),
    )
    assert.ok(times.every((time, nth) => time !== undefined && time >= (times[nth - 1] ?? 0)))
  }
  const changed = clusterFile().replace('head@1, memory: 512', 'head@1, memory: 256')
  await lab.apply(engine, changed)
  const [compute1, , head1] = engine.timeline(of.vo, of.cluster)
  assert.deepEqual(compute1, first[0])
  assert.deepEqual(
    head1?.marks.map(({ phase }) => phase),
    ['reserved', 'defined', 'first-discover', 'lease', 'started', 'name-resolved', 'reachable'],
  )
})

test('nodes that the file has no longer go, and are forgotten', async () => {
  const lab = new Lab()
  const { engine } = lab.open()
  await lab.apply(engine, clusterFile({ count: 3 }))
  const job = await lab.apply(engine, clusterFile({ count: 1 }))
  assert.equal(job.state, 'done')
  assert.deepEqual(lab.domains(), ['compute1 running on n1', 'head1 running on n2'])
  assert.equal(engine.book().get('physics/hpl')?.bookings.length, 2)
  assert.deepEqual(
    engine.timeline(of.vo, of.cluster).map(({ vcn }) => vcn),
    ['compute1', 'head1'],
  )
  await lab.assertRests(engine, clusterFile({ count: 1 }))
})

test('never more at once than the bounds allow, on each host and in all', async () => {
  const lab = new Lab({
    limits: { steps: { stepsMax: 3, stepsOnHostMax: 1, awaitsMax: 1 } },
  })
  const { engine } = lab.open()
  assert.equal((await lab.apply(engine, clusterFile({ count: 5 }))).state, 'done')
  assert.ok(lab.rack.atOnceMost <= 4, `${lab.rack.atOnceMost} at once`)
})

test('jobs of one VO come one after the other, VOs go side by side', async () => {
  const lab = new Lab()
  lab.rack.world.addVo('biology', {})
  const { engine } = lab.open()
  const files = [
    clusterFile({ cluster: 'a', count: 1 }),
    clusterFile({ cluster: 'b', count: 1 }),
    clusterFile({ vo: 'biology', cluster: 'c', count: 1 }),
  ]
  const jobs = await lab.time.settle(Promise.all(files.map((text) => engine.apply(order(text)))))
  assert.equal(engine.book().size, 3)
  await lab.quiet(engine)
  const spans = jobs.map(({ id }) => engine.job(id) ?? assert.fail())
  assert.ok(spans.every(({ state }) => state === 'done'))
  const [a, b, c] = spans
  assert.ok(a?.endedAt !== undefined && b?.endedAt !== undefined && c?.endedAt !== undefined)
  assert.ok(b.endedAt > a.endedAt && c.endedAt < b.endedAt)
  const ofA = lab.rack.calls.findLastIndex((call) => call.includes('.a.physics'))
  const ofB = lab.rack.calls.findIndex((call) => call === 'await head1.b.physics')
  assert.ok(ofA < ofB)
})

test('a job that waits is cancelled at once, and one that runs when its steps have settled', async () => {
  const lab = new Lab()
  const { engine } = lab.open()
  const first = await lab.time.settle(engine.apply(order(clusterFile())))
  const second = await lab.time.settle(engine.apply(order(clusterFile({ cluster: 'b' }))))
  await lab.time.settle(engine.cancel(second.id))
  assert.equal(engine.job(second.id)?.state, 'cancelled')
  assert.equal(engine.job(first.id)?.state, 'running')
  await lab.time.settle(engine.cancel(first.id))
  assert.equal(engine.job(first.id)?.state, 'cancelled')
  await assert.rejects(engine.cancel(first.id), { code: 'CPC-CLU-009' })
  await assert.rejects(engine.cancel('none'), { code: 'CPC-CLU-005' })
  const again = await lab.apply(engine, clusterFile())
  assert.equal(again.state, 'done')
  await lab.assertRests(engine, clusterFile())
})

test('only so many jobs wait, and only so many that have ended are remembered', async () => {
  const lab = new Lab({ limits: { jobsWaitingMax: 1, jobsKeptMax: 3 } })
  const { engine } = lab.open()
  await lab.time.settle(engine.apply(order(clusterFile({ cluster: 'a', count: 1 }))))
  await lab.time.settle(engine.apply(order(clusterFile({ cluster: 'b', count: 1 }))))
  await assert.rejects(
    lab.time.settle(engine.apply(order(clusterFile({ cluster: 'c', count: 1 })))),
    { code: 'CPC-CLU-006' },
  )
  await lab.quiet(engine)
  for (const _ of [1, 2, 3]) await lab.apply(engine, clusterFile({ cluster: 'a', count: 1 }))
  assert.equal(engine.jobs().length, 3)
  assert.deepEqual(
    engine.jobs().map(({ id }) => id),
    ['j5', 'j4', 'j3'],
  )
})

test('two clusters that begin together do not choose the same network', async () => {
  const lab = new Lab()
  lab.rack.world.addVo('biology', {})
  const { engine } = lab.open()
  const inner = (vo: string): string =>
    clusterFile({ vo, count: 1, networks: 'inner', rest: ', network: inner' })
  await lab.time.settle(
    Promise.all([engine.apply(order(inner('physics'))), engine.apply(order(inner('biology')))]),
  )
  await lab.quiet(engine)
  const networks = lab.rack.world.directory.networks
  assert.equal(networks.length, 4)
  assert.equal(new Set(networks.map(({ vni }) => vni)).size, 4)
  assert.equal(new Set(networks.map(({ number }) => number)).size, 4)
})
