// Why this file exists: what we hand to slapd and to administrators: schema, configuration, first entries.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { embeddedAccess } from '#ldap-sync'
import { parseDn } from '../../src/ldap-sync/dn.ts'
import { mappedAttributes } from '../../src/ldap-sync/mapping/fields.ts'
import { slapdConfig } from '../../src/ldap-sync/slapd/config.ts'
import { firstEntries } from '../../src/ldap-sync/slapd/first-entries.ts'
import { hashGenerated } from '../../src/ldap-sync/slapd/password.ts'
import { schemaDirectives, unfold } from '../../src/ldap-sync/slapd/schema-file.ts'
import { known } from './bench.ts'

const schema = (name: string): string =>
  readFileSync(join(import.meta.dirname, '../../schema', name), 'utf8')

/** The definitions alone, whatever a server calls them. */
function definitions(ldif: string): string[] {
  return unfold(ldif).flatMap(
    (line) => /^(?:olc)?(?:attributeTypes|objectClasses): (.*)$/i.exec(line)?.[1] ?? [],
  )
}

test('the schema for 389 defines exactly what the schema for OpenLDAP defines', () => {
  const ours = definitions(schema('coppice.ldif'))
  assert.equal(ours.length, 22)
  assert.deepEqual(definitions(schema('coppice-389.ldif')), ours)
})

test('every definition has its own number under our arc', () => {
  const arc = /^\( 2\.25\.143962619959013216725742154848760998570\.([12]\.\d+) NAME '(coppice\w+)'/
  const found = definitions(schema('coppice.ldif')).map((line) =>
    known(arc.exec(line) ?? undefined),
  )
  assert.equal(new Set(found.map(([, number]) => number)).size, found.length)
  assert.equal(new Set(found.map(([, , name]) => name)).size, found.length)
})

test('every attribute of ours that is read is defined, and every defined one is read', () => {
  const defined = definitions(schema('coppice.ldif'))
    .filter((line) => line.includes(' SYNTAX '))
    .map((line) => /NAME '(\w+)'/.exec(line)?.[1] ?? '')
  const read = mappedAttributes.filter((name) => name.startsWith('coppice'))
  assert.deepEqual(read.toSorted(), defined.toSorted())
})

test('CONTRACT: coppiceVo and coppiceCluster are structural with an optional member, others auxiliary', () => {
  const classes = definitions(schema('coppice.ldif')).filter((line) => line.includes(' SUP top '))
  const structural = classes.filter((line) => line.includes(' STRUCTURAL '))
  assert.deepEqual(
    structural.map((line) => /NAME '(\w+)'/.exec(line)?.[1]),
    ['coppiceVo', 'coppiceCluster'],
  )
  assert.ok(structural.every((line) => / MAY \(.* member .*\)/.test(line)))
  assert.equal(classes.filter((line) => line.includes(' AUXILIARY ')).length, 5)
})

test('the schema becomes one line of configuration per definition', () => {
  const lines = schemaDirectives(schema('coppice.ldif')).split('\n')
  assert.equal(lines.length, 22)
  assert.ok(lines.every((line) => /^(attributetype|objectclass) \( .* \)$/.test(line)))
})

for (const scheme of ['argon2', 'salted-sha1'] as const) {
  test(`neither secret nor base can break out of the configuration: ${scheme}`, () => {
    const secret = 'swordfish"\nrootdn "cn=evil'
    const hash = hashGenerated(secret, scheme)
    const config = slapdConfig({
      base: known(parseDn('o=a "quoted\\" name')),
      adminPassword: hash,
      readerPassword: hashGenerated(secret, scheme),
      keeperPassword: hashGenerated(secret, scheme),
      scheme,
      databaseDir: '/tmp/with "quote',
      databaseBytesMax: 1,
      pidFile: '/tmp/pid',
      schema: '',
    })
    assert.ok(!config.includes('swordfish') && !config.includes('evil'))
    assert.match(config, /^directory "\/tmp\/with \\"quote"$/m)
    assert.match(hash, scheme === 'argon2' ? /^\{ARGON2\}\$argon2id\$v=19\$m=/ : /^\{SSHA\}/)
    assert.equal(config.split('\n').filter((line) => line.startsWith('rootpw "{')).length, 3)
  })
}

for (const [base, classes] of [
  ['dc=cluster,dc=test', 'dcObject'],
  ['o=Example', 'organization'],
  ['ou=lab,o=Example', 'organizationalUnit'],
] as const) {
  test(`the base ${base} becomes a ${classes} with its four containers`, () => {
    const ldif = known(firstEntries(known(parseDn(base))))
    const [head = '', ...containers] = ldif.split('\n\n')
    assert.match(head, new RegExp(`objectClass: ${classes}`))
    assert.equal(containers.length, 4)
  })
}

for (const base of ['cn=x', 'dc=a+o=b', '']) {
  test(`the base ${JSON.stringify(base)} is none that we can make`, () => {
    assert.equal(firstEntries(known(parseDn(base))), undefined)
  })
}

test('a data directory whose socket would not fit is refused by name', () => {
  const dataDir = `/${'d'.repeat(100)}`
  assert.throws(() => embeddedAccess({ dataDir, base: 'dc=x' }), { code: 'CPC-LDAP-013' })
})
