// Why this file exists: what comes back from a disk or a socket is believed only after it was looked at.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Delta, readDelta, readEntry, readSetAside } from '#directory'
import fc from 'fast-check'
import { textOf } from '../../src/directory/at-rest.ts'
import { anyEntry } from './arbitrary-entries.ts'
import { id, machine, network } from './samples.ts'

function overTheWire(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

test('every entry comes back from JSON as it was', () => {
  fc.assert(
    fc.property(anyEntry, (entry) => {
      assert.deepEqual(readEntry(overTheWire(entry)), { ok: true, value: overTheWire(entry) })
    }),
  )
})

test('every delta comes back from JSON as it was', () => {
  const deltas: readonly Delta[] = [
    { kind: 'put', entry: machine(1, { macs: ['02:00:00:00:00:01'], address: '10.0.0.1' }) },
    { kind: 'drop', id: id(2) },
    { kind: 'set-aside', item: { id: id(3), dn: 'cn=x', reason: 'because' } },
  ]
  for (const delta of deltas) {
    assert.deepEqual(readDelta(overTheWire(delta)), { ok: true, value: delta })
  }
})

test('a device that is told as it rests comes back as itself, and what is no device is refused by its place', () => {
  const device = machine(1, { macs: ['02:00:00:00:00:01'], address: '10.0.0.1' })
  const rest = textOf(device)
  const read = readDelta(overTheWire({ kind: 'laid', rest }))
  assert.ok(read.ok && read.value.kind === 'put')
  assert.deepEqual([overTheWire(read.value.entry), read.value.rest], [overTheWire(device), rest])
  const refused = readDelta({ kind: 'laid', rest: rest.replace('02:00:00:00:00:01', 'none') })
  assert.deepEqual(refused, { ok: false, refusal: 'rest: [5][0][2][0]: "none" is not one' })
})

test('nothing that JSON can say makes the readers throw', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      for (const read of [readEntry, readDelta, readSetAside]) {
        assert.equal(typeof read(value).ok, 'boolean')
      }
    }),
  )
})

test('an entry with any one value replaced by nonsense is read as an entry or refused, never thrown', () => {
  fc.assert(
    fc.property(anyEntry, fc.nat(), fc.jsonValue(), (entry, which, nonsense) => {
      const keys = Object.keys(entry)
      const damaged = { ...entry, [keys[which % keys.length] ?? 'kind']: nonsense }
      assert.equal(typeof readEntry(damaged).ok, 'boolean')
    }),
  )
})

const good = machine(1, { macs: ['02:00:00:00:00:01'], address: '10.0.0.1' })
for (const [sentence, value, why] of [
  [
    'an address above 32 bits',
    { ...good, nics: [{ id: id(1), macs: [], address: 2 ** 32 }] },
    /^nics\[0\]\.address: /,
  ],
  [
    'a MAC of five octets',
    { ...good, nics: [{ id: id(1), macs: ['02:00:00:00:00'] }] },
    /^nics\[0\]\.macs\[0\]: /,
  ],
  ['a name with a space', { ...good, name: 'a b' }, /^name: /],
  ['an unknown role', { ...good, role: 'king' }, /^role: /],
  ['an unknown kind', { ...good, kind: 'ghost' }, /ghost/],
  ['a missing id', { ...good, id: undefined }, /^id: /],
  ['a network with host bits', { ...network(1, '10.0.0.0/24'), prefix: 4 }, /host bits/],
  [
    'a pool that ends before it begins',
    { ...network(1, '10.0.0.0/24'), pool: { first: 2, last: 1 } },
    /^pool: /,
  ],
  ['a key of the prototype', Object.create(good), /^kind: /],
] as const) {
  test(`an entry with ${sentence} is refused with the place`, () => {
    const result = readEntry(value)
    assert.ok(!result.ok)
    assert.match(result.refusal, why)
  })
}

test('what an entry does not have is left out, not carried along', () => {
  const result = readEntry({ ...good, colour: 'red' })
  assert.deepEqual(result, { ok: true, value: good })
})
