// Why this file exists: lint is what people read when something is wrong, so each finding comes exactly when it is
// so, and is the same whether the directory was read at once or grew change by change.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  applyDeltas,
  type Change,
  type Cluster,
  emptySnapshot,
  type Entry,
  type Finding,
  findingsOf,
  lint,
  lintStep,
  type Person,
  type Snapshot,
  startAssembly,
  startLint,
  stepAll,
  type Vo,
} from '#directory'
import fc from 'fast-check'
import { crowdedEntry } from './arbitrary-entries.ts'
import { domain, id, ip, label, machine, name, network, route, vcn } from './samples.ts'

function snapshotOf(...entries: readonly Entry[]): Snapshot {
  return applyDeltas(
    emptySnapshot(domain),
    entries.map((entry) => ({ kind: 'put', entry })),
  )
}

const pool = { first: ip('10.0.0.4'), last: ip('10.0.0.200') }
const routes = [route('192.0.2.0/24 10.0.0.254'), route('198.51.100.0/24 0.0.0.0')]
const prov = network(50, '10.0.0.0/24', { gateway: ip('10.0.0.1'), routes, pool })
const inner = network(52, '10.0.0.128/25')
const voNetwork = network(51, '10.128.0.0/20', { name: label('vo-physics'), vni: 1 })
const tree = 'dc=cluster,dc=test'
const ada: Person = {
  kind: 'person',
  id: id(60),
  dn: `uid=ada,ou=people,${tree}`,
  uid: 'ada',
  sshKeys: [],
  tags: [],
  sudo: false,
}
const vo: Vo = {
  kind: 'vo',
  id: id(61),
  dn: `cn=physics,ou=vos,${tree}`,
  name: label('physics'),
  quota: { vcpus: '64', memory: '128GiB', vcns: '9', 'image-bytes': '1 TiB' },
  members: ['ada'],
}
const cluster: Cluster = {
  kind: 'cluster',
  id: id(62),
  dn: `cn=hpl,${vo.dn}`,
  vo: label('physics'),
  name: label('hpl'),
}
const host = machine(70, { role: 'host', address: '10.0.0.3', macs: ['02:00:00:00:00:70'] })
const node = vcn(71, {
  host: host.name,
  nics: [{ id: id(71), macs: [], address: ip('10.128.0.9') }],
})
const right = [prov, voNetwork, ada, vo, cluster, host, node]

test('lint has nothing to say of a directory that is right', () => {
  assert.deepEqual(lint(snapshotOf(...right), [ip('10.0.0.2')]), [])
})

const child = { id: id(101), macs: [], network: label('nowhere') }
const without = (...gone: readonly Entry[]): readonly Entry[] =>
  right.filter((entry) => !gone.includes(entry))
const named = (text: string): readonly Entry[] => [machine(1, { name: name(text) })]

const wrong: readonly (readonly [Finding['code'], string, readonly Entry[], RegExp])[] = [
  [
    'CPC-DIR-003',
    'an address outside every network',
    [machine(1, { address: '192.0.2.1' })],
    /outside/,
  ],
  [
    'CPC-DIR-004',
    'an address in a pool',
    [prov, machine(1, { address: '10.0.0.9' })],
    /pool of net50/,
  ],
  ['CPC-DIR-005', 'a group MAC', [machine(1, { macs: ['01:00:5e:00:00:01'] })], /no network card/],
  [
    'CPC-DIR-006',
    'a UUID of two',
    [machine(1, { uuid: id(9) }), machine(2, { uuid: id(9) })],
    /UUID/,
  ],
  [
    'CPC-DIR-007',
    'a port of two',
    [machine(1, { port: 'p' }), machine(2, { port: 'p' })],
    /port p/,
  ],
  ['CPC-DIR-008', 'networks that overlap', [prov, inner], /overlaps 10\.0\.0\.0\/24 of cn=net50/],
  [
    'CPC-DIR-009',
    'a card on no network',
    [machine(1, { children: [child] })],
    /no network nowhere/,
  ],
  [
    'CPC-DIR-010',
    'a broadcast address',
    [prov, machine(1, { address: '10.0.0.255' })],
    /broadcast/,
  ],
  [
    'CPC-DIR-011',
    'a card elsewhere than it says',
    [
      prov,
      inner,
      machine(1, { children: [{ ...child, network: label('net52'), address: ip('10.0.0.3') }] }),
    ],
    /on net50, but the entry says net52/,
  ],
  ['CPC-DIR-041', 'a name of digits', named('4711'), /digits alone/],
  ['CPC-DIR-042', 'two hyphens', named('a--b'), /two hyphens/],
  ['CPC-DIR-042', 'punycode', named('xn--mller-kva'), /punycode/],
  ['CPC-DIR-043', 'localhost', [machine(1, { aliases: [name('localhost')] })], /localhost/],
  ['CPC-DIR-043', "the appliance's own name", named('ns'), /the name ns/],
  ['CPC-DIR-044', 'a name of another domain', named('n1.example.org'), /another domain/],
  [
    'CPC-DIR-045',
    "the appliance's own address",
    [prov, machine(1, { address: '10.0.0.2' })],
    /own/,
  ],
  [
    'CPC-DIR-046',
    'pools that overlap',
    [prov, network(53, '10.0.0.0/16', { pool: { first: ip('10.0.0.200'), last: ip('10.0.9.9') } })],
    /its pool and that of cn=net5/,
  ],
  [
    'CPC-DIR-047',
    'a gateway in the pool',
    [network(50, '10.0.0.0/24', { gateway: ip('10.0.0.5'), pool })],
    /gateway 10\.0\.0\.5/,
  ],
  ['CPC-DIR-048', 'short leases', [network(50, '10.0.0.0/24', { leaseSeconds: 60 })], /60 s/],
  [
    'CPC-DIR-049',
    'a route by a router elsewhere',
    [network(50, '10.0.0.0/24', { routes: [route('192.0.2.0/24 10.0.1.1')] })],
    /192\.0\.2\.0\/24 10\.0\.1\.1 is outside 10\.0\.0\.0\/24/,
  ],
  ['CPC-DIR-050', 'a node without a VO', [node], /VO physics is not served/],
  ['CPC-DIR-050', 'a node without a cluster', without(cluster), /cluster physics\/hpl is not/],
  ['CPC-DIR-050', 'a cluster without a VO', [cluster], /VO physics is not served/],
  ['CPC-DIR-051', 'a node on no host', without(host), /coppiceHost n70/],
  ['CPC-DIR-052', 'a VO without a network', without(voNetwork), /no network vo-physics/],
  ['CPC-DIR-052', 'a network without its VO', [voNetwork], /named after VO physics/],
  [
    'CPC-DIR-052',
    'a VO network without a number',
    [vo, ada, network(51, '10.128.0.0/20', { name: label('vo-physics') })],
    /no coppiceVni/,
  ],
  ['CPC-DIR-052', 'a VXLAN of nobody', [network(51, '10.128.0.0/20', { vni: 1 })], /not named vo-/],
  [
    'CPC-DIR-053',
    'a node on a network of machines',
    [prov, vcn(71, { nics: [{ id: id(71), macs: [], address: ip('10.0.0.3') }] })],
    /network of machines/,
  ],
  ['CPC-DIR-054', 'a member who is nobody', without(ada), /member ada/],
  ['CPC-DIR-055', 'a limit unknown', [{ ...vo, quota: { cpus: '4' } }], /cpus=4/],
  ['CPC-DIR-055', 'a limit that is no figure', [{ ...vo, quota: { vcpus: 'lots' } }], /vcpus=lots/],
]

for (const [code, sentence, entries, why] of wrong) {
  test(`lint warns of ${sentence} with ${code}`, () => {
    const findings = lint(snapshotOf(...entries), [ip('10.0.0.2')])
    const about = findings.filter((finding) => finding.code === code)
    assert.ok(about.length > 0, JSON.stringify(findings))
    assert.ok(about.every(({ severity, dn }) => severity === 'warning' && dn !== ''))
    assert.ok(
      about.some((finding) => why.test(finding.why)),
      JSON.stringify(about),
    )
  })
}

test('lint tells every entry that is set aside, with its reason, and nothing in it hides', () => {
  const item = { id: id(1), dn: 'cn=n1', reason: 'mask 33 of cn=\u202egnu\n' }
  const snapshot = applyDeltas(emptySnapshot(domain), [{ kind: 'set-aside', item }])
  const why = 'mask 33 of cn=\\u{202e}gnu\\u{a}'
  assert.deepEqual(lint(snapshot), [{ code: 'CPC-DIR-002', severity: 'error', dn: 'cn=n1', why }])
})

const someNetwork = fc
  .record({
    number: fc.integer({ min: 30, max: 33 }),
    subnet: fc.constantFrom('10.0.0.0/24', '10.0.0.0/30', '10.0.0.0/8', '10.128.0.0/20'),
    called: fc.constantFrom('prov', 'other', 'vo-physics'),
    vni: fc.constantFrom(undefined, 1),
    leaseSeconds: fc.constantFrom(60, 3600),
    hasPool: fc.boolean(),
  })
  .map(({ number, subnet, called, vni, leaseSeconds, hasPool }) =>
    network(number, subnet, {
      name: label(called),
      leaseSeconds,
      ...(vni === undefined ? {} : { vni }),
      ...(hasPool ? { pool: { first: ip('10.0.0.1'), last: ip('10.0.0.2') } } : {}),
    }),
  )

const someOther: fc.Arbitrary<Entry> = fc.oneof(
  fc.constantFrom(...right, node, vcn(72, { host: name('a') })),
  fc
    .record({ name: fc.constantFrom(name('a'), name('b')), role: fc.constantFrom('host', 'other') })
    .map((sample) => machine(5, sample)),
  fc.constantFrom('prov', 'other').map((on) =>
    machine(6, {
      children: [{ id: id(106), label: label('eth1'), macs: [], network: label(on) }],
    }),
  ),
)
const someEntry = fc.oneof(crowdedEntry, someNetwork, someOther)
const someChange: fc.Arbitrary<Change> = fc.oneof(
  { weight: 4, arbitrary: someEntry.map((entry) => ({ kind: 'entry', entry }) as const) },
  { weight: 1, arbitrary: someEntry.map(({ id: gone }) => ({ kind: 'gone', id: gone }) as const) },
  {
    weight: 1,
    arbitrary: someEntry.map(
      ({ id: bad, dn }) => ({ kind: 'refused', item: { id: bad, dn, reason: 'r' } }) as const,
    ),
  },
)

function told(findings: Iterable<Finding>): readonly string[] {
  return [...findings].map((finding) => JSON.stringify(finding)).toSorted()
}

test('findings that grew with the directory are those of the directory read at once', () => {
  fc.assert(
    fc.property(fc.array(fc.array(someChange, { maxLength: 4 }), { maxLength: 25 }), (batches) => {
      let assembly = startAssembly()
      let snapshot = emptySnapshot(domain)
      let state = startLint(domain, [ip('10.0.0.3')])
      for (const [at, batch] of batches.entries()) {
        const step = stepAll(assembly, batch)
        assembly = step.assembly
        snapshot = applyDeltas(snapshot, step.deltas)
        // Nobody asks after every change.
        if (at % 3 !== 0) state = lintStep(state, snapshot)
      }
      state = lintStep(state, snapshot)
      assert.deepEqual(told(findingsOf(state)), told(lint(snapshot, [ip('10.0.0.3')])))
    }),
    { numRuns: 300 },
  )
})

test('a machine that is no host any more is told at the nodes that were placed on it', () => {
  const before = lintStep(startLint(domain, []), snapshotOf(...right))
  const entry = { ...host, role: 'other' } as const
  const after = lintStep(before, applyDeltas(before.snapshot, [{ kind: 'put', entry }]))
  assert.deepEqual(
    [...findingsOf(after)].map(({ code, dn }) => [code, dn]),
    [['CPC-DIR-051', node.dn]],
  )
})
