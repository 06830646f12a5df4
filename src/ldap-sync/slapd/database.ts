// Why this file exists: the database is made, or brought up to date, complete under another name before it gets its
// own, so that a half-made one is never served, whatever ends us.
import { execFile } from 'node:child_process'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Fault } from '#fault'
import { type Dn, keyOf, parseDn, textOf } from '../dn.ts'
import { databaseBytesMax, indexLine } from './config.ts'
import { firstEntries } from './first-entries.ts'
import { type Renewal, renewedEntry } from './renewed-entry.ts'
import { rewriteDatabase } from './rewrite.ts'

export interface DatabasePlace {
  /** `DIR/ldap` */
  readonly folder: string
  readonly base: Dn
  readonly renewal: Renewal
  readonly log: (line: string) => void
  /** Writes a configuration that names a database; returns its path. */
  readonly configure: (name: string, databaseDir: string, bytesMax: number) => string
}

const slapaddProgram = '/usr/sbin/slapadd'
const slapaddMillisMax = 30_000
/** What the entries are held to. It rises when `renewedEntry` learns something. */
const contentVersion = 2
/** Stands in the database's own folder, written last: with it the database is whole. */
const versionFile = 'coppice-version'
const version = `${contentVersion}\n${indexLine}\n`
/** A new copy of few entries is larger than the old one by some pages only. */
const copyBytesMin = 64 * 1024 ** 2
const copyGrowthMax = 4

/** The folder of a database that is whole and of this release. */
export async function ensureDatabase(place: DatabasePlace): Promise<string> {
  const { folder, base } = place
  const database = join(folder, 'db')
  finishExchange(folder)
  if (!existsSync(database)) await createDatabase(place)
  checkSameBase(folder, base)
  if (!isCurrent(database)) await rebuildDatabase(place)
  for (const left of ['db.new', 'db.old']) clear(join(folder, left))
  return database
}

function isCurrent(database: string): boolean {
  const path = join(database, versionFile)
  return existsSync(path) && readFileSync(path, 'utf8') === version
}

async function createDatabase({ folder, base, configure }: DatabasePlace): Promise<void> {
  const fresh = emptyFolder(join(folder, 'db.new'))
  const configFile = configure('first.conf', fresh, databaseBytesMax)
  const ldif = join(folder, 'first.ldif')
  writeFileSync(ldif, firstEntries(base) ?? '')
  try {
    const argv = ['-f', configFile, '-b', textOf(base), '-l', ldif]
    await promisify(execFile)(slapaddProgram, argv, { timeout: slapaddMillisMax })
  } catch (error) {
    throw notCreated(folder, error)
  }
  writeFileSync(join(folder, 'base'), `${textOf(base)}\n`, { flush: true })
  sealDatabase(fresh)
  exchange(folder)
}

async function rebuildDatabase(place: DatabasePlace): Promise<void> {
  const { folder, base, configure, renewal, log } = place
  const before = join(folder, 'db')
  const fresh = emptyFolder(join(folder, 'db.new'))
  const bytes = statSync(join(before, 'data.mdb')).blocks * 512
  const copyBytesMax = Math.min(databaseBytesMax, bytes * copyGrowthMax + copyBytesMin)
  log('the directory is of another release: it is brought up to date')
  try {
    const count = await rewriteDatabase({
      fromConfig: configure('before.conf', before, databaseBytesMax),
      // Its file is as long as it may get, though empty for the most part.
      toConfig: configure('after.conf', fresh, copyBytesMax),
      base: textOf(base),
      renew: (lines) => renewedEntry(lines, renewal),
    })
    sealDatabase(fresh)
    exchange(folder)
    log(`the directory is up to date: ${count} entries`)
  } catch (error) {
    clear(fresh)
    throw notRebuilt(folder, error)
  }
}

function emptyFolder(path: string): string {
  clear(path)
  mkdirSync(path, { mode: 0o700 })
  return path
}

function clear(path: string): void {
  rmSync(path, { recursive: true, force: true })
}

/** After this line a crash of the whole machine finds it whole. */
function sealDatabase(database: string): void {
  syncToDisk(join(database, 'data.mdb'))
  writeFileSync(join(database, versionFile), version, { flush: true })
  syncToDisk(database)
}

/** Killed between the two renamings, we go on where we were at the next start. */
function exchange(folder: string): void {
  const database = join(folder, 'db')
  const old = join(folder, 'db.old')
  if (existsSync(database)) {
    clear(old)
    renameSync(database, old)
  }
  renameSync(join(folder, 'db.new'), database)
  syncToDisk(folder)
}

function finishExchange(folder: string): void {
  const database = join(folder, 'db')
  const old = join(folder, 'db.old')
  if (existsSync(database)) return
  if (isCurrent(join(folder, 'db.new'))) exchange(folder)
  // A copy that is not of this release: what it was made of is still there.
  else if (existsSync(old)) renameSync(old, database)
}

function syncToDisk(path: string): void {
  const file = openSync(path, 'r')
  fsyncSync(file)
  closeSync(file)
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

function notCreated(folder: string, cause: unknown): Fault {
  const text = {
    what: 'the embedded directory could not be created',
    where: folder,
    why: cause instanceof Error ? cause.message.trim() : String(cause),
    todo: 'look at the message of slapadd above, then start again',
  }
  return new Fault('CPC-LDAP-015', text, { cause })
}

function notRebuilt(folder: string, cause: unknown): Fault {
  const text = {
    what: 'the embedded directory could not be brought up to date',
    where: folder,
    why: cause instanceof Error ? cause.message.trim() : String(cause),
    todo: 'make room for a second copy of it, or start the release that made it; it is untouched',
  }
  return new Fault('CPC-LDAP-030', text, { cause })
}
