// Why this file exists: two names with one number are one account to every host, so a number belongs to one person.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startAssembly, step, stepAll } from '#directory'
import { person } from '../host/accounts/people.ts'

const ada = person()
const eve = person({ uid: 'eve' })

test('a person with the uidNumber of another is set aside, and the other goes on', () => {
  const first = step(startAssembly(), { kind: 'entry', entry: ada })
  const second = step(first.assembly, { kind: 'entry', entry: eve })
  const [delta] = second.deltas
  assert.ok(second.deltas.length === 1 && delta?.kind === 'set-aside')
  assert.equal(delta.item.id, eve.id)
  assert.match(delta.item.reason, /^uidNumber 10001 is claimed by uid=eve.* held it first$/)
})

test('of two persons that come at once with one uidNumber neither is served', () => {
  const both = [ada, eve].map((entry) => ({ kind: 'entry', entry }) as const)
  const { deltas } = stepAll(startAssembly(), both)
  assert.deepEqual(
    deltas.map(({ kind }) => kind),
    ['set-aside', 'set-aside'],
  )
})
