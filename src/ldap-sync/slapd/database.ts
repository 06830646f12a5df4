// Why this file exists: the database is made, or brought up to date, complete under another name before it gets its
// own, so that a half-made one is never served, whatever ends us.
import { execFile } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Fault } from '#fault'
import { type Dn, keyOf, parseDn, textOf } from '../dn.ts'
import { databaseBytesMax } from './config.ts'
import {
  bytesOf,
  clear,
  emptyFolder,
  exchange,
  finishExchange,
  isCurrent,
  sealDatabase,
} from './database-files.ts'
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
  const copyBytesMax = Math.min(databaseBytesMax, bytesOf(before) * copyGrowthMax + copyBytesMin)
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
