// Why this file exists: every refusal of SQLite (a full disk first of all) must reach the caller as a fault with
// a code, so that nobody acknowledges what was not stored.
import type { DatabaseSync, SQLInputValue } from 'node:sqlite'
import { Fault } from '#fault'
import { inTransaction } from './migration.ts'
import type { Row } from './row.ts'

export interface Statement {
  /** How many rows changed. */
  run(...values: readonly SQLInputValue[]): number
  get(...values: readonly SQLInputValue[]): Row | undefined
  all(...values: readonly SQLInputValue[]): readonly Row[]
}

export function prepare(db: DatabaseSync, sql: string): Statement {
  const statement = db.prepare(sql)
  return {
    run: (...values) => guarded(db, () => Number(statement.run(...values).changes)),
    get: (...values) => guarded(db, () => statement.get(...values)),
    all: (...values) => guarded(db, () => statement.all(...values)),
  }
}

/** All of it or nothing; a refusal is a fault. Inside another such step it is a part of that one. */
export function atomically<T>(db: DatabaseSync, work: () => T): T {
  return guarded(db, () => (db.isTransaction ? work() : inTransaction(db, work)))
}

function guarded<T>(db: DatabaseSync, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    const where = db.location() ?? 'a database in memory'
    switch (refusalOf(cause)) {
      case 'conflict':
        throw conflict(where, cause)
      case 'not-stored':
        throw notStored(where, cause)
      case 'not-ours':
        throw cause
    }
  }
}

const sqliteConstraint = 19

/** Whatever SQLite did not say is a bug or somebody else's fault and passes as it is. */
function refusalOf(error: unknown): 'conflict' | 'not-stored' | 'not-ours' {
  if (!(error instanceof Error) || !('errcode' in error)) return 'not-ours'
  const code = typeof error.errcode === 'number' ? error.errcode & 0xff : 0
  return code === sqliteConstraint ? 'conflict' : 'not-stored'
}

function conflict(where: string, cause: unknown): Fault {
  return new Fault(
    'CPC-STO-013',
    {
      what: 'a change contradicts what is stored',
      where,
      why: cause instanceof Error ? cause.message : String(cause),
      todo: 'look at what is there already; nothing was changed',
    },
    { cause },
  )
}

export function notStored(where: string, cause: unknown): Fault {
  return new Fault(
    'CPC-STO-006',
    {
      what: 'a change was not stored',
      where,
      why: cause instanceof Error ? cause.message : String(cause),
      todo: 'make room on the disk that holds the data directory, or mount it writable',
    },
    { cause },
  )
}
