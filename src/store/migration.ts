// Why this file exists: the form of a database changes between releases, and the data of every release ever made
// must arrive in the newest one, or be refused whole. Each step is numbered and happens in one transaction.
import type { DatabaseSync } from 'node:sqlite'
import { Fault } from '#fault'

export interface Migration {
  /** Counts from 1 without gaps; a released one never changes. */
  readonly version: number
  /** What it is for, as a person reads it in a message. */
  readonly what: string
  readonly sql: string
}

export interface Schema {
  /** Stands in the file's header, so that a file under a wrong name is noticed. */
  readonly applicationId: number
  readonly migrations: readonly Migration[]
}

export function latestVersion(schema: Schema): number {
  return schema.migrations.at(-1)?.version ?? 0
}

export function versionOf(db: DatabaseSync): number {
  return pragmaNumber(db, 'user_version')
}

export function applicationOf(db: DatabaseSync): number {
  return pragmaNumber(db, 'application_id')
}

/** Applies what is missing, up to `upTo`; tests stop early to make the files of older releases. */
export function migrate(db: DatabaseSync, schema: Schema, upTo = latestVersion(schema)): void {
  assertNumbered(schema.migrations)
  const from = versionOf(db)
  for (const migration of schema.migrations) {
    if (migration.version > from && migration.version <= upTo) step(db, schema, migration)
  }
}

function step(db: DatabaseSync, schema: Schema, migration: Migration): void {
  try {
    inTransaction(db, () => {
      db.exec(migration.sql)
      db.exec(`PRAGMA application_id = ${schema.applicationId}`)
      db.exec(`PRAGMA user_version = ${migration.version}`)
    })
  } catch (cause) {
    throw new Fault(
      'CPC-STO-005',
      {
        what: `step ${migration.version} (${migration.what}) of the database's upgrade failed`,
        where: db.location() ?? 'a database in memory',
        why: cause instanceof Error ? cause.message : String(cause),
        todo: 'make room on the disk and start again; the database is as it was before this step',
      },
      { cause },
    )
  }
}

/** All of it or nothing, on disk when this returns. */
export function inTransaction<T>(db: DatabaseSync, work: () => T): T {
  db.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    db.exec('COMMIT')
    return result
  } catch (error) {
    // A full disk makes SQLite roll back by itself.
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}

function assertNumbered(migrations: readonly Migration[]): void {
  migrations.forEach(({ version }, index) => {
    if (version !== index + 1) throw new Error(`migration ${version} stands at place ${index + 1}`)
  })
}

function pragmaNumber(db: DatabaseSync, name: 'user_version' | 'application_id'): number {
  const value = db.prepare(`PRAGMA ${name}`).get()?.[name]
  return typeof value === 'number' ? value : 0
}
