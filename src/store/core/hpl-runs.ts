// Why this file exists: a figure is worth something beside figures of last month, so benchmark runs are kept, but not for ever.
import type { DatabaseSync } from 'node:sqlite'
import { jsonOf, numberOf, type Row, textOf } from '../row.ts'
import { atomically, prepare } from '../statement.ts'

export interface HplRunRow {
  readonly id: string
  readonly startedAt: number
  /** JSON of a form that the caller knows; it comes back as unknown. */
  readonly content: unknown
}

export interface HplRunTable {
  /** Writes it anew, and forgets the oldest beyond `rowsMax`. */
  save(run: HplRunRow, rowsMax: number): void
  find(id: string): HplRunRow | undefined
  /** The newest first. */
  list(rowsMax: number): readonly HplRunRow[]
}

export function hplRunTable(db: DatabaseSync): HplRunTable {
  const put = prepare(
    db,
    'INSERT OR REPLACE INTO hpl_run (id, started_at, content) VALUES (?, ?, ?)',
  )
  const one = prepare(db, 'SELECT * FROM hpl_run WHERE id = ?')
  const newest = prepare(db, 'SELECT * FROM hpl_run ORDER BY started_at DESC, id DESC LIMIT ?')
  const forget = prepare(
    db,
    `DELETE FROM hpl_run WHERE id IN
     (SELECT id FROM hpl_run ORDER BY started_at DESC, id DESC LIMIT -1 OFFSET ?)`,
  )
  return {
    save: ({ id, startedAt, content }, rowsMax) => {
      atomically(db, () => {
        put.run(id, startedAt, JSON.stringify(content))
        forget.run(rowsMax)
      })
    },
    find: (id) => {
      const row = one.get(id)
      return row && readRun(row)
    },
    list: (rowsMax) => newest.all(rowsMax).map(readRun),
  }
}

function readRun(row: Row): HplRunRow {
  return {
    id: textOf(row, 'id'),
    startedAt: numberOf(row, 'started_at'),
    content: jsonOf(row, 'content'),
  }
}
