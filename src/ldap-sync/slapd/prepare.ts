// Why this file exists: the embedded directory is Debian's slapd as a child of the keeper. Everything that must
// stand on disk before it starts is made here, in an order that survives a kill at any line.
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Fault } from '#fault'
import { type Dn, keyOf, parseDn, textOf } from '../dn.ts'
import { embeddedAccess } from './access.ts'
import { firstEntries, slapdConfig } from './config.ts'
import { schemaDirectives } from './schema-file.ts'

export interface SlapdSettings {
  /** The appliance's data directory. */
  readonly dataDir: string
  readonly base: string
  /** `127.0.0.1:3890` */
  readonly listen: string
}

export interface PreparedSlapd {
  /** Runs in the foreground. It stays the keeper's user: a change of user would undo `--pdeathsig`. */
  readonly argv: readonly [string, ...string[]]
  /** The unix socket first. */
  readonly urls: readonly [string, string]
  readonly adminDn: string
  readonly secretFile: string
}

const slapdProgram = '/usr/sbin/slapd'
const slapaddProgram = '/usr/sbin/slapadd'
const slapaddMillisMax = 30_000
const secretBytes = 24

/** Idempotent. The database is made complete under another name, so a half-made one is never served. */
export async function prepareSlapd(settings: SlapdSettings): Promise<PreparedSlapd> {
  if (!existsSync(slapdProgram)) throw missingSlapd()
  const { dataDir } = settings
  const base = parseBase(settings.base)
  const folder = join(dataDir, 'ldap')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  mkdirSync(join(dataDir, 'run'), { recursive: true, mode: 0o700 })
  const access = embeddedAccess({ dataDir, base: textOf(base) })
  const { secretFile } = access
  const adminSecret = ensureSecret(secretFile)
  const write = (name: string, databaseDir: string): string => {
    const path = join(folder, name)
    const pidFile = join(folder, 'slapd.pid')
    const facts = { base, adminSecret, databaseDir, pidFile, schema: readSchema() }
    writeFileSync(path, slapdConfig({ ...facts, salt: randomBytes(8) }), { mode: 0o600 })
    return path
  }
  const database = join(folder, 'db')
  if (existsSync(database)) checkSameBase(folder, base)
  else await createDatabase({ folder, database, base, write })
  const configFile = write('slapd.conf', database)
  const urls = [access.url, `ldap://${settings.listen}/`] as const
  const argv = [slapdProgram, '-f', configFile, '-h', urls.join(' '), '-d', 'none'] as const
  return { argv, urls, adminDn: access.bindDn, secretFile }
}

function parseBase(text: string): Dn {
  const base = parseDn(text)
  if (base && base.length > 0 && firstEntries(base) !== undefined) return base
  throw new Fault('CPC-LDAP-010', {
    what: 'the embedded directory cannot have this base',
    where: `directory.embedded.base: ${text}`,
    why: 'it must be a DN that begins with dc=, o= or ou=',
    todo: 'write it like dc=cluster,dc=test',
  })
}

/** Made once, then kept: tools and people have copies of it. */
function ensureSecret(path: string): string {
  if (!existsSync(path)) {
    const fresh = `${path}.new`
    // No newline: `ldapsearch -y FILE` takes every byte of the file.
    writeFileSync(fresh, randomBytes(secretBytes).toString('base64url'), { mode: 0o600 })
    renameSync(fresh, path)
  }
  const secret = readFileSync(path, 'utf8').trim()
  if (secret !== '') return secret
  throw new Fault('CPC-LDAP-011', {
    what: 'the secret of the embedded directory is empty',
    where: path,
    why: 'an empty secret would let anyone in',
    todo: 'remove the file; the next start makes a new secret',
  })
}

/** Beside the sources, and at the same depth beside what is packed. */
function readSchema(): string {
  const folder = join(import.meta.dirname, '../../../schema')
  return ['openssh-lpk.ldif', 'coppice.ldif']
    .map((name) => schemaDirectives(readFileSync(join(folder, name), 'utf8')))
    .join('\n')
}

interface Creation {
  readonly folder: string
  readonly database: string
  readonly base: Dn
  readonly write: (name: string, databaseDir: string) => string
}

async function createDatabase({ folder, database, base, write }: Creation): Promise<void> {
  const fresh = `${database}.new`
  rmSync(fresh, { recursive: true, force: true })
  mkdirSync(fresh, { mode: 0o700 })
  const configFile = write('first.conf', fresh)
  const ldif = join(folder, 'first.ldif')
  writeFileSync(ldif, firstEntries(base) ?? '')
  try {
    const options = { timeout: slapaddMillisMax }
    await promisify(execFile)(slapaddProgram, ['-f', configFile, '-l', ldif], options)
  } catch (error) {
    throw notCreated(folder, error)
  }
  writeFileSync(join(folder, 'base'), `${textOf(base)}\n`)
  renameSync(fresh, database)
}

function checkSameBase(folder: string, base: Dn): void {
  const written = readFileSync(join(folder, 'base'), 'utf8').trim()
  const before = parseDn(written)
  if (before && keyOf(before) === keyOf(base)) return
  throw new Fault('CPC-LDAP-012', {
    what: 'the embedded directory was made for another base',
    where: `directory.embedded.base: ${textOf(base)}`,
    why: `the database in ${folder} holds ${written}`,
    todo: 'set the base back, or use another data directory and load the entries there',
  })
}

function missingSlapd(): Fault {
  return new Fault('CPC-LDAP-014', {
    what: 'the embedded directory needs slapd',
    where: slapdProgram,
    why: 'the program is not there',
    todo: 'apt-get install slapd, or set directory.url to a server that exists',
  })
}

function notCreated(folder: string, cause: unknown): Fault {
  const text = {
    what: 'the embedded directory could not be created',
    where: folder,
    why: cause instanceof Error ? cause.message.trim() : String(cause),
    todo: 'look at the message of slapadd above, then start again',
  }
  return new Fault('CPC-LDAP-015', text, { cause })
}
