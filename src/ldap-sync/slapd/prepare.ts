// Why this file exists: the embedded directory is Debian's slapd as a child of the keeper. Everything that must
// stand on disk before it starts is made here, in an order that survives a kill at any line.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '#fault'
import { type Dn, parseDn, textOf } from '../dn.ts'
import {
  bulkSocket,
  copySocket,
  embeddedAccess,
  ldapiUrl,
  readerAccess,
  slapdSocket,
} from './access.ts'
import { BulkCopy, type BulkParts, type Opened } from './bulk-copy.ts'
import { takeCertificate, writeTlsFile } from './certificate.ts'
import { databaseBytesMax, mainDatabaseDn, type SlapdFacts, slapdConfig } from './config.ts'
import { ensureDatabase } from './database.ts'
import { firstEntries } from './first-entries.ts'
import { hashGenerated, hashPeoples, isHashed, type PasswordScheme } from './password.ts'
import { ServedConfig } from './served-config.ts'
import { stampOf } from './renewed-entry.ts'
import { changeRunning, type RunningSlapd } from './running.ts'
import { schemaDirectives } from './schema-file.ts'
import { ensureSecret, newSecret } from './secrets.ts'
import { healUncleanEnd } from './unclean-end.ts'

export interface SlapdSettings {
  /** The appliance's data directory. */
  readonly dataDir: string
  readonly base: string
  /** `127.0.0.1:3890` */
  readonly listen: string
  /** Key and certificate for StartTLS, PEM; without them there is none. */
  readonly tlsPem?: string
  readonly log?: (line: string) => void
}

export interface PreparedSlapd {
  /** Runs in the foreground. It stays the keeper's user: a change of user would undo `--pdeathsig`. */
  readonly argv: readonly [string, ...string[]]
  /** To be awaited before each start. */
  readonly beforeStart: () => Promise<void>
  /** The unix socket, on which slapd itself listens, and what `openSlapdDoor` opens before it. */
  readonly urls: readonly [string, string]
  readonly socketPath: string
  readonly adminDn: string
  readonly secretFile: string
  readonly readerDn: string
  readonly readerSecretFile: string
  /** Puts another key and certificate in the place of the first, now and for the next start. */
  readonly changeCertificate: (tlsPem: string) => Promise<void>
  /** Where core asks for a copy to write a large order into, and what makes one. */
  readonly bulkSocket: string
  readonly openCopy: (orders: number, whileStopped: BulkParts['whileStopped']) => Promise<Opened>
}

type Configure = (
  name: string,
  databaseDir: string,
  bytesMax: number,
  more?: Partial<SlapdFacts>,
) => string

const slapdProgram = '/usr/sbin/slapd'
const argon2Module = '/usr/lib/ldap/argon2.so'
/** More than its doors let in, and room for its own: it keeps a table as long as this. */
const openFilesMax = 2048

/** Idempotent. The database is made complete under another name, so a half-made one is never served. */
export async function prepareSlapd(settings: SlapdSettings): Promise<PreparedSlapd> {
  if (!existsSync(slapdProgram)) throw missingSlapd()
  try {
    return await prepare(settings, parseBase(settings.base))
  } catch (error) {
    if (isForLackOfRoom(error)) throw noRoom(settings.dataDir, error)
    throw error
  }
}

async function prepare(settings: SlapdSettings, base: Dn): Promise<PreparedSlapd> {
  const { dataDir, listen, tlsPem, log = () => undefined } = settings
  const folder = join(dataDir, 'ldap')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  mkdirSync(join(dataDir, 'run'), { recursive: true, mode: 0o700 })
  const of = { dataDir, base: textOf(base) }
  const [admin, reader] = [embeddedAccess(of), readerAccess(of)]
  const scheme: PasswordScheme = existsSync(argon2Module) ? 'argon2' : 'salted-sha1'
  const keeperSecret = newSecret()
  const tlsFile = join(folder, 'tls.pem')
  if (tlsPem !== undefined) writeTlsFile(tlsFile, tlsPem)
  const facts = {
    base,
    adminPassword: hashGenerated(ensureSecret(admin.secretFile), scheme),
    readerPassword: hashGenerated(ensureSecret(reader.secretFile), scheme),
    keeperPassword: hashGenerated(keeperSecret, scheme),
    scheme,
    pidFile: join(folder, 'slapd.pid'),
    schema: readSchema(),
    ...(tlsPem === undefined ? {} : { tlsFile }),
  }
  const configure = configurator(folder, facts)
  const hash = (password: string): string => hashPeoples(password, scheme)
  const renewal = { stamp: stampOf(new Date()), isHashed, hash }
  const database = await ensureDatabase({ folder, base, renewal, log, configure })
  const configFile = configure('slapd.conf', database, databaseBytesMax)
  const lastEnd = { pidFile: facts.pidFile, configFile, base: of.base }
  const running = { url: admin.url, keeperSecret }
  const config = new ServedConfig(folder, () =>
    configure('closed.conf', database, databaseBytesMax, { readOnly: true }),
  )
  const copySettings = { folder, dataDir, base: of.base, configure, config, running, log }
  return {
    argv: slapdCommand(configFile, admin.url),
    beforeStart: () => healUncleanEnd(lastEnd),
    urls: [admin.url, `ldap://${listen}/`],
    socketPath: slapdSocket(dataDir),
    adminDn: admin.bindDn,
    secretFile: admin.secretFile,
    readerDn: reader.bindDn,
    readerSecretFile: reader.secretFile,
    async changeCertificate(next) {
      writeTlsFile(tlsFile, next)
      await takeCertificate(running, tlsFile)
    },
    bulkSocket: bulkSocket(dataDir),
    openCopy: (orders, whileStopped) =>
      BulkCopy.open(orders, { ...bulkParts(copySettings), whileStopped }),
  }
}

interface CopySettings {
  readonly folder: string
  readonly dataDir: string
  readonly base: string
  readonly configure: Configure
  readonly config: ServedConfig
  readonly running: RunningSlapd
  readonly log: (line: string) => void
}

function bulkParts(settings: CopySettings): Omit<BulkParts, 'whileStopped'> {
  const { folder, dataDir, base, configure, config, running, log } = settings
  const url = ldapiUrl(copySocket(dataDir))
  return {
    place: {
      folder,
      base,
      url,
      configure: (database) => configure('copy.conf', database, databaseBytesMax, asCopy(folder)),
      commandOf: (configFile) => slapdCommand(configFile, url),
    },
    config,
    tellServed: (readOnly) =>
      changeRunning(running, mainDatabaseDn, 'olcReadOnly', readOnly ? 'TRUE' : 'FALSE'),
    log,
  }
}

function asCopy(folder: string): Partial<SlapdFacts> {
  return { unsynced: true, pidFile: join(folder, 'copy.pid') }
}

function configurator(
  folder: string,
  facts: Omit<SlapdFacts, 'databaseDir' | 'databaseBytesMax'>,
): Configure {
  return (name, databaseDir, bytesMax, more = {}) => {
    const path = join(folder, name)
    const text = slapdConfig({ ...facts, databaseDir, databaseBytesMax: bytesMax, ...more })
    // A slapd that dies on a full disk must find it whole.
    writeFileSync(`${path}.new`, text, { mode: 0o600 })
    renameSync(`${path}.new`, path)
    return path
  }
}

/** Without the limit it would make a table for as many files as the keeper may open. */
function slapdCommand(configFile: string, url: string): readonly [string, ...string[]] {
  const limit = `--nofile=${openFilesMax}:${openFilesMax}`
  return ['prlimit', limit, slapdProgram, '-f', configFile, '-h', url, '-d', 'none']
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

/** Beside the sources, and at the same depth beside what is packed. */
function readSchema(): string {
  const folder = join(import.meta.dirname, '../../../schema')
  return ['openssh-lpk.ldif', 'coppice.ldif']
    .map((name) => schemaDirectives(readFileSync(join(folder, name), 'utf8')))
    .join('\n')
}

function isForLackOfRoom(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOSPC'
}

function noRoom(dataDir: string, cause: unknown): Fault {
  const text = {
    what: 'the embedded directory cannot be started',
    where: dataDir,
    why: 'the disk is full',
    todo: 'make room and start again; nothing that was answered is lost',
  }
  return new Fault('CPC-LDAP-031', text, { cause })
}

function missingSlapd(): Fault {
  return new Fault('CPC-LDAP-014', {
    what: 'the embedded directory needs slapd',
    where: slapdProgram,
    why: 'the program is not there',
    todo: 'apt-get install slapd, or set directory.url to a server that exists',
  })
}
