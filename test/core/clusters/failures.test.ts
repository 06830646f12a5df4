// Why this file exists: what a job does when steps fail, hang or lie, and when hosts are lost on the way.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HandAction } from '../../../src/core/clusters/hands.ts'
import { label, name } from '../../directory/samples.ts'
import { host } from '../../vocluster/world.ts'
import { clusterFile, Lab, of, order } from './engine-lab.ts'
import { assertLeftEmpty, describe, type Mishap } from './fake-rack.ts'

/** The first tries of one call go wrong. */
function clumsy(call: string, mishap: Mishap, times = Infinity) {
  return (action: HandAction, nth: number): Mishap | undefined =>
    describe(action) === call && nth <= times ? mishap : undefined
}

const starting = 'start compute1 on n1'

for (const [sentence, mishap] of [
  ['a call that fails now and then is tried again, and the job says so', 'refused'],
  ['HOSTILE 58: a call whose answer was lost is not done a second time', 'answer-lost'],
] as const) {
  test(sentence, async () => {
    const lab = new Lab()
    lab.rack.mishap = clumsy(starting, mishap, 2)
    const { engine } = lab.open()
    const job = await lab.apply(engine, clusterFile())
    assert.equal(job.state, 'done')
    assert.equal(job.notes.length, 2)
    assert.match(job.notes[0] ?? '', /^start compute1 on n1 was tried again: /)
    await lab.assertRests(engine, clusterFile())
  })
}

test('a step that fails for good ends the job with step, host and reason; applied again it goes on', async () => {
  const lab = new Lab()
  lab.rack.mishap = clumsy(starting, 'refused')
  const { engine } = lab.open()
  const job = await lab.apply(engine, clusterFile())
  assert.equal(job.state, 'failed')
  assert.equal(job.trouble?.code, 'CPC-CLU-001')
  assert.equal(job.trouble.where, `cluster physics/hpl, host n1, step "${starting}"`)
  assert.match(job.trouble.why, /was refused/)
  assert.equal(lab.rack.calls.filter((call) => call === starting).length, 4)
  assert.equal(engine.book().size, 1)
  const before = lab.rack.calls.length
  lab.rack.mishap = () => undefined
  assert.equal((await lab.apply(engine, clusterFile())).state, 'done')
  const repeated = lab.rack.calls.slice(before).filter((call) => call.startsWith('put-entry'))
  assert.deepEqual(repeated, [])
  await lab.assertRests(engine, clusterFile())
})

test('a step that hangs is ended by its deadline, and the job names it', async () => {
  const lab = new Lab()
  lab.rack.mishap = clumsy('define compute1 on n1', 'hangs')
  const { engine } = lab.open()
  const job = await lab.apply(engine, clusterFile())
  assert.equal(job.trouble?.code, 'CPC-CLU-001')
  assert.equal(job.trouble.why, 'it was not done within 120 s')
})

test('patience stretches deadlines', async () => {
  const lab = new Lab({ limits: { patience: 3 } })
  lab.rack.mishap = clumsy('define compute1 on n1', 'hangs')
  const { engine } = lab.open()
  const job = await lab.apply(engine, clusterFile())
  assert.equal(job.trouble?.why, 'it was not done within 360 s')
})

test('a node that did not answer is waited for again when the file is applied again', async () => {
  const lab = new Lab()
  lab.rack.mishap = clumsy('await compute1.hpl.physics', 'refused')
  const { engine } = lab.open()
  assert.equal((await lab.apply(engine, clusterFile())).state, 'failed')
  assert.equal(engine.life(of.vo, of.cluster, label('compute1')), 'boot')
  lab.rack.mishap = () => undefined
  const before = { ...lab.rack.counted }
  const job = await lab.apply(engine, clusterFile())
  assert.deepEqual([job.state, job.changes], ['done', 0])
  assert.deepEqual(lab.rack.counted, before)
  assert.equal(engine.life(of.vo, of.cluster, label('compute1')), 'running')
})

test('a bug in a hand fails the job, is told to the log, and harms no other job', async () => {
  const lab = new Lab()
  lab.rack.mishap = clumsy(starting, 'bug')
  const { engine } = lab.open()
  const job = await lab.apply(engine, clusterFile())
  assert.equal(job.trouble?.code, 'CPC-CLU-007')
  assert.equal(lab.bugs.length, 1)
  assert.equal((await lab.apply(engine, clusterFile({ cluster: 'b', count: 1 }))).state, 'done')
})

test('a full disk ends an apply before anything was asked of anybody', async () => {
  const lab = new Lab()
  const { engine } = lab.open()
  lab.store.failure = new Error('the disk is full')
  await assert.rejects(lab.apply(engine, clusterFile()), /the disk is full/)
  assert.deepEqual([engine.book().size, engine.jobs().length, lab.rack.calls.length], [0, 0, 0])
  lab.store.failure = undefined
  assert.equal((await lab.apply(engine, clusterFile())).state, 'done')
})

test('HOSTILE 60: calls that take long, because storage stalls, are waited for and not repeated', async () => {
  const lab = new Lab({ delay: () => 50_000 })
  const { engine } = lab.open()
  const job = await lab.apply(engine, clusterFile())
  assert.deepEqual([job.state, job.notes], ['done', []])
  assert.equal(new Set(lab.rack.calls).size, lab.rack.calls.length)
})

test('HOSTILE 36: a clock that jumps by ten years ends no step and fences no host', async () => {
  const lab = new Lab()
  const tenYearsMs = 10 * 365 * 86_400_000
  lab.rack.onEffect = ({ kind }) => {
    if (kind === 'define') lab.time.jump(tenYearsMs)
    if (kind === 'start') lab.time.jump(-tenYearsMs)
  }
  const { engine } = lab.open()
  assert.equal((await lab.apply(engine, clusterFile())).state, 'done')
  assert.equal(lab.rack.fenced.size, 0)
})

const three = [host(1), host(2), host(3)]

test('HOSTILE 55: nodes of a host that is lost during apply are placed anew, once it is known to be off', async () => {
  const lab = new Lab({ hosts: three })
  lab.rack.onEffect = (action) => {
    if (describe(action) === 'start compute2 on n2') lab.rack.power.set(name('n2'), 'away')
  }
  const { engine } = lab.open()
  const job = await lab.apply(engine, clusterFile({ count: 4 }))
  assert.equal(job.state, 'done', JSON.stringify(job))
  assert.ok(lab.rack.fenced.has(name('n2')))
  assert.ok(job.notes.some((note) => /^n2: it did not answer for \d+ s and is off now/.test(note)))
  assert.ok(job.notes.some((note) => /^compute2 goes to n[13]: n2 is off; /.test(note)))
  assert.ok(lab.domains().every((domain) => !domain.endsWith('n2')))
  assert.equal(lab.domains().length, 5)
  await lab.assertRests(engine, clusterFile({ count: 4 }))
})

test('a host that comes back in time is not fenced', async () => {
  const lab = new Lab({ hosts: three })
  const n2 = name('n2')
  let looks = 0
  lab.rack.onEffect = (action) => {
    if (describe(action) === 'define compute2 on n2') lab.rack.power.set(n2, 'away')
  }
  const { engine } = lab.open()
  const begun = await lab.time.settle(engine.apply(order(clusterFile())))
  await lab.time.until(() => {
    const waits = engine.job(begun.id)?.doing.includes('wait for n2, which does not answer')
    looks += waits === true ? 1 : 0
    return looks > 3
  })
  lab.rack.switchOn('n2')
  const job = await lab.end(engine, begun)
  assert.equal(job.state, 'done')
  assert.ok(!lab.rack.fenced.has(n2))
  assert.ok(job.notes.includes('n2 did not answer for a while and is back'))
  await lab.assertRests(engine, clusterFile())
})

test('HOSTILE 61: a host that cannot be fenced loses none of its nodes to another; the job says why', async () => {
  const lab = new Lab({ hosts: three })
  lab.rack.deadBmcs.add(name('n2'))
  lab.rack.onEffect = (action) => {
    if (describe(action) === 'start compute2 on n2') lab.rack.power.set(name('n2'), 'away')
  }
  const { engine } = lab.open()
  const job = await lab.apply(engine, clusterFile({ count: 4 }))
  assert.equal(job.state, 'failed')
  assert.equal(job.trouble?.code, 'CPC-CLU-002')
  assert.match(job.trouble.why, /its BMC does not answer/)
  assert.ok(lab.domains().includes('compute2 running on n2'))
  assert.equal(lab.domains().filter((domain) => domain.startsWith('compute2')).length, 1)
  await assert.rejects(lab.apply(engine, clusterFile({ count: 4 })), { code: 'CPC-VOC-016' })
  lab.rack.switchOn('n2')
  assert.equal((await lab.apply(engine, clusterFile({ count: 4 }))).state, 'done')
  await lab.assertRests(engine, clusterFile({ count: 4 }))
})

const full = clusterFile({ count: 6, rest: ', vcpus: 1' })

function smallRack(): Lab {
  const small = { vcpus: 4 }
  const lab = new Lab({ hosts: [host(1, small), host(2, small)] })
  lab.rack.onEffect = (action) => {
    if (describe(action) === 'start compute2 on n2') lab.rack.power.set(name('n2'), 'away')
  }
  return lab
}

test('HOSTILE 55: a new cluster whose rest has no room is undone, and the job says why', async () => {
  const lab = smallRack()
  const { engine } = lab.open()
  const job = await lab.apply(engine, full)
  assert.equal(job.state, 'failed')
  assert.equal(job.trouble?.code, 'CPC-CLU-003')
  assert.match(job.trouble.what, /all of it was undone/)
  assert.match(job.trouble.why, /no host has room for /)
  assertLeftEmpty(lab.rack)
  assert.equal(engine.book().size, 0)
  assert.deepEqual(engine.clusters(), [])
  assert.deepEqual(lab.forgotten, ['physics/hpl'])
})

test('a cluster that was whole once is not undone for want of room: what runs runs on', async () => {
  const lab = smallRack()
  const { engine } = lab.open()
  lab.rack.onEffect = () => {}
  assert.equal((await lab.apply(engine, full)).state, 'done')
  lab.rack.onEffect = (action) => {
    if (action.kind === 'define') lab.rack.power.set(name('n2'), 'away')
  }
  const changed = full.replace('head@1, memory: 512', 'head@1, memory: 256')
  const job = await lab.apply(engine, changed)
  assert.equal(job.state, 'failed')
  assert.equal(job.trouble?.code, 'CPC-VOC-010')
  assert.ok(lab.domains().filter((domain) => domain.includes('running on n1')).length >= 3)
})

test('down of a cluster on a host that is gone ends when that host is off for sure', async () => {
  const lab = new Lab()
  const { engine } = lab.open()
  await lab.apply(engine, clusterFile())
  lab.rack.power.set(name('n2'), 'away')
  const job = await lab.down(engine)
  assert.equal(job.state, 'done')
  assert.ok(lab.rack.fenced.has(name('n2')))
  assertLeftEmpty(lab.rack)
})
