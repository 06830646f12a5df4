// Why this file exists: whose log-ins end, and whose go on, when what a host knows of people changes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { accountFiles, admit, endedBetween, type Held, readHeld } from '#host'
import { hostileText } from '../../hostile-text.ts'
import { base, key, otherKey, person, sha256 } from './people.ts'

function heldOf(...persons: Parameters<typeof person>): readonly Held[] {
  const { accounts } = admit(persons.map(person), { tags: ['gpu'] }, base)
  return accountFiles(accounts, base, sha256).held
}

const gone = [{ name: 'ada', uid: 10_001, isGone: true }]
const less = [{ name: 'ada', uid: 10_001, isGone: false }]

for (const [sentence, before, after, ended] of [
  ['a removed person', heldOf({}), [], gone],
  ['a person who lost its tag', heldOf({}), heldOf({ tags: ['cpu'] }), gone],
  ['a person with another number', heldOf({}), heldOf({ uidNumber: 10_009 }), gone],
  ['a person who lost a key', heldOf({ sshKeys: [key, otherKey] }), heldOf({}), less],
  ['a person who may be root no more', heldOf({ sudo: true }), heldOf({}), less],
  ['a person of another group', heldOf({ gidNumber: 5_000 }), heldOf({}), less],
] as const) {
  test(`the log-ins of ${sentence} are ended`, () => {
    assert.deepEqual(endedBetween(before, after), ended)
  })
}

for (const [sentence, before, after] of [
  ['nothing changes for', heldOf({}), heldOf({})],
  ['a key is added for', heldOf({}), heldOf({ sshKeys: [key, otherKey] })],
  ['the right to be root is added for', heldOf({}), heldOf({ sudo: true })],
  ['another shell is wished by', heldOf({}), heldOf({ loginShell: '/bin/sh' })],
] as const) {
  test(`${sentence} a person: its log-ins go on`, () => {
    assert.deepEqual(endedBetween(before, after), [])
  })
}

test('what a host was told is read back from it', () => {
  const { accounts } = admit(
    [person({ sudo: true }), person({ uid: 'bob', uidNumber: 10_002, sshKeys: [key, otherKey] })],
    { tags: ['gpu'] },
    base,
  )
  const { files, held } = accountFiles(accounts, base, sha256)
  assert.deepEqual(readHeld(files.find(({ name }) => name === 'people')?.content ?? ''), held)
})

test('what a host says is not believed when it has another shape', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      for (const { name, uid } of readHeld(text)) assert.ok(/^[a-z_]/.test(name) && uid >= 1000)
    }),
  )
})
