// Why this file exists: each index must follow each change, and forget what is gone.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  applyDelta,
  applyDeltas,
  Buckets,
  type Delta,
  emptySnapshot,
  type Entry,
  type Snapshot,
  startAssembly,
  step,
} from '#directory'
import fc from 'fast-check'
import { crowdedEntry } from './arbitrary-entries.ts'
import { contents } from './contents.ts'
import { domain, id, ip, label, mac, machine, name, network, vcn } from './samples.ts'

function snapshotOf(...entries: readonly Entry[]): Snapshot {
  return applyDeltas(
    emptySnapshot(domain),
    entries.map((entry) => ({ kind: 'put', entry })),
  )
}

const eth1 = {
  id: id(101),
  label: label('eth1'),
  macs: [mac('02:00:00:00:00:11')],
  address: ip('10.1.0.1'),
}
const n1 = machine(1, {
  macs: ['02:00:00:00:00:01', '02:00:00:00:00:02'],
  address: '10.0.0.1',
  aliases: [name('www')],
  children: [eth1],
  tags: ['red', 'red'],
  uuid: id(91),
})

test('a machine is found by each MAC, address and name, and by the right network card', () => {
  const snapshot = snapshotOf(n1)
  assert.deepEqual(snapshot.byMac.get(mac('02:00:00:00:00:02')), { device: n1, nicIndex: 0 })
  assert.deepEqual(snapshot.byMac.get(mac('02:00:00:00:00:11')), { device: n1, nicIndex: 1 })
  assert.deepEqual(snapshot.byIp.get(ip('10.1.0.1')), { device: n1, nicIndex: 1 })
  assert.equal(snapshot.byName.get(name('n1'))?.nicIndex, 0)
  assert.equal(snapshot.byName.get(name('www'))?.nicIndex, 0)
  assert.equal(snapshot.byName.get(name('eth1.n1'))?.nicIndex, 1)
  assert.deepEqual(snapshot.byUuid.get(id(91)), n1)
  assert.deepEqual([...(snapshot.byTag.get('red')?.values() ?? [])], [n1])
})

test('RFC 8020: every proper suffix of a name in use exists, and ends with its last name', () => {
  let snapshot = snapshotOf(vcn(1), vcn(2))
  assert.ok(snapshot.nonTerminals.has(name('hpl.physics')))
  assert.ok(snapshot.nonTerminals.has(name('physics')))
  snapshot = applyDelta(snapshot, { kind: 'drop', id: id(1) })
  assert.ok(snapshot.nonTerminals.has(name('hpl.physics')))
  snapshot = applyDelta(snapshot, { kind: 'drop', id: id(2) })
  assert.equal(snapshot.nonTerminals.size, 0)
})

test('HOSTILE 71: a shared UUID identifies nobody until one machine alone has it', () => {
  let snapshot = snapshotOf(machine(1, { uuid: id(91) }), machine(2, { uuid: id(91) }))
  assert.equal(snapshot.byUuid.get(id(91)), undefined)
  snapshot = applyDelta(snapshot, { kind: 'drop', id: id(1) })
  assert.equal(snapshot.byUuid.get(id(91))?.id, id(2))
})

test('HOSTILE 71: a UUID of zeros is in no index', () => {
  assert.equal(snapshotOf(machine(1, { uuid: id(0) })).byUuid.size, 0)
})

test('a port leads to the only machine there that has no MAC', () => {
  const bare = machine(1, { port: 'sw1/1' })
  const carded = machine(2, { port: 'sw1/1', macs: ['02:00:00:00:00:02'] })
  assert.equal(snapshotOf(carded).byPort.get('sw1/1'), undefined)
  assert.deepEqual(snapshotOf(carded, bare).byPort.get('sw1/1'), bare)
  assert.equal(snapshotOf(bare, machine(3, { port: 'sw1/1' })).byPort.get('sw1/1'), undefined)
})

test('networks stand in the order of their numbers and are found by name', () => {
  const snapshot = snapshotOf(network(2, '10.2.0.0/16'), network(1, '10.1.0.0/16'))
  assert.deepEqual(
    snapshot.networks.map(({ id: networkId }) => networkId),
    [id(1), id(2)],
  )
  assert.equal(snapshot.networkByName.get(label('net2'))?.id, id(2))
  assert.equal(applyDelta(snapshot, { kind: 'drop', id: id(2) }).networkByName.size, 1)
})

test('an entry set aside leaves every index and says why; served again, it is set aside no more', () => {
  const item = { id: id(1), dn: n1.dn, reason: 'because' }
  const aside = applyDelta(snapshotOf(n1), { kind: 'set-aside', item })
  assert.deepEqual(aside.setAside.get(id(1)), item)
  assert.deepEqual(sizes(aside), sizes(emptySnapshot(domain)))
  assert.equal(applyDelta(aside, { kind: 'put', entry: n1 }).setAside.size, 0)
})

test('a snapshot stays what it was: later steps do not show in it, and nobody can write into it', () => {
  const before = snapshotOf(n1)
  const after = applyDelta(before, { kind: 'put', entry: machine(1, { address: '10.0.0.9' }) })
  assert.deepEqual(before.byIp.get(ip('10.0.0.1'))?.device, n1)
  assert.equal(before.byIp.get(ip('10.0.0.9')), undefined)
  assert.equal(after.byIp.get(ip('10.0.0.1')), undefined)
  assert.equal(after.number, before.number + 1)
  for (const value of [after, after.networks, after.entries.get(id(1))]) {
    assert.ok(Object.isFrozen(value))
  }
})

test('the feed may number the step', () => {
  assert.equal(applyDeltas(emptySnapshot(domain), [], 41).number, 41)
})

test('within one step two machines swap addresses, and both are found', () => {
  const snapshot = applyDeltas(
    snapshotOf(machine(1, { address: '10.0.0.1' }), machine(2, { address: '10.0.0.2' })),
    [
      { kind: 'put', entry: machine(1, { address: '10.0.0.2' }) },
      { kind: 'put', entry: machine(2, { address: '10.0.0.1' }) },
    ],
  )
  assert.equal(snapshot.byIp.get(ip('10.0.0.2'))?.device.id, id(1))
  assert.equal(snapshot.byIp.get(ip('10.0.0.1'))?.device.id, id(2))
})

function sizes(snapshot: Snapshot): readonly number[] {
  const { entries, byMac, byIp, byName, byUuid, byPort, byTag } = snapshot
  const { nonTerminals, uuidClaims, portClaims } = snapshot
  const found = [entries, byMac, byIp, byName, byUuid, byPort, byTag]
  return [...found, nonTerminals, uuidClaims, portClaims].map(({ size }) => size)
}

test('a snapshot reached by any road equals one built anew from the same entries', () => {
  fc.assert(
    fc.property(fc.array(crowdedEntry, { maxLength: 40 }), (entries) => {
      let assembly = startAssembly()
      let snapshot = emptySnapshot(domain)
      for (const entry of entries) {
        const next = step(assembly, { kind: 'entry', entry })
        assembly = next.assembly
        snapshot = applyDeltas(snapshot, next.deltas)
      }
      assert.deepEqual(contents(snapshot), contents(snapshotOf(...snapshot.entries.values())))
      const drops: Delta[] = entries.map((entry) => ({ kind: 'drop', id: entry.id }))
      assert.deepEqual(sizes(applyDeltas(snapshot, drops)), sizes(emptySnapshot(domain)))
    }),
  )
})

test('a persistent map answers like a plain one, and no step changes an earlier one', () => {
  const stepOf = fc.tuple(fc.boolean(), fc.nat(40), fc.nat())
  fc.assert(
    fc.property(fc.array(stepOf), (steps) => {
      const plain = new Map<number, number>()
      let buckets = Buckets.empty<number, number>()
      for (const [put, key, value] of steps) {
        const before = buckets
        const had = before.get(key)
        buckets = put ? before.with(key, value) : before.without(key)
        if (put) plain.set(key, value)
        else plain.delete(key)
        assert.equal(before.get(key), had)
      }
      assert.equal(buckets.size, plain.size)
      assert.deepEqual(new Map(buckets.entries()), plain)
      assert.deepEqual(new Set(buckets.values()), new Set(plain.values()))
    }),
  )
})

test('a persistent map says which keys changed since any earlier state, also when it grew in between', () => {
  const stepOf = fc.tuple(fc.boolean(), fc.nat(400), fc.nat(2))
  const steps = fc.array(stepOf, { minLength: 1, maxLength: 300 })
  fc.assert(
    fc.property(steps, steps, fc.nat(300), (first, second, expected) => {
      const made = (from: Buckets<number, number>, list: typeof first): Buckets<number, number> => {
        const draft = from.edit(expected)
        for (const [put, key, value] of list) {
          if (put) draft.set(key, value)
          else draft.delete(key)
        }
        return draft.done()
      }
      const before = made(Buckets.empty<number, number>(), first)
      const after = made(before, second)
      const keys = new Set([...before.entries(), ...after.entries()].map(([key]) => key))
      const changed = [...keys].filter((key) => before.get(key) !== after.get(key))
      assert.deepEqual(new Set(after.keysChangedSince(before)), new Set(changed))
      assert.equal(after.size, [...after.values()].length)
      assert.equal(after.copiedSince(after), 0)
    }),
  )
})
