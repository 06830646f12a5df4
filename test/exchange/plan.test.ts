// Why this file exists: an import meets what is there; what is the same stays, what is otherwise is a person's, and nobody's
// card, address or name is taken from him.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Machine, parseUuid } from '#directory'
import { planImport } from '#exchange'
import { address, machine, network, route, snapshotOf } from './directories.ts'
import { known, taken } from './told.ts'

const mac = (last: number): string => `52:54:00:00:00:0${last}`
const uuid = known(parseUuid('11111111-2222-4333-8444-555555550001'))

const there = snapshotOf([
  network(1, 'prov', '10.1.0.0/16', {
    gateway: address('10.1.255.254'),
    pool: { first: address('10.1.9.1'), last: address('10.1.9.99') },
  }),
  network(2, 'routed', '10.7.0.0/16', { routes: [route('10.8.0.0/16 10.7.0.1')] }),
  machine(11, 'n1', [{ macs: [mac(1)], address: '10.1.0.1' }], { tags: ['GPU'], role: 'host' }),
  machine(12, 'n2', [{ macs: [mac(2)], address: '10.1.0.2' }], { uuid }),
  machine(13, 'n3', [
    { macs: [mac(3)], address: '10.1.0.3' },
    { label: 'eth1', macs: [mac(4)] },
  ]),
])

/** `new`, `already` or the reason of the conflict, for each machine of a table. */
function judged(text: string): readonly string[] {
  const outcome = taken(text, { format: 'csv' })
  const plan = planImport(outcome, there, (each) => {
    return each === address('10.1.0.77') ? 'is the appliance’s own' : undefined
  })
  return outcome.machines.map(({ name }) => {
    if (plan.already.includes(name)) return 'already'
    return plan.conflicts.find(({ what }) => what === name)?.why ?? 'new'
  })
}

for (const [sentence, row, expected] of [
  [
    'the same is there already, whatever else is described of it',
    `n1,${mac(1)},10.1.0.1,gpu,,`,
    'already',
  ],
  [
    'a file that tells no address is content with the one that is there',
    `n1,${mac(1)},,,,`,
    'already',
  ],
  ['a new one is new', `n9,${mac(9)},10.1.0.9,,,`, 'new'],
  [
    'another MAC is told',
    `n1,${mac(9)},10.1.0.1,,,`,
    `cn=n1,ou=machines,dc=cluster,dc=test has for it ${mac(1)} instead of ${mac(9)}`,
  ],
  [
    'another address is told',
    `n1,${mac(1)},10.1.0.9,,,`,
    'cn=n1,ou=machines,dc=cluster,dc=test has for it 10.1.0.1 instead of 10.1.0.9',
  ],
  [
    'another role and a missing tag are told',
    `n1,${mac(1)},,rack7,other,`,
    'cn=n1,ou=machines,dc=cluster,dc=test has role host instead of other, no tag rack7',
  ],
  ['a MAC of another machine is told', `n9,${mac(2)},,,,`, `${mac(2)} belongs to n2`],
  ['an address of another machine is told', `n9,${mac(9)},10.1.0.2,,,`, '10.1.0.2 belongs to n2'],
  [
    'an address of the appliance is told',
    `n9,${mac(9)},10.1.0.77,,,`,
    '10.1.0.77 is the appliance’s own',
  ],
  ['a UUID of another machine is told', `n9,${mac(9)},,,,${uuid}`, 'its UUID belongs to n2'],
  [
    'a nameless card that somebody has named since is there already',
    `,${mac(1)},10.1.0.1,,,`,
    'already',
  ],
  ['a card of a machine does not make another machine of it', `eth1.n3,${mac(4)},,,,`, 'already'],
] as const) {
  test(`plan: ${sentence}`, () => {
    const rows = sentence.startsWith('a card of') ? `n3,${mac(3)},10.1.0.3,,,\n${row}` : row
    assert.deepEqual(judged(`name,mac,ip,tags,role,uuid\n${rows}\n`), [expected])
  })
}

test('plan: an alias that is another machine’s name is told', () => {
  const outcome = taken(`name,mac,alias\nn9,${mac(9)},n2\n`, { format: 'csv' })
  assert.deepEqual(
    planImport(outcome, there).conflicts.map(({ why }) => why),
    ['the name n2 belongs to n2'],
  )
})

for (const [sentence, subnet, expected] of [
  [
    'the same network is there already, under whatever name',
    'subnet 10.1.0.0 netmask 255.255.0.0 { option routers 10.1.255.254; }',
    'already',
  ],
  [
    'another router is told',
    'subnet 10.1.0.0 netmask 255.255.0.0 { option routers 10.1.0.254; }',
    'prov is there with router 10.1.255.254 instead of 10.1.0.254',
  ],
  [
    'another pool and lease are told',
    'subnet 10.1.0.0 netmask 255.255.0.0 { range 10.1.8.1 10.1.8.9; default-lease-time 60; }',
    'prov is there with pool 10.1.9.1-10.1.9.99 instead of 10.1.8.1-10.1.8.9, leases of 3600 s instead of 60 s',
  ],
  [
    'other routes are told',
    'subnet 10.7.0.0 netmask 255.255.0.0 { option classless-routes 16,10,9,10,7,0,1; }',
    'routed is there with routes 10.8.0.0/16 10.7.0.1 instead of routes 10.9.0.0/16 10.7.0.1',
  ],
  [
    'the same routes are there already',
    'subnet 10.7.0.0 netmask 255.255.0.0 { option classless-routes 16,10,8,10,7,0,1; }',
    'already',
  ],
  [
    'a part of a network is told',
    'subnet 10.1.4.0 netmask 255.255.255.0 { }',
    '10.1.4.0/24 shares addresses with prov, 10.1.0.0/16',
  ],
  ['a network elsewhere is new', 'subnet 10.2.0.0 netmask 255.255.0.0 { }', 'new'],
] as const) {
  test(`plan: ${sentence}`, () => {
    const plan = planImport(taken(subnet), there)
    const [name] = plan.networks
    const verdict = name !== undefined ? 'new' : (plan.conflicts[0]?.why ?? 'already')
    assert.equal(verdict, expected)
  })
}

test('plan: a network whose name is taken elsewhere is called by its number', () => {
  const outcome = taken('shared-network prov { subnet 10.2.0.0 netmask 255.255.0.0 { } }')
  assert.deepEqual(
    planImport(outcome, there).networks.map(({ name }) => name),
    ['net-10-2-0-0'],
  )
})

test('plan: what is written and shown is there already at the second time', () => {
  const text = `name,mac,ip,nic\nn8,${mac(8)},10.1.0.8,\nn8,${mac(7)},10.2.0.8,ib0\n,${mac(6)},10.1.0.6,\n`
  const outcome = taken(text, { format: 'csv' })
  const plan = planImport(outcome, there)
  const written = plan.machines.map(({ name, nics }, at): Machine =>
    machine(
      50 + at,
      name,
      nics.map(({ label, macs, addresses: [own] }) => ({
        macs,
        ...(label !== undefined && { label }),
        ...(own !== undefined && {
          address: [own >>> 24, (own >>> 16) & 255, (own >>> 8) & 255, own & 255].join('.'),
        }),
      })),
    ),
  )
  const after = planImport(outcome, snapshotOf(written))
  assert.deepEqual(
    [after.machines, after.conflicts, after.already],
    [[], [], ['n8', `m-${mac(6).replaceAll(':', '')}`]],
  )
})
