// Why this file exists: two appliances on one data directory give one address twice (HOSTILE 44). A lock file that
// a crash leaves behind would need a person each time; a lock that the kernel holds for a process does not.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Fault } from '#fault'

const sqliteBusy = 5

/** Held until it is disposed of or the process ends in any way. Keep it: a forgotten one is collected and freed. */
export class DataDirectoryLock implements Disposable {
  readonly #db: DatabaseSync
  readonly #pidFile: string

  constructor(db: DatabaseSync, pidFile: string) {
    this.#db = db
    this.#pidFile = pidFile
  }

  [Symbol.dispose](): void {
    if (!this.#db.isOpen) return
    rmSync(this.#pidFile, { force: true })
    this.#db.close()
  }
}

/** One appliance per data directory: an SQLite file in an exclusive transaction for as long as we live. */
export function lockDataDirectory(dir: string): DataDirectoryLock {
  const pidFile = join(dir, 'lock.pid')
  const db = openLockFile(dir)
  try {
    db.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    db.close()
    throw isBusy(cause) ? held(dir, pidFile) : unusable(dir, cause)
  }
  writeFileSync(pidFile, `${process.pid}\n`, { mode: 0o600 })
  return new DataDirectoryLock(db, pidFile)
}

function openLockFile(dir: string): DatabaseSync {
  try {
    return new DatabaseSync(join(dir, 'lock.db'), { timeout: 0 })
  } catch (cause) {
    throw unusable(dir, cause)
  }
}

function isBusy(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === sqliteBusy
}

function held(dir: string, pidFile: string): Fault {
  return new Fault('CPC-STO-001', {
    what: 'the appliance does not start',
    where: dir,
    why: `another appliance holds this data directory (${holder(pidFile)})`,
    todo: 'stop it, or choose another directory with --data',
  })
}

/** The number is for people only; it is written after the lock is taken, so it may be a moment late. */
function holder(pidFile: string): string {
  try {
    return `process ${readFileSync(pidFile, 'utf8').trim()}`
  } catch {
    return 'its process number is not written yet'
  }
}

function unusable(dir: string, cause: unknown): Fault {
  return new Fault(
    'CPC-STO-009',
    {
      what: 'the data directory cannot be locked',
      where: dir,
      why: cause instanceof Error ? cause.message : String(cause),
      todo: 'check that the directory exists and that this user may write in it',
    },
    { cause },
  )
}
