// Why this file exists: who gets an account on a host, what exactly is written there, and that no text of the directory can
// write more than its own field.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Person } from '#directory'
import { accountFiles, type AccountFiles, admit, mayLogIn } from '#host'
import { hostileText } from '../../hostile-text.ts'
import { base, key, otherKey, person, sha256 } from './people.ts'

for (const [sentence, tags, machineTags, may] of [
  ['a person may log in to a host with which it shares a tag', ['a', 'gpu'], ['gpu', 'b'], true],
  ['tags are compared without regard to case, as LDAP does', [' GPU'], ['gpu'], true],
  ['a person may not log in to a host with other tags', ['gpu'], ['cpu'], false],
  ['a person without a tag may log in nowhere', [], ['gpu'], false],
  ['a host without tags is for those alone who may log in everywhere', ['gpu'], [], false],
  ['the tag * of a person opens every host', ['*'], [], true],
  ['the tag * of a host opens it to nobody', ['gpu'], ['*'], false],
] as const) {
  test(sentence, () => assert.equal(mayLogIn({ tags }, { tags: machineTags }), may))
}

const machine = { tags: ['gpu'] }

for (const [who, more, reason] of [
  ['who is called root', { uid: 'root' }, /account of the host itself/],
  ['who is called as a group of the host', { uid: 'kvm' }, /account of the host itself/],
  ['with the number of root', { uidNumber: 0 }, /uidNumber 0/],
  ['with a number of the system', { uidNumber: 999 }, /uidNumber 999/],
  ["with libvirt's number", { uidNumber: 64_055 }, /uidNumber 64055/],
  ['with the number of nobody', { uidNumber: 65_534 }, /uidNumber 65534/],
  ['with a number beyond those of accounts', { uidNumber: 0x8000_0000 }, /uidNumber 2147483648/],
  ['with half a number', { uidNumber: 1000.5 }, /uidNumber 1000.5/],
  ['with two lines for a name', { uid: 'ada\nroot:x:0:0' }, /no account name/],
  ['with a path for a name', { uid: '../ada' }, /no account name/],
  ['without a key', { sshKeys: [] }, /no sshPublicKey/],
  ['with a command for a key', { sshKeys: [`command="x" ${key}`] }, /no sshPublicKey/],
  ['whose shell ends each log-in', { loginShell: '/usr/sbin/nologin' }, /ends each log-in/],
] as const satisfies readonly (readonly [string, Partial<Person>, RegExp])[]) {
  test(`a person ${who} gets no account, and is told why`, () => {
    const { accounts, refused } = admit([person(more)], machine, base)
    assert.deepEqual(accounts, [])
    assert.match(refused[0]?.reason ?? '', reason)
  })
}

test('a person without a uidNumber gets no account', () => {
  const { uidNumber: _none, ...numberless } = person()
  assert.match(admit([numberless], machine, base).refused[0]?.reason ?? '', /no uidNumber/)
})

test('of two persons with one uidNumber neither gets an account', () => {
  const { accounts, refused } = admit([person(), person({ uid: 'bob' })], machine, base)
  assert.equal(accounts.length, 0)
  assert.deepEqual(
    refused.map(({ name }) => name),
    ['ada', 'bob'],
  )
})

test('a person whom no tag lets in is not among the refused', () => {
  assert.deepEqual(admit([person({ tags: [] })], machine, base), { accounts: [], refused: [] })
})

function contentOf({ files }: AccountFiles, name: string): string {
  return files.find((file) => file.name === name)?.content ?? ''
}

test('the files of a host hold its own accounts and those of its people', () => {
  const people = [
    person({ uid: 'bob', uidNumber: 10_002, gidNumber: 5_000, loginShell: '/usr/bin/zsh' }),
    person({ fullName: 'Ada Lovelace', sudo: true, sshKeys: [`${key} ada@home`, otherKey] }),
  ]
  const { accounts } = admit(people, machine, base)
  const made = accountFiles(accounts, base, sha256)
  assert.equal(
    contentOf(made, 'passwd'),
    `${base.passwd}ada:x:10001:10001:Ada Lovelace:/home/ada:/bin/bash
bob:x:10002:5000::/home/bob:/bin/bash
`,
  )
  assert.equal(contentOf(made, 'shadow'), `${base.shadow}ada:*:::::::\nbob:*:::::::\n`)
  assert.ok(contentOf(made, 'group').includes('\npeople:x:990:ada,bob\n'))
  assert.ok(contentOf(made, 'group').endsWith('\nada:x:10001:\n'))
  assert.equal(contentOf(made, 'sudoers'), `${base.sudoers}ada ALL=(ALL:ALL) NOPASSWD: ALL\n`)
  assert.equal(contentOf(made, 'key.ada'), `${key}\n${otherKey}\n`)
  assert.equal(contentOf(made, 'key.bob'), `${key}\n`)
})

test('the same people in another order are the same files', () => {
  const people = [person(), person({ uid: 'bob', uidNumber: 10_002 })]
  const digest = (persons: readonly Person[]): string =>
    accountFiles(admit(persons, machine, base).accounts, base, sha256).digest
  assert.equal(digest(people), digest(people.toReversed()))
  assert.notEqual(digest(people), digest(people.slice(1)))
})

test('a shell that the host has is given, wherever the directory thinks it is', () => {
  const shellOf = (loginShell: string): string | undefined =>
    admit([person({ loginShell })], machine, base).accounts[0]?.shell
  assert.deepEqual(['/usr/local/bin/bash', '/bin/sh', '/bin/tcsh'].map(shellOf), [
    '/bin/bash',
    '/bin/sh',
    '/bin/bash',
  ])
})

test('a group of the host is given to nobody', () => {
  const [account] = admit([person({ gidNumber: 0 })], machine, base).accounts
  assert.equal(account?.gid, 10_001)
})

const anyName = fc.oneof(hostileText, fc.constantFrom('ada', 'bob', 'root', 'people', 'a-b.c_'))
const anyPerson = fc
  .record({
    uid: anyName,
    uidNumber: fc.oneof(fc.integer(), fc.constantFrom(0, 990, 10_001, 10_002, 65_534)),
    gidNumber: fc.oneof(fc.integer(), fc.constantFrom(0, 5, 108, 5_000)),
    loginShell: fc.oneof(hostileText, fc.constantFrom('/bin/sh', '/bin/bash')),
    fullName: hostileText,
    sshKeys: fc.array(fc.oneof(hostileText, fc.constant(key)), { maxLength: 3 }),
    sudo: fc.boolean(),
  })
  .map((more) => person(more))

test('HOSTILE 43: no text of the directory makes a line, an account, a key option or a right that was not meant', () => {
  fc.assert(
    fc.property(fc.array(anyPerson, { maxLength: 4 }), (persons) => {
      const { accounts } = admit(persons, machine, base)
      const made = accountFiles(accounts, base, sha256)
      const added = (name: 'passwd' | 'shadow' | 'sudoers'): readonly string[] =>
        contentOf(made, name).slice(base[name].length).split('\n').slice(0, -1)
      const rows = added('passwd').map((line) => line.split(':'))
      assert.deepEqual(
        rows.map(([name, x, uid, , , home, shell]) => [name, x, uid, home, shell]),
        accounts.map(({ name, uid, shell }) => [name, 'x', String(uid), `/home/${name}`, shell]),
      )
      for (const row of rows) {
        assert.equal(row.length, 7)
        assert.ok(Number(row[2]) >= 1000 && Number(row[3]) >= 1000)
      }
      const sudo = accounts.filter(({ sudo: may }) => may)
      assert.deepEqual(
        added('sudoers').map((line) => line.split(' ')[0]),
        sudo.map(({ name }) => name),
      )
      assert.equal(added('shadow').length, accounts.length)
      const groupRows = contentOf(made, 'group').split('\n').slice(0, -1)
      assert.ok(groupRows.every((row) => /^[a-z_][a-z0-9_.-]*:x:\d+:[a-z0-9_.,-]*$/.test(row)))
      for (const { name, content } of made.files) {
        assert.match(name, /^(passwd|group|shadow|shells|sudoers|people|key\.[a-z_][a-z0-9_.-]*)$/)
        if (name.startsWith('key.'))
          assert.match(content, /^([a-z][a-z0-9@.-]+ [A-Za-z0-9+/]+={0,3}\n){1,3}$/)
      }
    }),
    { numRuns: 300 },
  )
})
