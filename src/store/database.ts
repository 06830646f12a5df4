// Why this file exists: a database is opened in one way only. A damaged file is found before anything trusts it,
// is kept for a person to look at, and never turns into an empty start (leases and claims would be forgotten).
import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Fault } from '#fault'
import { type Health, inspect } from './inspect.ts'
import { latestVersion, migrate, type Schema, versionOf } from './migration.ts'
import { atomically, notStored } from './statement.ts'
import { cutOffIn } from './torn-log.ts'

export interface Opened {
  readonly db: DatabaseSync
  /** Damage was found and the last good copy took the file's place: to be shown to a person. */
  readonly recovered?: Fault
  /** The last write was not whole, and is left out: to be shown, too. */
  readonly cutOff?: Fault
}

/** How long another connection of ours may hold the file before we give up. */
const busyMillisMax = 5000

/** WAL and full synchronisation: what was committed is on the disk. */
export function connect(path: string): DatabaseSync {
  const db = new DatabaseSync(path, { timeout: busyMillisMax })
  db.exec('PRAGMA journal_mode = WAL')
  db.exec('PRAGMA synchronous = FULL')
  return db
}

/**
 * The commit is written without a wait, then the disk is waited for in another thread. A crash in between loses it whole;
 * whatever is committed after it is after it on the disk too.
 */
export async function writtenBehind<T>(db: DatabaseSync, path: string, work: () => T): Promise<T> {
  const result = withoutWait(db, work)
  try {
    await using log = await open(`${path}-wal`, 'r+')
    await log.datasync()
  } catch (cause) {
    throw notStored(path, cause)
  }
  return result
}

function withoutWait<T>(db: DatabaseSync, work: () => T): T {
  db.exec('PRAGMA synchronous = NORMAL')
  try {
    return atomically(db, work)
  } finally {
    db.exec('PRAGMA synchronous = FULL')
  }
}

/** Checked, of the newest form, ready to use. `now` is wall time in milliseconds. */
export function openDatabase(path: string, schema: Schema, now: () => number): Opened {
  const cutOff = cutOffIn(path)
  const recovered = makeSound(path, schema, now)
  try {
    const db = connect(path)
    if (versionOf(db) < latestVersion(schema)) {
      copyDatabase(db, `${path}.before-version-${latestVersion(schema)}`)
      migrate(db, schema)
    }
    if (recovered) return { db, recovered }
    return cutOff ? { db, cutOff } : { db }
  } catch (cause) {
    throw cause instanceof Fault ? cause : cannotOpen(path, cause)
  }
}

/** Where `openDatabase` looks when the file itself is damaged. */
export function copyPath(path: string): string {
  return `${path}.copy`
}

/** A whole, synced copy; the one that was there before stays until the new one is complete. */
export function copyDatabase(db: DatabaseSync, target: string): void {
  const unfinished = `${target}.unfinished`
  rmSync(unfinished, { force: true })
  closeSync(openSync(unfinished, 'wx', 0o600))
  db.prepare('VACUUM INTO ?').run(unfinished)
  putInPlace(unfinished, target)
}

function makeSound(path: string, schema: Schema, now: () => number): Fault | undefined {
  const traces = tracesOf(path)
  if (!traces.main && !traces.any) {
    createWhole(path, schema)
    return undefined
  }
  const health: Health = traces.main
    ? look(path, schema)
    : { kind: 'damaged', why: 'the file is gone, but what belongs to it is still there' }
  switch (health.kind) {
    case 'sound':
      return undefined
    case 'newer':
      throw newerVersion(path, health.version, latestVersion(schema))
    case 'foreign':
      throw foreign(path)
    case 'damaged':
      return recover(path, schema, { why: health.why, at: now() })
  }
}

function look(path: string, schema: Schema): Health {
  try {
    return inspect(path, schema)
  } catch (cause) {
    throw cannotOpen(path, cause)
  }
}

/** Made under another name and renamed, so that a file under its final name is never half made. */
function createWhole(path: string, schema: Schema): void {
  const unfinished = `${path}.unfinished`
  try {
    for (const end of ['', '-wal', '-shm', '-journal']) rmSync(unfinished + end, { force: true })
    closeSync(openSync(unfinished, 'wx', 0o600))
    const db = new DatabaseSync(unfinished)
    migrate(db, schema)
    db.close()
    putInPlace(unfinished, path)
  } catch (cause) {
    throw cause instanceof Fault ? cause : cannotOpen(path, cause)
  }
}

function recover(path: string, schema: Schema, damage: { why: string; at: number }): Fault {
  const kept = setAside(path, damage.at)
  const copy = copyPath(path)
  if (!existsSync(copy) || look(copy, schema).kind !== 'sound') throw noCopy(path, kept, damage.why)
  const unfinished = `${path}.unfinished`
  copyFileSync(copy, unfinished)
  chmodSync(unfinished, 0o600)
  const copiedAt = statSync(copy).mtime.toISOString()
  putInPlace(unfinished, path)
  return new Fault('CPC-STO-004', {
    what: `${basename(path)} was damaged; its copy of ${copiedAt} is in use`,
    where: kept ?? path,
    why: damage.why,
    todo: 'check the disk; what was written after the copy was made is missing',
  })
}

/** The write-ahead log goes along: replayed into another file it would damage that one too. */
function setAside(path: string, at: number): string | undefined {
  const date = new Date(at).toISOString().replaceAll(':', '')
  const kept = `${path}.damaged-${date}`
  for (const end of ['', '-wal']) {
    if (existsSync(path + end)) renameSync(path + end, kept + end)
  }
  // An index over the log, made anew at each start.
  rmSync(`${path}-shm`, { force: true })
  syncFolder(path)
  return existsSync(kept) ? kept : undefined
}

function tracesOf(path: string): { readonly main: boolean; readonly any: boolean } {
  const name = basename(path)
  const folder = dirname(path)
  if (!existsSync(folder)) return { main: false, any: false }
  const traces = readdirSync(folder).filter(
    (file) =>
      file === `${name}-wal` || file === `${name}.copy` || file.startsWith(`${name}.damaged-`),
  )
  return { main: existsSync(path), any: traces.length > 0 }
}

function putInPlace(unfinished: string, path: string): void {
  const file = openSync(unfinished, 'r+')
  fsyncSync(file)
  closeSync(file)
  renameSync(unfinished, path)
  syncFolder(path)
}

function syncFolder(path: string): void {
  const folder = openSync(join(dirname(path)), 'r')
  fsyncSync(folder)
  closeSync(folder)
}

function newerVersion(path: string, found: number, known: number): Fault {
  return new Fault('CPC-STO-002', {
    what: `${basename(path)} cannot be used`,
    where: path,
    why: `its form is number ${found}, this Coppice knows forms up to ${known}`,
    todo: 'start the newer Coppice, or restore the backup from before the upgrade',
  })
}

function foreign(path: string): Fault {
  return new Fault('CPC-STO-010', {
    what: `${basename(path)} is another kind of database`,
    where: path,
    why: 'its header does not carry the mark of this database',
    todo: 'move the file away, or restore the right one',
  })
}

function noCopy(path: string, kept: string | undefined, why: string): Fault {
  return new Fault('CPC-STO-003', {
    what: `${basename(path)} is damaged and there is no good copy`,
    where: kept ?? path,
    why,
    todo: `restore a backup to ${path}, or move all files ${basename(path)}* away to start empty`,
  })
}

function cannotOpen(path: string, cause: unknown): Fault {
  return new Fault(
    'CPC-STO-009',
    {
      what: `${basename(path)} cannot be opened`,
      where: path,
      why: cause instanceof Error ? cause.message : String(cause),
      todo: 'check that the directory exists and that this user may write in it',
    },
    { cause },
  )
}
