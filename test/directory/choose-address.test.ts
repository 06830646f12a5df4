// Why this file exists: an address is chosen once and stays, so the choice must be right the first time.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  applyDeltas,
  chooseAddress,
  emptySnapshot,
  type Entry,
  formatIp4,
  freeAddresses,
  type Network,
  networkContaining,
  networkForNic,
  type Snapshot,
} from '#directory'
import { domain, id, ip, label, machine, network, route, vcn } from './samples.ts'

function snapshotOf(...entries: readonly Entry[]): Snapshot {
  return applyDeltas(
    emptySnapshot(domain),
    entries.map((entry) => ({ kind: 'put', entry })),
  )
}

const pool = { first: ip('10.0.0.4'), last: ip('10.0.0.200') }
const prov = network(50, '10.0.0.0/24', { gateway: ip('10.0.0.1'), pool })

function choose(on: Network, held: readonly string[] = [], taken: readonly string[] = []): string {
  const snapshot = snapshotOf(on, ...held.map((address, at) => machine(at + 1, { address })))
  const busy = taken.map(ip)
  const chosen = chooseAddress(snapshot, on, (address) => busy.includes(address), [ip('10.0.0.2')])
  return chosen === undefined ? 'none' : formatIp4(chosen)
}

for (const [sentence, chosen, expected] of [
  ['the lowest that is no gateway, no pool and not the appliance', choose(prov), '10.0.0.3'],
  ['an address that an entry holds is skipped', choose(prov, ['10.0.0.3']), '10.0.0.201'],
  [
    'what the caller knows to be taken is skipped',
    choose(prov, [], ['10.0.0.3', '10.0.0.201']),
    '10.0.0.202',
  ],
  [
    'the router of a route is nobody else’s',
    choose(network(50, '10.0.0.0/24', { routes: [route('192.0.2.0/24 10.0.0.1')] })),
    '10.0.0.3',
  ],
  [
    'neither network number nor broadcast is given',
    choose(network(50, '10.0.0.0/30'), ['10.0.0.1']),
    'none',
  ],
  [
    'a pool that covers the network leaves nothing',
    choose(network(50, '10.0.0.4/31', { pool })),
    'none',
  ],
  [
    'RFC 3021: a /31 has two addresses',
    choose(network(50, '10.0.0.8/31'), ['10.0.0.8']),
    '10.0.0.9',
  ],
  [
    'the last network of all has an end',
    choose(network(50, '255.255.255.254/31'), ['255.255.255.254', '255.255.255.255']),
    'none',
  ],
] as const) {
  test(`an address is chosen: ${sentence}`, () => {
    assert.equal(chosen, expected)
  })
}

test('many addresses are chosen in one walk, each another', () => {
  const free = freeAddresses(snapshotOf(prov), prov, () => false, [])
  assert.deepEqual([...free.take(3)].map(formatIp4), ['10.0.0.2', '10.0.0.3', '10.0.0.201'])
})

const vo = network(51, '10.128.0.0/20', { name: label('vo-physics'), vni: 1 })
const inner = network(52, '10.0.0.128/25')
const world = snapshotOf(vo, prov, inner)

for (const [sentence, found, expected] of [
  ['the first physical one', networkForNic(world, machine(1), { id: id(1), macs: [] }), prov],
  [
    'the one that the entry names',
    networkForNic(world, machine(1), { id: id(1), macs: [], network: label('net52') }),
    inner,
  ],
  [
    'none, if the named one does not exist',
    networkForNic(world, machine(1), { id: id(1), macs: [], network: label('x') }),
    undefined,
  ],
  [
    'none, if only VO networks exist',
    networkForNic(snapshotOf(vo), machine(1), { id: id(1), macs: [] }),
    undefined,
  ],
  ['the network of its VO for a VCN', networkForNic(world, vcn(1), { id: id(1), macs: [] }), vo],
  ['the narrowest around an address', networkContaining(world, ip('10.0.0.129')), inner],
  ['the wider one below the narrow', networkContaining(world, ip('10.0.0.9')), prov],
  ['none around a foreign address', networkContaining(world, ip('192.0.2.1')), undefined],
] as const) {
  test(`a card belongs to a network: ${sentence}`, () => {
    assert.equal(found, expected)
  })
}
