// Why this file exists: the lab's people must be what the lab says of them, or a refusal would prove nothing.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDnsName, parseUuid } from '#directory'
import { readOptions } from '../../src/lab/options.ts'
import {
  ada,
  attempts,
  bob,
  type LabPerson,
  mallory,
  personLdif,
  tag,
} from '../../src/lab/people-entries.ts'
import { planRack } from '../../src/lab/plan.ts'
import { mapEntry } from '../../src/ldap-sync/mapping/map.ts'
import { rawEntry } from '../../src/ldap-sync/raw-entry.ts'
import { Replica } from '../../src/ldap-sync/sync/replica.ts'
import { key } from '../host/accounts/people.ts'

const plan = planRack(readOptions({}))
const domain = parseDnsName(plan.domain)
const id = parseUuid('1'.padStart(32, '0'))

function mapped(person: LabPerson) {
  assert.ok(domain !== undefined && id !== undefined)
  const pairs = personLdif(plan, person, key)
    .trim()
    .split('\n')
    .map((line) => line.split(': '))
  const [[, dn = ''] = [], ...rest] = pairs
  const attributes = Map.groupBy(rest, ([name = '']) => name.toLowerCase())
  const values = [...attributes].map(
    ([name, rows]) => [name, rows.map(([, value = '']) => value)] as const,
  )
  const raw = rawEntry(id, dn, new Map(values))
  const tree = new Replica()
  tree.apply([raw], [])
  return mapEntry(raw, tree, domain)
}

for (const [person, tags] of [
  [ada, [tag]],
  [bob, []],
] as const) {
  test(`the directory takes ${person.uid} of the lab, with ${tags.length} tags`, () => {
    const outcome = mapped(person)
    assert.ok(outcome.kind === 'entry' && outcome.entry.kind === 'person')
    assert.deepEqual(outcome.entry.tags, tags)
    assert.deepEqual(outcome.entry.sshKeys, [key])
    assert.equal(outcome.entry.sudo, true)
  })
}

test('mallory of the lab is refused for the number of root alone', () => {
  const outcome = mapped(mallory)
  assert.ok(outcome.kind === 'refused')
  assert.match(outcome.reason, /^its uidNumber 0 is that of an account of the system$/)
})

test('each attempt of somebody inside is named once', () => {
  const names = attempts(plan).map(([what]) => what)
  assert.equal(new Set(names).size, names.length)
})
