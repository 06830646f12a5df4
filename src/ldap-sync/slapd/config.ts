// Why this file exists: the whole configuration of the embedded slapd, as text made from a few facts.
import { type Dn, textOf } from '../dn.ts'
import { adminDn, readerDn } from './access.ts'
import { type PasswordScheme, peoplesCost } from './password.ts'

export interface SlapdFacts {
  readonly base: Dn
  /** Hashed, all three. */
  readonly adminPassword: string
  readonly readerPassword: string
  readonly keeperPassword: string
  readonly scheme: PasswordScheme
  readonly databaseDir: string
  readonly databaseBytesMax: number
  readonly pidFile: string
  readonly schema: string
  /** Key and certificate in one file, so that both change at once. Absent: no StartTLS. */
  readonly tlsFile?: string
  /** Every write is refused, whoever asks. */
  readonly readOnly?: boolean
  /** For a database that nobody is served from, until somebody else has synced its file. */
  readonly unsynced?: boolean
}

const debianSchemas = ['core', 'cosine', 'nis', 'inetorgperson']
const modules = ['back_mdb', 'back_null', 'syncprov', 'ppolicy', 'constraint', 'unique']
/** Of address space, not of disk: 100,000 machines take a tenth of it. */
export const databaseBytesMax = 4 * 1024 ** 3
/** Deletions that a consumer may have missed and still learns by name. */
const sessionLogEntries = 10_000
/** slapd leaves those alone who follow the directory; whoever else says nothing for so long signs in again. */
const idleSecondsMax = 900
/** One connection may have fewer than half of them at work; its further questions are put off, each with a line in the log. */
const threads = 8
/** For a client that asks and does not read. */
const unreadSecondsMax = 30

/**
 * Who signs in as cn=config may change a running slapd. Only the keeper does: a new certificate is taken into service
 * that way, without a pause.
 */
export const keeperDn = 'cn=config'

/** In a running slapd; its number counts the databases in the order of `slapdConfig`. */
export const mainDatabaseDn = 'olcDatabase={2}mdb,cn=config'

/** A change of this line makes the next start build the database anew. */
export const indexLine =
  'index objectClass,entryCSN,entryUUID,cn,uid,uidNumber,gidNumber,member,macAddress,ipHostNumber eq'

export function slapdConfig(facts: SlapdFacts): string {
  return [
    '# Written at each start; changes here are lost. The database holds everything else.',
    ...debianSchemas.map((name) => `include /etc/ldap/schema/${name}.schema`),
    facts.schema,
    'modulepath /usr/lib/ldap',
    ...modules.map((name) => `moduleload ${name}`),
    ...hashing(facts.scheme),
    `pidfile ${quote(facts.pidFile)}`,
    'sizelimit unlimited',
    `threads ${threads}`,
    `idletimeout ${idleSecondsMax}`,
    `writetimeout ${unreadSecondsMax}`,
    ...(facts.tlsFile === undefined ? [] : tls(facts.tlsFile)),
    'database config',
    `rootpw ${quote(facts.keeperPassword)}`,
    ...readerDatabase(facts),
    ...mainDatabase(facts),
    ...overlays(facts.base),
    '',
  ].join('\n')
}

function hashing(scheme: PasswordScheme): string[] {
  const { memoryKib, passes } = peoplesCost
  return scheme === 'argon2'
    ? [`moduleload argon2 m=${memoryKib} t=${passes} p=1`, 'password-hash {ARGON2}']
    : ['password-hash {SSHA}']
}

function tls(file: string): string[] {
  return [
    `TLSCertificateFile ${quote(file)}`,
    `TLSCertificateKeyFile ${quote(file)}`,
    // TLS 1.2.
    'TLSProtocolMin 3.3',
  ]
}

/**
 * The reader is a name to sign in with, as the administrator is, and no entry: an empty database of its own that takes
 * nothing is where slapd finds its password. Nobody can delete it, and older data need no entry for it.
 */
function readerDatabase({ base, readerPassword }: SlapdFacts): string[] {
  const name = quote(readerDn(textOf(base)))
  const password = `rootpw ${quote(readerPassword)}`
  return ['database null', `suffix ${name}`, `rootdn ${name}`, password, 'readonly on']
}

function mainDatabase(facts: SlapdFacts): string[] {
  const base = textOf(facts.base)
  return [
    'database mdb',
    `suffix ${quote(base)}`,
    `rootdn ${quote(adminDn(base))}`,
    `rootpw ${quote(facts.adminPassword)}`,
    `directory ${quote(facts.databaseDir)}`,
    `maxsize ${facts.databaseBytesMax}`,
    ...(facts.readOnly === true ? ['readonly on'] : []),
    ...(facts.unsynced === true ? ['dbnosync'] : []),
    indexLine,
    // People may sign in and change their own password; nobody reads one, not even hashed, but the administrator.
    'access to attrs=userPassword by self =xw by anonymous auth by * none',
    `access to * by dn.exact=${quote(readerDn(base))} read by self read by * none`,
  ]
}

/** The last one is asked first: what is refused reaches neither the disk nor those who follow. */
function overlays(base: Dn): string[] {
  const machines = encodeURIComponent(`ou=machines,${textOf(base)}`)
  return [
    'overlay syncprov',
    'syncprov-checkpoint 100 5',
    `syncprov-sessionlog ${sessionLogEntries}`,
    'overlay ppolicy',
    'ppolicy_hash_cleartext',
    'overlay constraint',
    // slapd compares MACs as text: one spelling, or `unique` would see no doubles.
    'constraint_attribute macAddress regex ^([0-9a-f]{2}:){5}[0-9a-f]{2}$',
    'overlay unique',
    // `serialize`: of two writers at the same moment one is the second.
    'unique_uri "serialize ldap:///?macAddress?sub"',
    'unique_uri "serialize ldap:///?ipHostNumber?sub"',
    `unique_uri "serialize ldap:///${machines}?cn?one?(objectClass=device)"`,
  ]
}

function quote(value: string): string {
  return `"${value.replaceAll(/["\\]/g, '\\$&')}"`
}
