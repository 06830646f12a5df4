// Why this file exists: the figures that people compare with the 2008 paper are made of marks here, and nowhere else.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseLabel } from '#directory'
import type { VcnMarks } from '../../src/core/clusters/engine.ts'
import { clusterTimelineView } from '../../src/core/services/timelines.ts'
import { known } from './house.ts'

const label = (text: string) => known(parseLabel(text))
const start = 1_790_000_000_000

function marksOf(vcn: string, phases: Readonly<Record<string, number>>): VcnMarks {
  const marks = Object.entries(phases).map(([phase, at]) => ({ phase, at: start + at }))
  return { vcn: label(vcn), host: 'n001', marks }
}

const view = (...vcns: readonly VcnMarks[]) =>
  clusterTimelineView(label('physics'), label('hpl'), vcns)

test('each phase of a node has the time since the one before it, whichever was written first', () => {
  const [node] = view(
    marksOf('head1', { reserved: 0, started: 500, reachable: 900, lease: 700 }),
  ).vcns
  assert.deepEqual(
    node?.phases.map(({ phase, sinceMs }) => [phase, sinceMs]),
    [
      ['reserved', 0],
      ['started', 500],
      ['lease', 200],
      ['reachable', 200],
    ],
  )
})

test('mean, least and most are over the nodes that have the phase', () => {
  const { phases, boot, whole } = view(
    marksOf('head1', { reserved: 0, started: 1000, reachable: 3000 }),
    marksOf('compute1', { reserved: 0, started: 2000, reachable: 6000 }),
    marksOf('compute2', { reserved: 0, started: 1500 }),
  )
  assert.deepEqual(boot, { meanMs: 3000, minMs: 2000, maxMs: 4000 })
  assert.deepEqual(whole, { meanMs: 4500, minMs: 3000, maxMs: 6000 })
  assert.deepEqual(
    phases.map(({ phase, vcns, meanMs }) => [phase, vcns, meanMs]),
    [
      ['started', 3, 1500],
      ['reachable', 2, 3000],
    ],
  )
})

test('a cluster of which nothing was seen has no figures, rather than zeros', () => {
  assert.deepEqual(view(marksOf('head1', {})).phases, [])
  assert.equal('boot' in view(), false)
})
