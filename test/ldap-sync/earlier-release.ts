// Why this file exists: a data directory as the release before had it: open to all, indexed less, with every spelling
// and with passwords in the clear. What the appliance makes of it at its next start is a promise.
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { firstEntries } from '../../src/ldap-sync/slapd/first-entries.ts'
import { schemaDirectives } from '../../src/ldap-sync/slapd/schema-file.ts'
import { parseDn } from '../../src/ldap-sync/dn.ts'
import { known } from './bench.ts'

export interface EarlierData {
  readonly dataDir: string
  readonly base: string
  readonly secret: string
}

/** Machines besides the ones that need care. */
export function earlierRelease(machines = 0): EarlierData {
  const dataDir = mkdtempSync(join(tmpdir(), 'cpc-earlier-'))
  const base = 'dc=cluster,dc=test'
  const secret = 'kept from before'
  const folder = join(dataDir, 'ldap')
  mkdirSync(join(folder, 'db'), { recursive: true, mode: 0o700 })
  writeFileSync(join(dataDir, 'ldap-admin.secret'), secret, { mode: 0o600 })
  writeFileSync(join(folder, 'base'), `${base}\n`)
  writeFileSync(join(folder, 'slapd.conf'), configOf(base, join(folder, 'db')))
  writeFileSync(join(folder, 'earlier.ldif'), entriesOf(base, machines))
  const argv = ['-q', '-f', join(folder, 'slapd.conf'), '-l', join(folder, 'earlier.ldif')]
  execFileSync('/usr/sbin/slapadd', argv, { stdio: 'pipe' })
  return { dataDir, base, secret }
}

function configOf(base: string, database: string): string {
  const schemas = ['openssh-lpk.ldif', 'coppice.ldif'].map((name) =>
    schemaDirectives(readFileSync(join(import.meta.dirname, '../../schema', name), 'utf8'))
      .replace(/^attributetype .*'coppiceRoute'.*\n/m, '')
      .replace(' $ coppiceRoute', ''),
  )
  return `${['core', 'cosine', 'nis', 'inetorgperson'].map((name) => `include /etc/ldap/schema/${name}.schema`).join('\n')}
${schemas.join('\n')}
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload syncprov
database mdb
suffix "${base}"
rootdn "cn=admin,${base}"
rootpw secret
directory "${database}"
maxsize 4294967296
index objectClass,entryCSN,entryUUID,cn,uid,member,macAddress,ipHostNumber eq
access to attrs=userPassword by self write by anonymous auth by * none
access to * by * read
overlay syncprov
syncprov-checkpoint 100 5
syncprov-sessionlog 10000
`
}

function entriesOf(base: string, machines: number): string {
  const machine = (rdn: string, more: string): string =>
    `dn: ${rdn},ou=machines,${base}\nobjectClass: device\nobjectClass: ieee802Device\n${more}\n`
  const many = Array.from({ length: machines }, (_, index) => {
    const digits = index.toString(16).padStart(6, '0')
    return machine(
      `cn=m${index}`,
      `cn: m${index}\nmacAddress: 5254.00${digits.slice(0, 2)}.${digits.slice(2)}\n`,
    )
  })
  return [
    known(firstEntries(known(parseDn(base)))),
    machine('cn=plain', 'cn: plain\nmacAddress: 52:54:00:aa:00:01\n'),
    machine('cn=dashes', 'cn: dashes\nmacAddress: 52-54-00-AA-00-02\nmacAddress: 525400aa0003\n'),
    machine(
      'cn=twice',
      'cn: twice\nmacAddress: 52:54:00:aa:00:04\nmacAddress: 52-54-00-aa-00-04\n',
    ),
    machine('cn=odd', 'cn: odd\nmacAddress: on the back\n'),
    machine('cn=named+macAddress=52-54-00-AA-00-05', 'cn: named\nmacAddress: 52-54-00-AA-00-05\n'),
    `dn: uid=ada,ou=people,${base}\nobjectClass: account\nobjectClass: simpleSecurityObject\nuid: ada\nuserPassword: {SSHA}bm8gc3VjaCBwYXNzd29yZCBleGlzdHM=\n`,
    `dn: uid=bob,ou=people,${base}\nobjectClass: account\nobjectClass: simpleSecurityObject\nuid: bob\nuserPassword: open sesame\n`,
    ...many,
  ].join('\n')
}
