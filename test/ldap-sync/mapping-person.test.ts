// Why this file exists: an entry of a person becomes an account on hosts; which never does, and what is left out of one.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDnsName, parseUuid } from '#directory'
import { mapEntry } from '../../src/ldap-sync/mapping/map.ts'
import { rawEntry } from '../../src/ldap-sync/raw-entry.ts'
import { Replica } from '../../src/ldap-sync/sync/replica.ts'
import { known } from './bench.ts'

const domain = known(parseDnsName('cluster.test'))

function mapped(more: Readonly<Record<string, readonly string[]>>) {
  const attributes = { objectclass: ['posixAccount', 'coppicePerson'], uid: ['ada'], ...more }
  const id = known(parseUuid('1'.padStart(32, '0')))
  const raw = rawEntry(id, 'uid=ada,ou=people,dc=test', new Map(Object.entries(attributes)))
  const tree = new Replica()
  tree.apply([raw], [])
  return mapEntry(raw, tree, domain)
}

for (const [what, more, reason] of [
  ['named root', { uid: ['root'] }, /root is an account of the system/],
  ['named like a group of the host', { uid: ['kvm'] }, /kvm is an account of the system/],
  ['with the number of root', { uidnumber: ['0'] }, /uidNumber 0 is that of an account/],
  ['with a number below 1000', { uidnumber: ['999'] }, /uidNumber 999/],
  ['with the number of nobody', { uidnumber: ['65534'] }, /uidNumber 65534/],
  ["with libvirt's number", { uidnumber: ['64055'] }, /uidNumber 64055/],
  ['with a number that turns negative', { uidnumber: ['4294967295'] }, /no number from 0/],
  ['with a line break in the name', { uid: ['ada\nroot:x:0:0'] }, /no account name/],
  ['with a colon in the name', { uid: ['ada:x'] }, /no account name/],
] as const) {
  test(`a person ${what} is set aside, with the reason`, () => {
    const outcome = mapped(more)
    assert.equal(outcome.kind, 'refused')
    assert.match(outcome.kind === 'refused' ? outcome.reason : '', reason)
  })
}

test('a person brings what an account on a host is made of', () => {
  const outcome = mapped({
    uidnumber: ['10001'],
    gidnumber: ['5000'],
    loginshell: ['/bin/bash'],
    gecos: ['Ada Lovelace'],
    coppicetag: ['gpu'],
    coppicesudo: ['TRUE'],
  })
  assert.ok(outcome.kind === 'entry' && outcome.entry.kind === 'person')
  const { uidNumber, gidNumber, loginShell, fullName, tags, sudo } = outcome.entry
  assert.deepEqual(
    [uidNumber, gidNumber, loginShell, fullName, tags, sudo],
    [10001, 5000, '/bin/bash', 'Ada Lovelace', ['gpu'], true],
  )
})

test('a group of the system and a shell that is no path are left out and noted', () => {
  const outcome = mapped({ gidnumber: ['0'], loginshell: ['/bin/sh\nroot:x'] })
  assert.ok(outcome.kind === 'entry' && outcome.entry.kind === 'person')
  assert.equal(outcome.entry.gidNumber, undefined)
  assert.equal(outcome.entry.loginShell, undefined)
  assert.equal(outcome.notes.length, 2)
})
