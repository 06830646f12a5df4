// Why this file exists: nodes.conf changed its keys from version to version, and people edit it by hand; each shape is here.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { leftOut, machines, networks, refused, taken } from './told.ts'

const card = (name: string, mac: string, address: string): string =>
  `  ${name}:\n    network devices:\n      default:\n        hwaddr: ${mac}\n        ipaddr: ${address}\n`

test('warewulf: a node inherits from its profiles, which may name profiles; the later and the nearer count', () => {
  const outcome = taken(`nodeprofiles:
  default:
    cluster name: hpc1
    network devices:
      default: { netmask: 255.255.0.0, gateway: 10.1.255.254 }
  rack:
    profiles: [default]
    tags: { rack: r7, kind: slow }
  fast:
    tags: { kind: fast }
nodes:
  n1:
    profiles: [rack, fast]
    network devices:
      default: { hwaddr: 52:54:00:00:00:01, ipaddr: 10.1.0.1 }
  n2:
    profiles: [rack, ~default]
    network devices: { default: { hwaddr: 52:54:00:00:00:02, ipaddr: 10.1.0.2 } }
${card('n3', '52:54:00:00:00:03', '10.1.0.3')}`)
  assert.deepEqual(networks(outcome), ['default 10.1.0.0/16 via 10.1.255.254'])
  assert.deepEqual(
    outcome.machines.map(({ name, facts }) => [name, facts.tags]),
    [
      ['n1', ['hpc1', 'rack', 'fast', 'rack=r7', 'kind=fast']],
      ['n2', ['rack', 'rack=r7', 'kind=slow']],
      // Without a word about profiles a node has the default one.
      ['n3', ['hpc1']],
    ],
  )
})

test('warewulf: fields of IPMI stand in a mapping or, before 4.4, beside the others', () => {
  const outcome = taken(`WW_INTERNAL: 43
nodes:
  n1:
    ipmi ipaddr: 10.9.0.1
    ipmi port: "6230"
    ipmi password: hush
    network devices:
      eth0: { hwaddr: 52:54:00:00:00:01, default: "true" }
  n2:
    ipmi: { ipaddr: 10.9.0.2, interface: lanplus, username: UNDEF }
    network devices:
      eth0: { hwaddr: 52:54:00:00:00:02 }
`)
  assert.deepEqual(
    outcome.machines.map(({ facts }) => facts.power),
    ['ipmi://10.9.0.1:6230', 'ipmi://10.9.0.2'],
  )
  assert.doesNotMatch(JSON.stringify(outcome), /hush/)
  assert.ok(!leftOut(outcome).some((line) => line.includes('username')))
})

test('warewulf: the primary network is the machine itself, others are cards below it', () => {
  const outcome = taken(`nodes:
  n1:
    primary network: lan
    network devices:
      ib: { type: infiniband, device: ib0, hwaddr: UNDEF, ipaddr: 10.3.0.1, netmask: 255.255.0.0 }
      default: { device: eth1, hwaddr: 52:54:00:00:00:02, ipaddr: 10.2.0.1/16 }
      lan: { device: eth0, hwaddr: 52:54:00:00:00:01, ipaddr: 10.1.0.1, prefix: 16 }
`)
  assert.deepEqual(machines(outcome), [
    'n1: 52:54:00:00:00:01 10.1.0.1 + eth1 52:54:00:00:00:02 10.2.0.1',
  ])
  assert.deepEqual(networks(outcome), ['lan 10.1.0.0/16', 'default 10.2.0.0/16'])
  assert.deepEqual(leftOut(outcome), [
    'file:5:59 the card ib of n1: it has no hwaddr, and a card is known by its MAC',
  ])
})

test('warewulf: a range of nodes is as many nodes, with addresses and cards of ranges as long', () => {
  const outcome = taken(`nodes:
  n[01-03]:
    ipmi ipaddr: 10.9.0.[1-3]
    network devices:
      default: { hwaddr: "52:54:00:00:01:[0a-0c/hex]", ipaddr: "10.1.0.[1-3]", netmask: 255.255.0.0 }
  m[1-2]:
    network devices:
      default: { hwaddr: "52:54:00:00:02:01" }
`)
  assert.deepEqual(machines(outcome), [
    'n01: 52:54:00:00:01:0a 10.1.0.1',
    'n02: 52:54:00:00:01:0b 10.1.0.2',
    'n03: 52:54:00:00:01:0c 10.1.0.3',
  ])
  assert.deepEqual(
    outcome.machines.map(({ facts }) => facts.power),
    ['ipmi://10.9.0.1', 'ipmi://10.9.0.2', 'ipmi://10.9.0.3'],
  )
  assert.match(
    leftOut(outcome).join('\n'),
    /52:54:00:00:02:01: m\[1-2\] are 2 nodes, and each needs its own/,
  )
})

test('warewulf: HOSTILE 31: a range of nodes without end is told, not made', () => {
  const outcome = taken('nodes:\n  n[1-999999999]: {}\n')
  assert.deepEqual(leftOut(outcome), [
    'file:2:3 the node n[1-999999999]: its name is no range of nodes',
  ])
})

test('warewulf: anchors and merged mappings are followed, and circles end', () => {
  const outcome = taken(`x: &dev { netmask: 255.255.0.0 }
nodeprofiles:
  a: { profiles: [b] }
  b: { profiles: [a], tags: { t: UNDEF } }
nodes:
  n1: { profiles: [a], network devices: { default: { <<: *dev, hwaddr: 52:54:00:00:00:01, ipaddr: 10.1.0.1 } } }
  n2: &me { network devices: { default: { hwaddr: 52:54:00:00:00:02 } }, tags: *me }
`)
  assert.deepEqual(networks(outcome), ['default 10.1.0.0/16'])
  assert.deepEqual(machines(outcome), ['n1: 52:54:00:00:00:01 10.1.0.1', 'n2: 52:54:00:00:00:02'])
})

test('warewulf: nodes.conf and warewulf.conf are read together', () => {
  const outcome = taken({
    'warewulf.conf':
      'ipaddr: 10.1.0.254/16\nnetmask: 255.255.0.0\nwarewulf: { port: 9873 }\ndhcp:\n  range start: 10.1.200.1\n  range end: 10.1.200.99\n',
    'nodes.conf': `nodes:\n${card('n1', '52:54:00:00:00:01', '10.1.0.1/16')}`,
  })
  assert.deepEqual(networks(outcome), ['warewulf 10.1.0.0/16 pool 10.1.200.1-10.1.200.99'])
  assert.deepEqual(machines(outcome), ['n1: 52:54:00:00:00:01 10.1.0.1'])
})

for (const [sentence, text, expected] of [
  ['what is no YAML', 'nodes:\n  n1: [\n', /^file:\d:\d+: this is no YAML: /],
  ['what has no nodes', 'foo: 1\n', /^file:1:1: it holds neither nodes nor nodeprofiles$/],
  [
    'brackets without end',
    `nodes: ${'['.repeat(5000)}`,
    /^file:1:1: it has more than 64 brackets inside each other$/,
  ],
] as const) {
  test(`warewulf: ${sentence} is refused`, () => {
    assert.match(refused(text, { format: 'warewulf' })[0] ?? '', expected)
  })
}
