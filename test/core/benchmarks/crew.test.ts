// Why this file exists: which machines a run is over decides what its figure means.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDnsName, type Vcn } from '#directory'
import { crewOf, type Surroundings } from '../../../src/core/benchmarks/crew.ts'
import { known } from '../house.ts'
import { network, snapshotOf, vcn } from './rack.ts'

const on = (node: Vcn, host: string): Vcn => ({ ...node, host: known(parseDnsName(host)) })
const snapshot = snapshotOf(
  network('vo-physics', '10.128.0.0/20', 7),
  on(vcn('compute1.hpl.physics', '10.128.0.11'), 'n001'),
  on(vcn('compute2.hpl.physics', '10.128.0.12'), 'n002'),
  on(vcn('compute3.hpl.physics', '10.128.0.13'), 'n001'),
  on(vcn('head1.hpl.physics', '10.128.0.10', ['head.hpl.physics']), 'n001'),
)
const cluster = { kind: 'cluster', vo: 'physics', cluster: 'hpl' } as const
const around: Surroundings = { snapshot, stateOf: () => 'ready' }
const names = (grid: { readonly P?: number; readonly Q?: number }): readonly string[] =>
  crewOf({ on: cluster, ...grid }, around).members.map(({ name }) => name.split('.')[0] ?? '')

test('a run is over all nodes, the head first, then one of each host before any second one', () => {
  assert.deepEqual(names({}), ['head1', 'compute2', 'compute1', 'compute3'])
})

test('a grid smaller than the cluster takes as few nodes, on as many hosts as there are', () => {
  assert.deepEqual(names({ P: 1, Q: 2 }), ['head1', 'compute2'])
  assert.deepEqual(names({ P: 2, Q: 4 }), ['head1', 'compute2', 'compute1', 'compute3'])
})
