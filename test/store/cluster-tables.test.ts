// Why this file exists: room, wishes, jobs, marks and lives are there again after a restart, all of a step or none of it.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { type CoreStore, type JobRow, openCoreStore } from '#store'
import { now, scratchFolder } from './scratch.ts'

function acrossRestart(t: TestContext, write: (store: CoreStore) => void): CoreStore {
  const path = join(scratchFolder(t), 'core.db')
  const first = openCoreStore(path, now)
  write(first)
  first[Symbol.dispose]()
  const second = openCoreStore(path, now)
  t.after(() => second[Symbol.dispose]())
  return second
}

const of = { vo: 'physics', cluster: 'hpl' }

test('a reservation takes the place of the one before, and goes as a whole', (t) => {
  const store = acrossRestart(t, ({ reservations }) => {
    reservations.put({ ...of, content: { id: 'r1' } })
    reservations.put({ ...of, content: { id: 'r2', bookings: [{ vcn: 'head1' }] } })
    reservations.put({ vo: 'biology', cluster: 'hpl', content: [] })
    reservations.remove('biology', 'hpl')
  })
  assert.deepEqual(store.reservations.all(), [
    { ...of, content: { id: 'r2', bookings: [{ vcn: 'head1' }] } },
  ])
})

test('what is wanted of a cluster comes back in the words of its file', (t) => {
  const store = acrossRestart(t, ({ clusters }) => {
    clusters.put({ ...of, wanted: 'new', spec: 'a' })
    clusters.put({ ...of, wanted: 'down', spec: 'version: 1\n# ä' })
    clusters.put({ vo: 'b', cluster: 'c', wanted: 'up', spec: '' })
    clusters.remove('b', 'c')
  })
  assert.deepEqual(store.clusters.all(), [{ ...of, wanted: 'down', spec: 'version: 1\n# ä' }])
})

function job(id: string, startedAt: number, state: JobRow['state'] = 'done'): JobRow {
  return { ...of, id, kind: 'apply', state, startedAt, content: { by: 'ada' } }
}

test('jobs come newest first; the oldest that have ended are forgotten, those that run never', (t) => {
  const store = acrossRestart(t, ({ jobs }) => {
    jobs.save(job('a', 1, 'running'), 3)
    jobs.save(job('b', 2), 3)
    jobs.save(job('c', 2, 'running'), 3)
    jobs.save(job('d', 3), 3)
    jobs.save(job('c', 2, 'failed'), 3)
    jobs.save(job('e', 4), 3)
  })
  assert.deepEqual(
    store.jobs.all().map(({ id, state }) => `${id} ${state}`),
    ['e done', 'd done', 'c failed', 'a running'],
  )
  assert.deepEqual(store.jobs.all()[3], job('a', 1, 'running'))
})

test('marks and lives are kept by node, and forgotten by node or by cluster', (t) => {
  const mark = { ...of, vcn: 'head1', host: 'n1', phase: 'defined', at: 7 }
  const store = acrossRestart(t, ({ vcnMarks, vcnLives }) => {
    for (const vcn of ['head1', 'compute1']) {
      vcnMarks.put({ ...mark, vcn, at: 1 })
      vcnMarks.put({ ...mark, vcn })
      vcnLives.put({ ...of, vcn, state: 'boot' })
    }
    vcnMarks.put({ ...mark, cluster: 'other' })
    vcnLives.put({ ...of, cluster: 'other', vcn: 'head1', state: 'boot' })
    vcnMarks.forget('physics', 'hpl', 'compute1')
    vcnLives.forget('physics', 'hpl', 'compute1')
    vcnMarks.forget('physics', 'other')
    vcnLives.forget('physics', 'other')
  })
  assert.deepEqual(store.vcnMarks.all(), [mark])
  assert.deepEqual(store.vcnLives.all(), [{ ...of, vcn: 'head1', state: 'boot' }])
})

test('several tables change together or not at all', (t) => {
  const store = acrossRestart(t, (open) => {
    const { reservations, jobs } = open
    assert.throws(
      () =>
        open.together(() => {
          reservations.put({ ...of, content: {} })
          jobs.save(job('a', 1), 10)
          throw new Error('cut off')
        }),
      /cut off/,
    )
  })
  assert.deepEqual([store.reservations.all(), store.jobs.all()], [[], []])
})
