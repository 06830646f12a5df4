// Why this file exists: outside checks raise racks with other MACs, domains, networks and numbers; each flag is taken as
// typed or refused by name.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Fault } from '#fault'
import { addressAt, netmaskOf, parseNetwork } from '../../src/lab/ip4.ts'
import { type LabFlags, readOptions } from '../../src/lab/options.ts'
import { planRack, powerUrl } from '../../src/lab/plan.ts'

test('a rack without flags has two machines, one of each firmware and each BMC protocol', () => {
  const plan = planRack(readOptions({}))
  assert.deepEqual(
    plan.machines.map(({ name, firmware, bmc }) => [name, firmware, bmc.protocol]),
    [
      ['n001', 'bios', 'ipmi'],
      ['n002', 'uefi', 'redfish'],
    ],
  )
  assert.equal(plan.network.appliance, '10.77.0.1')
  assert.equal(plan.base, 'dc=cluster,dc=test')
})

test('another network, domain, MAC prefix and four machines are planned as asked', () => {
  const flags = {
    network: '172.30.4.0/22',
    domain: 'hpc.example',
    macPrefix: '02:AB:cd',
    machines: '4',
  }
  const plan = planRack(readOptions(flags))
  assert.equal(plan.network.appliance, '172.30.4.1')
  assert.equal(plan.network.netmask, '255.255.252.0')
  assert.equal(plan.network.poolFirst, '172.30.6.0')
  assert.deepEqual(
    plan.machines.map(({ mac }) => mac),
    ['02:ab:cd:00:00:01', '02:ab:cd:00:00:02', '02:ab:cd:00:00:03', '02:ab:cd:00:00:04'],
  )
  assert.equal(plan.base, 'dc=hpc,dc=example')
})

test('no two machines of a rack share a MAC, UUID, serial, tap, directory or power URL', () => {
  const { machines } = planRack(readOptions({ machines: 16 }))
  for (const key of ['mac', 'uuid', 'serial', 'tap', 'directory'] as const)
    assert.equal(new Set(machines.map((machine) => machine[key])).size, 16, key)
  assert.equal(new Set(machines.map(powerUrl)).size, 16)
})

test('the pool for strangers, the spare addresses and the appliance lie apart in every network', () => {
  fc.assert(
    fc.property(fc.integer({ min: 8, max: 26 }), (bits) => {
      const { network } = planRack(readOptions({ network: `10.0.0.0/${bits}` }))
      const all = [
        network.appliance,
        network.poolFirst,
        network.poolLast,
        network.spare,
        network.changed,
      ]
      assert.equal(new Set(all).size, all.length)
    }),
  )
})

for (const [flag, flags] of [
  ['machines', { machines: 0 }],
  ['machines', { machines: '17' }],
  ['machines', { machines: '2; reboot' }],
  ['domain', { domain: 'nodots' }],
  ['domain', { domain: 'x"y.test' }],
  ['network', { network: '10.77.0.1/24' }],
  ['network', { network: '10.77.0.0/30' }],
  ['network', { network: '10.77.0.0' }],
  ['network', { network: '010.77.0.0/24' }],
  ['mac-prefix', { macPrefix: '53:54' }],
  ['mac-prefix', { macPrefix: '52:54:00:01:02:03' }],
  ['mac-prefix', { macPrefix: '52-54' }],
  ['memory', { memory: '12GiB' }],
  ['deadline', { deadline: 0 }],
  ['rack', { rack: '../x' }],
  ['cache', { cache: 'relative' }],
  ['state', { state: '/var/lib/a b' }],
] as const satisfies readonly (readonly [string, LabFlags])[]) {
  test(`--${flag} ${JSON.stringify(flags)} is refused by name before anything is made`, () => {
    assert.throws(
      () => readOptions(flags),
      (error) =>
        error instanceof Fault &&
        error.code === 'CPC-LAB-001' &&
        error.text.where.startsWith(`--${flag} `),
    )
  })
}

test('network arithmetic stays inside 32 bits for every network', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 8, max: 26 }),
      fc.integer({ min: 0, max: 2 ** 26 - 1 }),
      (bits, n) => {
        const size = 2 ** (32 - bits)
        const network = parseNetwork(
          `${addressAt({ first: 0, prefixBits: bits }, (n * size) % 2 ** 32)}/${bits}`,
        )
        assert.ok(network !== undefined)
        assert.match(addressAt(network, size - 1), /^\d{1,3}(\.\d{1,3}){3}$/)
        assert.match(netmaskOf(network), /^255\./)
      },
    ),
  )
})
