// Why this file exists: SQLite notices damage only when it meets the damaged page. Everything is looked at once,
// at start, while there is still a choice.
import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { applicationOf, latestVersion, type Schema, versionOf } from './migration.ts'

export type Health =
  | { readonly kind: 'sound' }
  | { readonly kind: 'damaged'; readonly why: string }
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'foreign' }

/** SQLite's result codes that speak of the file's content (sqlite.org/rescode.html). */
const corrupt = 11
const notADatabase = 26
const shortRead = 522

/** Throws only what is no statement about the content: permissions, a missing disk. */
export function inspect(path: string, schema: Schema): Health {
  // SQLite takes an empty file for a new database; ours get their name only when they are whole.
  if (statSync(path).size === 0) return { kind: 'damaged', why: 'the file is empty' }
  try {
    // Closing a writable one would fold the log into a damaged file, and with it the evidence.
    using db = new DatabaseSync(path, { readOnly: true })
    return judge(db, schema)
  } catch (error) {
    if (speaksOfContent(error)) return { kind: 'damaged', why: error.message }
    throw error
  }
}

function judge(db: DatabaseSync, schema: Schema): Health {
  // Fifty complaints say no more than the first.
  const complaint = db.prepare('PRAGMA quick_check(1)').get()?.['quick_check']
  if (complaint !== 'ok') return { kind: 'damaged', why: String(complaint) }
  if (applicationOf(db) !== schema.applicationId) return { kind: 'foreign' }
  const version = versionOf(db)
  return version > latestVersion(schema) ? { kind: 'newer', version } : { kind: 'sound' }
}

function speaksOfContent(error: unknown): error is Error {
  if (!(error instanceof Error) || !('errcode' in error)) return false
  const code = error.errcode
  return (
    code === shortRead ||
    (typeof code === 'number' && [corrupt, notADatabase].includes(code & 0xff))
  )
}
