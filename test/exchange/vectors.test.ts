// Why this file exists: files that their vendors ship must import, and those that their vendors refuse must be refused at
// the same line.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { leftOut, machines, machineText, networks, refused, taken, vector } from './told.ts'

for (const [file, expectedNetworks, expectedMachines] of [
  [
    'isc/grouphost4.conf',
    ['net-10-5-5-0 10.5.5.0/27 pool 10.5.5.5-10.5.5.10', 'net-10-10-10-0 10.10.10.0/27'],
    ['test1: 00:0b:fd:32:e6:fa 10.5.5.1 10.10.10.10', 'test2: 00:07:0e:36:48:19 10.5.5.2'],
  ],
  ['isc/groupsubnet4.conf', ['net-10-5-5-0 10.5.5.0/27 pool 10.5.5.5-10.5.5.10 for 1800'], []],
  [
    'isc/hostname4.conf',
    ['net-10-5-5-0 10.5.5.0/27 pool 10.5.5.5-10.5.5.10'],
    ['test1: 00:0b:fd:32:e6:fa 10.5.5.1', 'test2: 00:07:0e:36:48:19 10.5.5.2'],
  ],
  [
    'isc/sharetwo4.conf',
    [
      'foobar 10.5.5.0/27 pool 10.5.5.5-10.5.5.10 for 3600',
      'net-10-10-10-0 10.10.10.0/27 pool 10.10.10.5-10.10.10.10 for 1800',
    ],
    [],
  ],
  ['isc/pool4.conf', ['net-10-5-5-0 10.5.5.0/27 pool 10.5.5.5-10.5.5.10'], []],
  ['isc/subnet4.conf', ['net-10-5-5-0 10.5.5.0/27 pool 10.5.5.5-10.5.5.10 for 3600'], []],
  ['isc/ipaddrhost4.conf', ['net-149-20-64-0 149.20.64.0/25'], ['test1: 00:07:0e:36:48:19']],
  ['isc/class4.conf', [], []],
  ['isc/optiondata4.conf', [], []],
  [
    'isc/dhcpd.conf.example',
    [
      '224-29 10.0.29.0/24 for 600',
      'net-10-5-5-0 10.5.5.0/27 via 10.5.5.1 pool 10.5.5.26-10.5.5.30 for 600',
      'net-10-17-224-0 10.17.224.0/24 for 600',
      'net-10-152-187-0 10.152.187.0/24 for 600',
      'net-10-254-239-0 10.254.239.0/27 pool 10.254.239.10-10.254.239.20 for 600',
      'net-10-254-239-32 10.254.239.32/27 pool 10.254.239.40-10.254.239.60 for 600',
    ],
    ['passacaglia: 00:00:c0:5d:bd:95', 'fantasia: 08:00:07:26:c0:a5'],
  ],
  [
    'kea/single-subnet.json',
    ['net-192-0-2-0 192.0.2.0/24 pool 192.0.2.1-192.0.2.200 for 4000'],
    [],
  ],
  [
    'kea/reservations.json',
    ['net-192-0-2-0 192.0.2.0/24 pool 192.0.2.1-192.0.2.200 for 4000'],
    [
      'm-1a1b1c1d1e1f: 1a:1b:1c:1d:1e:1f 192.0.2.201',
      'm-0x01112233445566: 192.0.2.204',
      'm-0a0b0c0d0e0f: 0a:0b:0c:0d:0e:0f 192.0.2.205',
    ],
  ],
  [
    'kea/shared-network.json',
    [
      'frog 10.0.0.0/8 for 60',
      'net-192-0-2-0 192.0.2.0/24 for 60',
      'net-192-0-3-0 192.0.3.0/24 pool 192.0.3.1-192.0.3.200',
    ],
    [],
  ],
  [
    'kea/classify2.json',
    [
      'net-192-0-2-0 192.0.2.0/24 for 4000',
      'net-192-0-3-0 192.0.3.0/24 pool 192.0.3.1-192.0.3.200 for 4000',
      'net-192-0-4-0 192.0.4.0/23 pool 192.0.5.1-192.0.5.200 for 4000',
      'net-192-0-8-0 192.0.8.0/23 pool 192.0.8.100-192.0.8.200 for 4000',
    ],
    [
      'm-1a1b1c1d1e1f: 1a:1b:1c:1d:1e:1f',
      'h1: 00:00:00:11:22:33',
      'h4: 00:00:00:44:55:66',
      'h7: 00:00:00:77:88:99',
      'ha: 00:00:00:aa:bb:cc',
    ],
  ],
  [
    'kea/multiple-options.json',
    ['net-192-0-2-0 192.0.2.0/24 via 192.0.2.1 pool 192.0.2.10-192.0.2.200 for 4000'],
    [],
  ],
  [
    'warewulf/debug-nodes.conf',
    ['default 192.168.3.0/24 via 192.168.3.1'],
    [
      'node1: e6:92:39:49:7b:03 192.168.3.21 + wwnet1 9a:77:29:73:14:f1 192.168.3.22 + wwnet3 9a:77:29:73:14:f8',
      'node2: e6:92:39:49:7b:04 192.168.3.23',
    ],
  ],
  ['warewulf/nodes.conf', [], []],
  ['warewulf/fstab-nodes.conf', [], []],
  ['warewulf/warewulf.conf', ['warewulf 10.0.0.0/22 pool 10.0.1.1-10.0.1.255'], []],
] as const) {
  test(`${file} is told by its content and imports`, () => {
    const outcome = taken(vector(file))
    assert.deepEqual(networks(outcome), expectedNetworks)
    assert.deepEqual(machines(outcome), expectedMachines)
    for (const line of leftOut(outcome)) assert.match(line, /^file:\d+:\d+ \S.*: \S/)
  })
}

for (const name of [
  'badclass',
  'hostinhost',
  'poolinroot4',
  'share0',
  'subnet4badmask',
  'subnet4nomask',
]) {
  test(`isc/bad-${name}.conf is refused at the line that its vendor names`, () => {
    const line = /line (\d+)/.exec(vector(`isc/bad-${name}.msg`))?.[1]
    const [problem = ''] = refused(vector(`isc/bad-${name}.conf`))
    assert.match(problem, new RegExp(`^file:${line}:`))
  })
}

for (const name of ['grouphost4', 'hostname4', 'pool4', 'sharetwo4', 'subnet4', 'groupsubnet4']) {
  test(`isc/${name}: what the vendor's converter makes of it imports as the same subnets and machines`, () => {
    const [before, after] = [
      taken(vector(`isc/${name}.conf`)),
      taken(vector(`isc/${name}.kea.json`)),
    ]
    assert.deepEqual(
      after.networks.map(({ number, prefix, pool }) => ({ number, prefix, pool })),
      before.networks.map(({ number, prefix, pool }) => ({ number, prefix, pool })),
    )
    // Its form has one address for a host; the others stand in comments there.
    const first = (text: string): string => text.split(' ').slice(0, 3).join(' ')
    assert.deepEqual(
      after.machines.map(machineText).map(first),
      before.machines.map(machineText).map(first),
    )
  })
}

test('the secrets of a Warewulf file are named, and neither kept nor shown', () => {
  const outcome = taken(vector('warewulf/debug-nodes.conf'))
  assert.equal(outcome.machines[0]?.facts.power, 'ipmi://192.168.4.21')
  assert.ok(leftOut(outcome).some((line) => line.includes('password: secrets do not stand')))
  assert.doesNotMatch(JSON.stringify(outcome.machines), /password|"user"/)
})
