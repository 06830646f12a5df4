// Why this file exists: who may log in where, since when, and why not, is told in words that name the reason.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  applyDeltas,
  emptySnapshot,
  type Machine,
  parseDnsName,
  type Person,
  type Snapshot,
} from '#directory'
import {
  explainAside,
  explainPerson,
  peopleFacts,
  peopleLines,
} from '../../../src/core/services/people.ts'
import { person } from '../../host/accounts/people.ts'
import { machine, openKeeper } from './fake-hosts.ts'
import { known } from '../house.ts'

const empty = emptySnapshot(known(parseDnsName('cluster.test')))
const ada = person({ sudo: true })

function snapshotOf(...entries: readonly (Machine | Person)[]): Snapshot {
  return applyDeltas(
    empty,
    entries.map((entry) => ({ kind: 'put', entry }) as const),
  )
}

test('a host tells who may log in, who may be root, who may not and why, and since when', async (t) => {
  const { keeper, clock, put, becomeReady } = openKeeper(t)
  put(
    ada,
    person({ uid: 'bob', uidNumber: 10_002 }),
    person({ uid: 'eve', uidNumber: 10_003, sshKeys: [] }),
  )
  keeper.open()
  becomeReady()
  await clock.pass(0)
  assert.deepEqual(peopleFacts(machine, keeper), {
    mayLogIn: ['ada', 'bob'],
    maySudo: ['ada'],
    mayNotLogIn: ['eve: it has no sshPublicKey'],
    peopleTakenAt: new Date(clock.now).toISOString(),
  })
  assert.match(peopleLines(machine, keeper)[0] ?? '', /^log in   ada \(sudo\), bob; since 20/)
})

test('of a machine that is no host nothing is told about people', (t) => {
  const { keeper, put } = openKeeper(t)
  put(ada)
  const other: Machine = { ...machine, role: 'other' }
  assert.deepEqual(peopleFacts(other, keeper), {})
  assert.deepEqual(peopleLines(other, keeper), [])
})

test('a person is explained with the hosts that it may log in to, and whether they know', async (t) => {
  const { keeper, clock, put, becomeReady } = openKeeper(t)
  put(ada)
  const snapshot = snapshotOf(machine, ada)
  assert.equal(explainPerson(ada, snapshot, keeper).at(-1), 'log in   n001: when it is up')
  keeper.open()
  becomeReady()
  await clock.pass(0)
  assert.deepEqual(explainPerson(ada, snapshot, keeper), [
    'entry    uid=ada,ou=people,dc=cluster,dc=test',
    'person   ada, uidNumber 10001, 1 keys',
    'tags     gpu',
    'sudo     yes, where it may log in',
    'log in   n001: yes',
  ])
})

test('a person without a tag is told that it may log in nowhere', (t) => {
  const { keeper } = openKeeper(t)
  const lines = explainPerson({ ...ada, tags: [] }, snapshotOf(machine), keeper)
  assert.match(lines.join('\n'), /without a tag nobody may log in anywhere\n.*\nlog in   nowhere/)
})

test('a person that was set aside is explained by its reason', () => {
  const item = { id: ada.id, dn: ada.dn, reason: 'its uidNumber 0 is that of an account' }
  const snapshot = applyDeltas(empty, [{ kind: 'set-aside', item }])
  assert.deepEqual(explainAside('ada', snapshot), [
    'entry    uid=ada,ou=people,dc=cluster,dc=test',
    'aside    its uidNumber 0 is that of an account',
  ])
  assert.equal(explainAside('ad', snapshot), undefined)
})
