// Why this file exists: what a VO may see is decided by one pure view; here is what must never be in it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatIp4, type Snapshot } from '#directory'
import { lookUp, recordType } from '#dns'
import { tenantView, tenantViewer } from '../../src/wire/tenant-view.ts'
import {
  chem,
  chemMac,
  chemVni,
  entries,
  ip,
  label,
  mac,
  machineMac,
  newId,
  node,
  nodeMac,
  physics,
  physicsVni,
  site,
  snapshotOf,
  vcn,
} from './vo-site.ts'

function viewOf(snapshot: Snapshot, vni: number): Snapshot {
  const view = tenantView(snapshot, vni)
  assert.ok(view)
  return view
}

function addressOf(snapshot: Snapshot, name: string): string {
  const applianceAddresses = [ip('10.133.0.1')]
  const found = lookUp({ snapshot, applianceAddresses, serial: 1 }, name, recordType.a)
  if (found.kind !== 'records') return found.kind
  const [record] = found.records
  return record?.type === 'a' ? formatIp4(record.address) : 'another record'
}

function nameOf(snapshot: Snapshot, reversed: string): string {
  const zone = { snapshot, applianceAddresses: [ip('10.133.0.1')], serial: 1 }
  const found = lookUp(zone, `${reversed}.in-addr.arpa`, recordType.ptr)
  if (found.kind !== 'records') return found.kind
  const [record] = found.records
  return record?.type === 'ptr' ? record.name : 'another record'
}

for (const [sentence, name, answer] of [
  ['a node of the VO is found', 'compute1.hpl.physics.cluster.test', '10.133.0.2'],
  ['so is the appliance, where the VO can reach it', 'ns.cluster.test', '10.133.0.1'],
  ['a cluster exists, without an address', 'hpl.physics.cluster.test', 'no-data'],
  ["another VO's node does not exist", 'compute1.mpi.chem.cluster.test', 'no-name'],
  ['another VO does not exist', 'chem.cluster.test', 'no-name'],
  ["another VO's cluster does not exist", 'mpi.chem.cluster.test', 'no-name'],
  ['a host does not exist', 'n001.cluster.test', 'no-name'],
  ['the rest of the world is not ours', 'www.example.org', 'not-ours'],
] as const) {
  test(`seen from a VO's network: ${sentence}`, () => {
    assert.equal(addressOf(viewOf(site, physicsVni), name), answer)
  })
}

for (const [sentence, reversed, answer] of [
  ['a node', '2.0.133.10', 'compute1.hpl.physics.cluster.test'],
  ['the appliance', '1.0.133.10', 'ns.cluster.test'],
  ["another VO's node", '2.16.133.10', 'not-ours'],
  ['a host', '11.0.77.10', 'not-ours'],
  ['nobody', '9.0.133.10', 'no-name'],
] as const) {
  test(`backward, seen from a VO's network: ${sentence}`, () => {
    assert.equal(nameOf(viewOf(site, physicsVni), reversed), answer)
  })
}

test('no card, address or entry of anybody else is in the view, nor a way out, nor a pool', () => {
  const view = viewOf(site, physicsVni)
  assert.ok(view.byMac.has(mac(nodeMac)))
  for (const other of [chemMac, machineMac]) assert.equal(view.byMac.has(mac(other)), false)
  assert.deepEqual([...view.entries.values()].map(({ kind }) => kind).toSorted(), [
    'network',
    'vcn',
    'vcn',
  ])
  const [network, second] = view.networks
  assert.equal(network?.name, 'vo-physics')
  assert.equal(second, undefined)
  assert.equal(network?.gateway, undefined)
  assert.equal(network?.routes, undefined)
  assert.equal(network?.pool, undefined)
  assert.equal(view.number, site.number)
})

test("a node of one VO that somebody put on another VO's network is not served there", () => {
  const intruder = vcn('spy.mpi.chem', { mac: '02:00:00:13:31:09', ip: '10.133.0.9' })
  const view = viewOf(snapshotOf([...entries, intruder]), physicsVni)
  assert.equal(view.byIp.has(ip('10.133.0.9')), false)
})

test("a cluster's own network serves that cluster, and a node is found by its address there", () => {
  const own = { ...chem, id: newId(), name: label('voc-physics-hpl-fast-0a1b2c'), vni: 9 }
  const second = {
    id: newId(),
    label: label('fast'),
    macs: [mac('02:00:00:13:32:02')],
    address: ip('10.133.16.7'),
  }
  const both = { ...node, nics: [...node.nics, second] }
  const other = vcn('compute1.test.physics', { mac: '02:00:00:13:32:08', ip: '10.133.16.8' })
  const snapshot = snapshotOf([physics, own, both, other])
  const fast = viewOf(snapshot, 9)
  assert.equal(addressOf(fast, 'compute1.hpl.physics.cluster.test'), '10.133.16.7')
  assert.equal(addressOf(fast, 'fast.compute1.hpl.physics.cluster.test'), '10.133.16.7')
  assert.equal(addressOf(fast, 'compute1.test.physics.cluster.test'), 'no-name')
  assert.equal(
    addressOf(viewOf(snapshot, physicsVni), 'compute1.hpl.physics.cluster.test'),
    '10.133.0.2',
  )
})

test("the appliance's own address is nobody else's, whatever the directory says", () => {
  const thief = vcn('thief.hpl.physics', { mac: '02:00:00:13:30:0f', ip: '10.133.0.1' })
  const view = viewOf(snapshotOf([...entries, thief]), physicsVni)
  assert.equal(view.byIp.has(ip('10.133.0.1')), false)
})

test('a network with fewer addresses than there are entries shows the same', () => {
  const narrow = { ...physics, prefix: 29 }
  const snapshot = snapshotOf([...entries, narrow])
  assert.ok(2 ** (32 - narrow.prefix) <= snapshot.entries.size + 1)
  const view = viewOf(snapshotOf([...entries, narrow, host8()]), physicsVni)
  assert.deepEqual([...view.byIp.entries()].map(([address]) => formatIp4(address)).toSorted(), [
    '10.133.0.2',
    '10.133.0.3',
  ])
})

function host8() {
  return vcn('compute9.mpi.chem', { mac: '02:00:00:13:31:99', ip: '10.133.16.9' })
}

test('a number that no network has shows nothing at all', () => {
  assert.equal(tenantView(site, 1), undefined)
})

test('a view is made once for each snapshot, and anew for the next, even under the same number', () => {
  let current: Snapshot | undefined
  const view = tenantViewer(chemVni, () => current)
  assert.equal(view(), undefined)
  current = site
  const first = view()
  assert.ok(first)
  assert.equal(view(), first)
  current = { ...site }
  assert.notEqual(view(), first)
})
