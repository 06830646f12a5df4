// Why this file exists: a machine of a foreign tree may have several addresses in one entry; asking for its name must
// tell all of them, and asking for a card only that card's.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applyDeltas, emptySnapshot, formatIp4 } from '#directory'
import { domain, id, ip, label, machine, network } from '../directory/samples.ts'
import { lookUp } from '../../src/dns/zone.ts'
import { recordType } from '../../src/dns/query.ts'

const flat = machine(1, {
  address: '10.0.0.1',
  children: [
    { id: id(1), macs: [], address: ip('10.1.0.1') },
    { id: id(101), label: label('eth1'), macs: [], address: ip('10.2.0.1') },
  ],
})
const snapshot = applyDeltas(
  emptySnapshot(domain),
  [network(9, '10.0.0.0/8'), flat].map((entry) => ({ kind: 'put', entry })),
)
const view = { snapshot, applianceAddresses: [], serial: 1 }

function addresses(name: string): readonly string[] {
  const found = lookUp(view, name, recordType.a)
  if (found.kind !== 'records') return []
  return found.records.flatMap((record) => (record.type === 'a' ? formatIp4(record.address) : []))
}

test('a name leads to every address of its entry, and that of a card to its own', () => {
  assert.deepEqual(addresses('n1.cluster.test'), ['10.0.0.1', '10.1.0.1'])
  assert.deepEqual(addresses('eth1.n1.cluster.test'), ['10.2.0.1'])
})

test('each of its addresses leads back to the name', () => {
  for (const reversed of ['1.0.0.10', '1.0.1.10']) {
    const found = lookUp(view, `${reversed}.in-addr.arpa`, recordType.ptr)
    const records = found.kind === 'records' ? found.records : []
    assert.deepEqual(records, [{ type: 'ptr', name: 'n1.cluster.test' }])
  }
})
