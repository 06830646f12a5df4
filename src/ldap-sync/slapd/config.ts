// Why this file exists: the whole configuration of the embedded slapd, as text made from a few facts.
import { createHash } from 'node:crypto'
import { type Dn, textOf } from '../dn.ts'

export interface SlapdFacts {
  readonly base: Dn
  readonly adminSecret: string
  readonly databaseDir: string
  readonly pidFile: string
  readonly schema: string
  /** Makes the stored hash of the secret different each time. */
  readonly salt: Uint8Array
}

const debianSchemas = ['core', 'cosine', 'nis', 'inetorgperson']
/** Of address space, not of disk: 100,000 machines take a tenth of it. */
const databaseBytesMax = 4 * 1024 ** 3
/** Deletions that a consumer may have missed and still learns by name. */
const sessionLogEntries = 10_000

export function slapdConfig(facts: SlapdFacts): string {
  const admin = `cn=admin,${textOf(facts.base)}`
  return [
    '# Written at each start; changes here are lost. The database holds everything else.',
    ...debianSchemas.map((name) => `include /etc/ldap/schema/${name}.schema`),
    facts.schema,
    'modulepath /usr/lib/ldap',
    'moduleload back_mdb',
    'moduleload syncprov',
    `pidfile ${quote(facts.pidFile)}`,
    'sizelimit unlimited',
    'threads 4',
    'database mdb',
    `suffix ${quote(textOf(facts.base))}`,
    `rootdn ${quote(admin)}`,
    `rootpw ${hashSecret(facts.adminSecret, facts.salt)}`,
    `directory ${quote(facts.databaseDir)}`,
    `maxsize ${databaseBytesMax}`,
    'index objectClass,entryCSN,entryUUID,cn,uid,member,macAddress,ipHostNumber eq',
    // It listens on loopback and a socket below DIR only, so reading is open, as tools expect.
    'access to attrs=userPassword by self write by anonymous auth by * none',
    'access to * by * read',
    'overlay syncprov',
    'syncprov-checkpoint 100 5',
    `syncprov-sessionlog ${sessionLogEntries}`,
    '',
  ].join('\n')
}

/** RFC 2307's {SSHA}: the one salted hash that every slapd has built in. The secret has 192 random bits. */
function hashSecret(secret: string, salt: Uint8Array): string {
  const digest = createHash('sha1').update(secret).update(salt).digest()
  return `{SSHA}${Buffer.concat([digest, salt]).toString('base64')}`
}

function quote(value: string): string {
  return `"${value.replaceAll(/["\\]/g, '\\$&')}"`
}

/** What a directory holds when it is new: its base and the four containers. */
export function firstEntries(base: Dn): string | undefined {
  const [rdn] = base
  const pair = rdn?.pairs[0]
  const classes = pair && rdn.pairs.length === 1 ? baseClasses.get(pair.type) : undefined
  if (!pair || !classes) return undefined
  const head = [`dn:: ${base64(textOf(base))}`, 'objectClass: top', ...classes]
  head.push(`${pair.type}:: ${base64(pair.value)}`)
  if (pair.type === 'dc') head.push(`o:: ${base64(dottedName(base))}`)
  const containers = ['networks', 'machines', 'people', 'vos'].map((name) =>
    [
      `dn:: ${base64(`ou=${name},${textOf(base)}`)}`,
      'objectClass: organizationalUnit',
      `ou: ${name}`,
    ].join('\n'),
  )
  return `${[head.join('\n'), ...containers].join('\n\n')}\n`
}

const baseClasses: ReadonlyMap<string, readonly string[]> = new Map([
  ['dc', ['objectClass: dcObject', 'objectClass: organization']],
  ['o', ['objectClass: organization']],
  ['ou', ['objectClass: organizationalUnit']],
])

function dottedName(base: Dn): string {
  return base.flatMap((rdn) => rdn.pairs.map((pair) => pair.value)).join('.')
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64')
}
