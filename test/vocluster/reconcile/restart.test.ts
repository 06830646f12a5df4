// Why this file exists: what a restart owes beyond the plan: the appliance's ends of networks, and nodes that have not
// answered yet.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  awaitUnanswered,
  type Book,
  liveThrough,
  missingApplianceEnds,
  planCluster,
  type Step,
} from '#vocluster'
import { compute, file, head, made } from '../plan-lab.ts'
import { World } from '../world.ts'

const networks = 'networks: { inner: { subnet: auto } }\n'
const spec = file(head + compute(2))

function up(wanted = spec): World {
  const world = new World()
  world.carryOut(made(planCluster(wanted, world.input)))
  return world
}

function ends(world: World, book: Book = world.book): readonly Step[] {
  return missingApplianceEnds({ ...world.input, book })
}

test('an end of the appliance that is there and whole is left alone', () => {
  assert.deepEqual(ends(up()), [])
})

test('an end of the appliance that is gone is joined again, with the hosts of the book as peers', () => {
  const world = up()
  const before = world.observed.tunnels.filter(({ host }) => host === undefined)
  const others = world.observed.tunnels.filter(({ host }) => host !== undefined)
  world.observed = { ...world.observed, tunnels: others }
  const steps = ends(world)
  assert.deepEqual(
    steps.map(({ id }) => id),
    ['join network vo-physics on the appliance'],
  )
  world.carryOut({ steps })
  assert.deepEqual(
    world.observed.tunnels.filter(({ host }) => host === undefined),
    before,
  )
  assert.deepEqual(ends(world), [])
})

test('so are the ends of networks that a cluster added, for the hosts of its nodes there', () => {
  const text = head.replace(' }', ', networks: [vo, inner] }') + compute(2) + networks
  const world = up(file(text))
  const hosts = world.observed.tunnels.filter(({ vni }) => vni === 2).map(({ host }) => host)
  assert.deepEqual(new Set(hosts), new Set(['n1', undefined]))
  world.observed = {
    ...world.observed,
    tunnels: world.observed.tunnels.filter(({ host }) => host !== undefined),
  }
  world.carryOut({ steps: ends(world) })
  assert.deepEqual(ends(world), [])
  assert.deepEqual(made(planCluster(file(text), world.input)).steps, [])
})

test('nobody booked: no end is needed', () => {
  const world = up()
  world.observed = { ...world.observed, tunnels: [] }
  assert.deepEqual(ends(world, new Map()), [])
})

test('nodes that run and have not answered are waited for, after what they need', () => {
  const world = up()
  const none = made(planCluster(spec, world.input))
  assert.equal(
    awaitUnanswered(none, () => true, world.directory),
    none,
  )
  const waits = awaitUnanswered(none, (vcn) => vcn !== 'compute2', world.directory)
  assert.equal(waits.hash, none.hash)
  assert.deepEqual(
    waits.steps.map(({ id, after }) => [id, after]),
    [['await compute2', []]],
  )
  world.observed = { ...world.observed, tunnels: [] }
  const cut = made(planCluster(spec, world.input))
  const after = awaitUnanswered(cut, (vcn) => vcn !== 'compute2', world.directory)
  assert.deepEqual(
    after.steps.at(-1)?.after,
    cut.steps.map(({ id }) => id),
  )
})

test('events that a life knows already change nothing, and others lead where they always lead', () => {
  const all = ['reserved', 'prepared', 'reachable'] as const
  assert.equal(liveThrough('pending', all), 'running')
  assert.equal(liveThrough('boot', all), 'running')
  assert.equal(liveThrough('running', all), 'running')
  assert.equal(liveThrough('running', ['stop', 'stopped', 'cleaned']), 'done')
})
