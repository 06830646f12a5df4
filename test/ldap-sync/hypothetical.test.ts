// Why this file exists: entries that are only thought of are read and mapped as those that are written, and the tree that
// they are laid over stays as it is.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type EntryId, parseDnsName, parseUuid } from '#directory'
import { readLdif } from '#ldap-sync'
import { changesIf } from '../../src/ldap-sync/hypothetical.ts'
import { rawEntry } from '../../src/ldap-sync/raw-entry.ts'
import type { RawTree } from '../../src/ldap-sync/sync/replica.ts'

const base = 'dc=cluster,dc=test'
const domain = parseDnsName('cluster.test')
const [first, fresh] = [1, 2].map((one) => parseUuid(String(one).padStart(32, '0')))
assert.ok(domain !== undefined && first !== undefined && fresh !== undefined)
const known = rawEntry(
  first,
  `cn=n001,ou=machines,${base}`,
  new Map([
    ['objectclass', ['device', 'ieee802Device']],
    ['cn', ['n001']],
    ['macaddress', ['52:54:00:00:01:01']],
  ]),
)
const tree: RawTree = {
  get: (id) => (id === known.id ? known : undefined),
  at: (key) => (key === known.key ? known : undefined),
  children: () => [],
  hasChildren: () => false,
}

function changes(text: string) {
  const read = readLdif(text)
  assert.ok(read.ok, read.ok ? '' : read.refusal)
  return changesIf(
    read.entries,
    { tree, domain: domain ?? assert.fail() },
    (): EntryId => fresh ?? assert.fail(),
  )
}

const ldif = (name: string, ...more: readonly string[]): string =>
  [
    `dn: cn=${name},ou=machines,${base}`,
    'objectClass: device',
    'objectClass: ieee802Device',
    'objectClass: coppiceMachine',
    `cn: ${name}`,
    ...more,
  ].join('\n')

test('an entry that is not there gets an id of its own, and means what it would mean', () => {
  const [change, ...others] = changes(
    ldif('n002', 'macAddress: 52:54:00:00:01:02', 'coppiceRole: host'),
  )
  assert.equal(change?.kind, 'put')
  assert.equal(change.entry.id, fresh)
  assert.equal(change.entry.kind === 'machine' && change.entry.role, 'host')
  assert.deepEqual(others, [])
})

test('an entry that is there, however its DN is spelt, is asked about in its place', () => {
  const text = ldif('n001', 'macAddress: 52:54:00:00:01:09').replace('cn=n001,ou', 'CN=N001 , OU')
  const [change] = changes(text)
  assert.equal(change?.kind === 'put' && change.entry.id, first)
})

test('an entry that cannot be served is refused with its reason', () => {
  const [change] = changes(ldif('n002', 'macAddress: nonsense'))
  assert.equal(change?.kind, 'refused')
  assert.match(change.item.reason, /nonsense/)
})

test('RFC 2849: comments, folded lines, base64, a version and changetype add are read', () => {
  const dn = Buffer.from(`cn=n003,${base}`).toString('base64')
  const read = readLdif(
    `version: 1\n# a comment\n\ndn:: ${dn}\nchangetype: add\ncn: n0\n 03\nmacAddress: a\nmacAddress: b\n`,
  )
  assert.deepEqual(read, {
    ok: true,
    entries: [
      {
        dn: `cn=n003,${base}`,
        attributes: [
          { name: 'cn', values: ['n003'] },
          { name: 'macAddress', values: ['a'] },
          { name: 'macAddress', values: ['b'] },
        ],
      },
    ],
  })
})

for (const [sentence, text, line, refusal] of [
  ['nothing', '', 1, /no entry/],
  ['a change', `dn: cn=a\nchangetype: modify\n`, 2, /modify is no entry/],
  ['an entry without dn', 'cn: a\n', 1, /begins with dn/],
  ['a line without colon', 'dn: cn=a\nnonsense\n', 2, /NAME: VALUE/],
  ['a whole directory', 'dn: cn=a\n\n'.repeat(101), 201, /more than 100/],
] as const) {
  test(`${sentence} is refused with its line and the reason`, () => {
    const read = readLdif(text)
    assert.ok(!read.ok)
    assert.equal(read.line, line)
    assert.match(read.refusal, refusal)
  })
}

test('whatever text is given, nothing is thrown', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (text) => {
      readLdif(text)
      readLdif(`dn: cn=a\n${text}`)
    }),
  )
})
