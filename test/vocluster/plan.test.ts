// Why this file exists: what a plan promises: all or nothing, nothing twice, nothing left, and nothing at all to do when
// all is as it should be.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { confirmPlan, type Plan, planCluster, planDown } from '#vocluster'
import fc from 'fast-check'
import { ip, label, mac, name } from '../directory/samples.ts'
import { compute, file, head, ids, made, of, told } from './plan-lab.ts'
import { mebibyte } from './samples.ts'
import { host, World } from './world.ts'

const spec = file(head + compute(3))

function plan(world: World, wanted = spec): Plan {
  return made(planCluster(wanted, world.input))
}

function up(wanted = spec, world = new World()): World {
  world.carryOut(plan(world, wanted))
  return world
}

test('a cluster is planned: room first, names before machines, networks before starts', () => {
  const planned = plan(new World(), file(compute(2)))
  assert.deepEqual(ids(planned), [
    'reserve',
    'put cluster',
    'join network 1 on the appliance',
    'join network 1 on n1',
    'join network 1 on n2',
    'put entry compute1',
    'prepare n1',
    'create disk of compute1 on n1',
    'define compute1 on n1',
    'start compute1 on n1',
    'await compute1',
    'put entry compute2',
    'prepare n2',
    'create disk of compute2 on n2',
    'define compute2 on n2',
    'start compute2 on n2',
    'await compute2',
  ])
  assert.deepEqual(
    planned.changes.map(({ vcn, kind, host: on }) => `${vcn} ${kind} ${on}`),
    ['compute1 create n1', 'compute2 create n2'],
  )
  assert.equal(planned.summary.create, 2)
})

test('a second plan has nothing to do, and says so of each node', () => {
  const world = up()
  const again = plan(world)
  assert.deepEqual(ids(again), [])
  assert.equal(again.summary.keep, 4)
})

test('a plan is frozen, and the same when nothing has changed', () => {
  const world = new World()
  const planned = plan(world)
  assert.equal(Reflect.set(planned.steps[0]?.action ?? assert.fail(), 'kind', 'x'), false)
  assert.equal(plan(world).hash, planned.hash)
  assert.match(planned.hash, /^[0-9a-f]{16}$/)
})

test('down takes all of it away, in the order that leaves a trace until the end', () => {
  const world = up(file(compute(1)))
  const down = made(planDown(of, world.input))
  assert.deepEqual(ids(down), [
    'destroy compute1 on n1',
    'remove disk compute1.hpl.physics.qcow2 on n1',
    'undefine compute1 on n1',
    'remove entry compute1.hpl.physics',
    'leave network 1 on the appliance',
    'leave network 1 on n1',
    'remove cluster',
    'release',
  ])
  world.carryOut(down)
  assert.deepEqual(world.observed, { domains: [], overlays: [], tunnels: [], prepared: ['n1'] })
  assert.equal(world.book.size, 0)
  assert.deepEqual(
    [...world.entries.values()].map(({ kind }) => kind),
    ['vo', 'network'],
  )
  assert.deepEqual(ids(made(planDown(of, world.input))), [])
})

const changed: readonly (readonly [string, string, readonly string[]])[] = [
  [
    'more memory restarts a node, and its disk stays',
    head + compute(3).replace('512MiB', '1GiB'),
    ['head1 keep', 'compute1 restart', 'compute2 restart', 'compute3 restart'],
  ],
  [
    'another image replaces a node',
    head + compute(3).replace('@1', '@2'),
    ['head1 keep', 'compute1 replace', 'compute2 replace', 'compute3 replace'],
  ],
  [
    'a smaller count removes the last',
    head + compute(2),
    ['head1 keep', 'compute1 keep', 'compute2 keep', 'compute3 remove'],
  ],
  [
    'a role that grows from one keeps its first node, which loses its alias only',
    head.replace('512MiB', '512MiB, count: 2') + compute(3),
    ['head1 update', 'head2 create', 'compute1 keep', 'compute2 keep', 'compute3 keep'],
  ],
  [
    'another placement moves nothing',
    head + compute(3, ', place: { strategy: pack, per-host: 1 }'),
    ['head1 keep', 'compute1 keep', 'compute2 keep', 'compute3 keep'],
  ],
]
for (const [sentence, lines, kinds] of changed) {
  test(`a changed file: ${sentence}`, () => {
    const world = up()
    const planned = plan(world, file(lines))
    const found = planned.changes.map(({ vcn, kind }) => `${vcn} ${kind}`)
    assert.deepEqual(found.toSorted(), kinds.toSorted())
    world.carryOut(planned)
    assert.deepEqual(ids(plan(world, file(lines))), [])
  })
}

test('what restarts says why', () => {
  const world = up()
  const wanted = file(head + compute(3).replace('512MiB', '1GiB, vcpus: 2'))
  const change = plan(world, wanted).changes.find(({ vcn }) => vcn === 'compute1')
  assert.equal(change?.why, '1 → 2 vCPUs, memory 512MiB → 1GiB')
})

test('a node that is off is started, and one that somebody paused is left as it is', () => {
  const world = up(file(compute(2)))
  const [first, second] = world.observed.domains
  assert.ok(first && second)
  world.observed = {
    ...world.observed,
    domains: [
      { ...first, state: 'off' },
      { ...second, state: 'paused', pause: { why: 'somebody has paused it', isWanted: true } },
    ],
  }
  assert.deepEqual(ids(plan(world, file(compute(2)))), ['start compute1 on n1', 'await compute1'])
})

test('a node that QEMU has stopped goes on with all that it has in memory, and the reason is told', () => {
  const world = up(file(compute(2)))
  const [first, second] = world.observed.domains
  assert.ok(first && second)
  const pause = { why: 'its disk gave an error', isWanted: false }
  world.observed = { ...world.observed, domains: [{ ...first, state: 'paused', pause }, second] }
  const planned = plan(world, file(compute(2)))
  assert.deepEqual(ids(planned), ['resume compute1 on n1', 'await compute1'])
  const [change] = planned.changes
  assert.deepEqual([change?.kind, change?.why], ['resume', 'it is paused: its disk gave an error'])
  world.carryOut(planned)
  assert.deepEqual(ids(plan(world, file(compute(2)))), [])
})

test('a node whose disk is gone gets a fresh one, also when it is off and its definition changes', () => {
  const world = up(file(compute(1)))
  const domains = world.observed.domains.map((one) => ({ ...one, state: 'off' as const }))
  world.observed = { ...world.observed, domains, overlays: [] }
  const larger = file(compute(1).replace('512MiB', '1GiB'))
  const planned = plan(world, larger)
  assert.deepEqual(
    planned.changes.map(({ kind, why }) => `${kind}: ${why}`),
    ['replace: its disk is gone'],
  )
  world.carryOut(planned)
  assert.deepEqual(ids(plan(world, larger)), [])
})

test('a host that came back with empty memory gets its nodes again', () => {
  const world = up(file(compute(2)))
  const here = <T extends { readonly host?: string }>(all: readonly T[]): readonly T[] =>
    all.filter((one) => one.host !== 'n1')
  const { domains, overlays, tunnels } = world.observed
  world.observed = {
    domains: here(domains),
    overlays: here(overlays),
    tunnels: here(tunnels),
    prepared: [],
  }
  assert.deepEqual(ids(plan(world, file(compute(2)))), [
    'join network 1 on n1',
    'prepare n1',
    'create disk of compute1 on n1',
    'define compute1 on n1',
    'start compute1 on n1',
    'await compute1',
  ])
})

test('HOSTILE 61: nothing starts anew while its host only does not answer', () => {
  const world = up(file(compute(2)))
  world.hosts = [host(1, { presence: 'away' }), host(2)]
  const words = /CPC-VOC-016 compute1 may still run on n1, which does not answer/
  assert.match(told(planCluster(file(compute(2)), world.input)), words)
  assert.match(told(planDown(of, world.input)), words)
})

test('HOSTILE 61: nothing starts anew while its host is described no more, and the way out is told', () => {
  const world = up(file(compute(2)))
  world.hosts = [host(2)]
  const words =
    /CPC-VOC-019 compute1 may still run on n1, which is no host of the directory any more/
  assert.match(told(planCluster(file(compute(2)), world.input)), words)
  assert.match(told(planDown(of, world.input)), words)
})

test('HOSTILE 55: nodes of a host that is off are placed anew, and nothing is asked of that host', () => {
  const world = up(file(compute(2)))
  world.hosts = [host(1, { presence: 'fenced' }), host(2)]
  const { domains, overlays, tunnels } = world.observed
  world.observed = {
    ...world.observed,
    domains: domains.filter((one) => one.host !== 'n1'),
    overlays: overlays.filter((one) => one.host !== 'n1'),
    tunnels: tunnels.filter((one) => one.host !== 'n1'),
  }
  const moved = plan(world, file(compute(2)))
  const change = moved.changes.find(({ vcn }) => vcn === 'compute1')
  assert.equal(change?.kind, 'move')
  assert.equal(change.host, 'n2')
  assert.match(change.why, /^n1 is off; /)
  assert.ok(!moved.steps.some(({ action }) => 'host' in action && action.host === 'n1'))
  world.carryOut(moved)
  assert.deepEqual(ids(plan(world, file(compute(2)))), [])
})

test('HOSTILE 62: a double on a host that returned is destroyed, and its like runs on', () => {
  const world = up(file(compute(1)))
  const [one] = world.observed.domains
  assert.ok(one)
  const double = { ...one, host: name('n2') }
  world.observed = {
    ...world.observed,
    domains: [one, double],
    overlays: [...world.observed.overlays, { host: name('n2'), name: `${one.name}.qcow2` }],
  }
  assert.deepEqual(ids(plan(world, file(compute(1)))), [
    'destroy compute1 on n2',
    'remove disk compute1.hpl.physics.qcow2 on n2',
    'undefine compute1 on n2',
  ])
})

test('HOSTILE 56: a plan that was made before another one is stale', () => {
  const world = new World()
  const mine = plan(world)
  world.carryOut(plan(world, file(compute(1))))
  const confirmed = confirmPlan(mine.hash, plan(world))
  assert.match(told(confirmed), new RegExp(`CPC-VOC-017 plan ${mine.hash} .* now be [0-9a-f]{16}`))
  const fresh = plan(world)
  assert.equal(made(confirmPlan(plan(world).hash, fresh)), fresh)
})

test('HOSTILE 58: a domain gets the same number each time it is planned', () => {
  const uuids = [new World(), new World()].map((world) =>
    plan(world).steps.flatMap(({ action }) => (action.kind === 'start' ? [action.uuid] : [])),
  )
  assert.deepEqual(uuids[0], uuids[1])
  assert.equal(new Set(uuids[0]).size, 4)
})

test('an address and a MAC that the directory has already are kept', () => {
  const world = up(file(compute(1)))
  const entry = [...world.entries.values()].find((one) => one.kind === 'vcn')
  assert.ok(entry?.kind === 'vcn')
  const nic = { id: entry.id, macs: [mac('02:aa:00:00:00:01')], address: ip('10.128.7.7') }
  world.put({ ...entry, nics: [nic] })
  const restarted = plan(world, file(compute(1)))
  assert.deepEqual(
    restarted.changes.map(({ kind, why }) => `${kind}: ${why}`),
    ['restart: its network cards change'],
  )
  assert.ok(!ids(restarted).includes('put entry compute1'))
})

test('a network of the cluster is made, joined where it is needed, and goes with the last that wants it', () => {
  const inner = file(compute(2, ', network: inner') + 'networks: { inner: { subnet: auto } }\n')
  const world = up(inner)
  assert.deepEqual(ids(plan(world, inner)), [])
  const [nic] = world.observed.domains.map(({ nics }) => nics.map(({ bridge }) => bridge))
  assert.deepEqual(nic, ['cbr1', 'cbr2'])
  const without = plan(world, file(compute(2)))
  assert.ok(ids(without).some((step) => step.startsWith('remove network voc-physics-hpl-inner-')))
  world.carryOut(without)
  assert.deepEqual(ids(plan(world, file(compute(2)))), [])
  assert.deepEqual(
    world.observed.tunnels.map(({ vni }) => vni),
    [1, 1, 1],
  )
})

test('the network of a VO spans the hosts of all its clusters, and outlives one of them', () => {
  const world = new World([host(1), host(2), host(3)])
  world.carryOut(plan(world, file(compute(1))))
  const other = { ...file(compute(3)), name: label('other') }
  world.carryOut(plan(world, other))
  assert.deepEqual(ids(plan(world, file(compute(1)))), [])
  world.carryOut(made(planDown({ vo: of.vo, cluster: label('other') }, world.input)))
  assert.deepEqual(
    world.observed.tunnels.map(({ host: on, peers }) => `${on} ${peers.length}`).toSorted(),
    ['n1 1', 'undefined 1'],
  )
  assert.deepEqual(ids(plan(world, file(compute(1)))), [])
})

const anyFile = fc
  .record({
    heads: fc.nat(1),
    count: fc.nat(4),
    memory: fc.constantFrom(256, 512, 1024),
    image: fc.constantFrom('voc-compute@1', 'voc-compute@2'),
    hasInner: fc.boolean(),
    strategy: fc.constantFrom('spread', 'pack'),
  })
  .map(({ heads, count, memory, image, hasInner, strategy }) =>
    file(`  head: { image: voc-head@1, memory: 256MiB, count: ${heads} }
  compute: { image: ${image}, memory: ${memory * mebibyte}, count: ${count}, place: { strategy: ${strategy} }${hasInner ? ', network: inner' : ''} }
networks: { inner: { subnet: auto } }
`),
  )

test('cut off anywhere, over and over, and planned again, a cluster gets where its last file says', () => {
  const story = fc.array(fc.tuple(anyFile, fc.nat(40)), { minLength: 1, maxLength: 4 })
  fc.assert(
    fc.property(story, anyFile, (cuts, last) => {
      const world = new World()
      for (const [wanted, steps] of cuts) {
        const planned = planCluster(wanted, world.input)
        // What still leaves may leave no room; then nothing happens at all.
        if (planned.ok) world.carryOut(planned.value, steps)
      }
      const down = made(planDown(of, world.input))
      world.carryOut(down, Math.floor(down.steps.length / 2))
      world.carryOut(made(planDown(of, world.input)))
      assert.deepEqual(world.observed.domains, [])
      assert.deepEqual(world.observed.overlays, [])
      assert.deepEqual(world.observed.tunnels, [])
      assert.equal(world.book.size, 0)
      assert.equal(world.entries.size, 2)
      world.carryOut(plan(world, last))
      assert.deepEqual(ids(plan(world, last)), [])
    }),
    { numRuns: 60 },
  )
})
