// Why this file exists: people pipe our LDIF into ldapmodify; no value may become another line, and no tool may
// refuse it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { entryLdif, ldifOf, type DirectoryOrder } from '#ldap-sync'

for (const [sentence, value, line] of [
  ['a plain value stands as it is', 'n001', 'cn: n001'],
  ['an empty value has nothing after its colon', '', 'cn:'],
  ['a value that begins with a blank is base64', ' n', 'cn:: IG4='],
  ['a value that begins with a colon is base64', ':n', 'cn:: Om4='],
  [
    'a value that begins with < is base64',
    '<file:///etc/passwd',
    'cn:: PGZpbGU6Ly8vZXRjL3Bhc3N3ZA==',
  ],
  ['a value that ends with a blank is base64', 'n ', 'cn:: biA='],
  ['a value that is not ASCII is base64', 'Küche', 'cn:: S8O8Y2hl'],
  ['a newline is base64', 'a\ndn: b', 'cn:: YQpkbjogYg=='],
  ['a carriage return is base64', 'a\rb', 'cn:: YQ1i'],
  ['NUL is base64', 'a\0b', 'cn:: YQBi'],
  ['what a terminal would obey is base64', 'a\u001b[2J', 'cn:: YRtbMko='],
] as const) {
  test(`RFC 2849: ${sentence}`, () => {
    assert.equal(entryLdif('cn=x', [{ name: 'cn', values: [value] }]), `dn: cn=x\n${line}\n\n`)
  })
}

test('RFC 2849: orders are change records under one version line', () => {
  const orders: readonly DirectoryOrder[] = [
    { kind: 'add', dn: 'cn=a,dc=x', attributes: [{ name: 'cn', values: ['a', 'b'] }] },
    {
      kind: 'modify',
      dn: 'cn=b,dc=x',
      changes: [
        { kind: 'add', name: 'objectClass', values: ['ipHost'] },
        { kind: 'replace', name: 'coppiceTag', values: [] },
      ],
    },
    { kind: 'delete', dn: 'cn=ü,dc=x' },
  ]
  assert.equal(
    ldifOf(orders),
    [
      'version: 1',
      '',
      'dn: cn=a,dc=x',
      'changetype: add',
      'cn: a',
      'cn: b',
      '',
      'dn: cn=b,dc=x',
      'changetype: modify',
      'add: objectClass',
      'objectClass: ipHost',
      '-',
      'replace: coppiceTag',
      '-',
      '',
      'dn:: Y249w7wsZGM9eA==',
      'changetype: delete',
      '',
    ].join('\n'),
  )
})

test('RFC 2849: a long line is folded at 76 characters', () => {
  const value = 'x'.repeat(200)
  const text = entryLdif('cn=x', [{ name: 'description', values: [value] }])
  const [, ...lines] = text.trimEnd().split('\n')
  assert.deepEqual(
    lines.map((line) => line.length),
    [76, 76, 63],
  )
  assert.equal(lines.join('\n').replaceAll('\n ', ''), `description: ${value}`)
})

test('RFC 2849: whatever a value holds, it stays one value', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (value) => {
      const text = entryLdif('cn=x', [{ name: 'cn', values: [value] }])
      const lines = text.trimEnd().replaceAll('\n ', '').split('\n')
      assert.equal(lines.length, 2)
      const [, colons = '', rest = ''] = /^cn(::?) ?(.*)$/.exec(lines[1] ?? '') ?? []
      const read = colons === '::' ? Buffer.from(rest, 'base64').toString() : rest
      assert.equal(read, value.toWellFormed())
    }),
  )
})
