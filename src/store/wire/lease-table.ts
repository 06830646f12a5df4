// Why this file exists: the promise that an acknowledged lease is still there after kill -9 is kept here.
import type { DatabaseSync } from 'node:sqlite'
import { prepare, type Statement } from '../statement.ts'
import { type LeaseRow, type LeaseRowChange, readLease } from './lease-row.ts'
import type { Writer } from './writer.ts'

export class LeaseTable {
  readonly #writer: Writer
  readonly #select: Statement

  constructor(db: DatabaseSync, writer: Writer) {
    this.#writer = writer
    this.#select = prepare(db, 'SELECT * FROM lease ORDER BY address')
  }

  /** What is on the disk; at most one lease per address. */
  load(): Promise<readonly LeaseRow[]> {
    return Promise.resolve(this.#select.all().map(readLease))
  }

  /** Resolves when all of them are on the disk; only then may the ACK leave. Rejects: none of them is. */
  append(changes: readonly LeaseRowChange[]): Promise<void> {
    return this.#writer.write(changes.map((change) => ({ kind: 'lease', change })))
  }
}
