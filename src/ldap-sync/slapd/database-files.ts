// Why this file exists: a database takes the place of another as a whole, and only when all of it is on the disk: what
// a crash of the whole machine leaves is one or the other.
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
import { indexLine } from './config.ts'

/** What the entries are held to. It rises when `renewedEntry` learns something. */
const contentVersion = 2
/** Stands in the database's own folder, written last: with it the database is whole. */
const versionFile = 'coppice-version'
const version = `${contentVersion}\n${indexLine}\n`
/** POSIX: what `st_blocks` counts. */
const blockBytes = 512

export function isCurrent(database: string): boolean {
  const path = join(database, versionFile)
  return existsSync(path) && readFileSync(path, 'utf8') === version
}

/** On the disk; the file may be as long as the database may get, and empty for the most part. */
export function bytesOf(database: string): number {
  return statSync(join(database, 'data.mdb')).blocks * blockBytes
}

export function emptyFolder(path: string): string {
  clear(path)
  mkdirSync(path, { mode: 0o700 })
  return path
}

export function clear(path: string): void {
  rmSync(path, { recursive: true, force: true })
}

/** After this line a crash of the whole machine finds it whole. */
export function sealDatabase(database: string): void {
  syncToDisk(join(database, 'data.mdb'))
  writeFileSync(join(database, versionFile), version, { flush: true })
  syncToDisk(database)
}

/** `db.new` becomes `db`. Killed between the two renamings, we go on where we were at the next start. */
export function exchange(folder: string): void {
  const database = join(folder, 'db')
  const old = join(folder, 'db.old')
  if (existsSync(database)) {
    clear(old)
    renameSync(database, old)
  }
  renameSync(join(folder, 'db.new'), database)
  syncToDisk(folder)
}

export function finishExchange(folder: string): void {
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
