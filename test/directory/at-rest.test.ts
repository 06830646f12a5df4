// Why this file exists: what rests as text must wake as what it was, and text from elsewhere must not wake as anything else.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applyDeltas, emptySnapshot, isSameEntry, readDeviceText } from '#directory'
import fc from 'fast-check'
import { textOf } from '../../src/directory/at-rest.ts'
import { anyEntry } from './arbitrary-entries.ts'
import { domain, id, machine } from './samples.ts'

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

test('every entry wakes as it was', () => {
  fc.assert(
    fc.property(anyEntry, (entry) => {
      const { entries } = applyDeltas(emptySnapshot(domain), [{ kind: 'put', entry }])
      // Members that are there and hold nothing are left out.
      const expected = plain(entry)
      assert.deepEqual(plain(entries.get(entry.id)), expected)
      assert.ok(isSameEntry(entries.get(entry.id), entry))
      assert.deepEqual(Array.from(entries.ofKind(entry.kind), plain), [expected])
    }),
  )
})

test('no text makes the reader throw, and none wakes that is spelt in another way', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      assert.equal(readDeviceText(text).ok, false)
    }),
  )
  const text = textOf(machine(1, { macs: ['02:00:00:00:00:01'], address: '10.0.0.1' }))
  assert.equal(readDeviceText(text).ok, true)
  assert.equal(readDeviceText(` ${text}`).ok, false)
  assert.equal(readDeviceText(text.replace(id(1), 'nobody')).ok, false)
  assert.equal(readDeviceText(text.replace('02:00:00:00:00:01', '02:00')).ok, false)
})
