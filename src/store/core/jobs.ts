// Why this file exists: a job that was begun is finished, by whichever core is there then; and how the last ones went can
// be read later.
import type { DatabaseSync } from 'node:sqlite'
import { jsonOf, numberOf, type Row, textOf, wordOf } from '../row.ts'
import { atomically, prepare } from '../statement.ts'

const kinds = ['apply', 'down'] as const
const states = ['running', 'done', 'failed', 'cancelled'] as const

export interface JobRow {
  readonly id: string
  readonly kind: (typeof kinds)[number]
  readonly vo: string
  readonly cluster: string
  readonly state: (typeof states)[number]
  readonly startedAt: number
  /** JSON of a form that the caller knows; it comes back as unknown. */
  readonly content: unknown
}

export interface JobTable {
  /** Writes it anew, and forgets the oldest ended ones beyond `rowsMax`. */
  save(job: JobRow, rowsMax: number): void
  /** The newest first. */
  all(): readonly JobRow[]
}

export function jobTable(db: DatabaseSync): JobTable {
  // An upsert, so that a job keeps its place among those of the same instant.
  const put = prepare(
    db,
    `INSERT INTO job (id, kind, vo, cluster, state, started_at, content) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, content = excluded.content`,
  )
  const all = prepare(db, 'SELECT * FROM job ORDER BY started_at DESC, rowid DESC')
  const forget = prepare(
    db,
    `DELETE FROM job WHERE state <> 'running' AND id IN
     (SELECT id FROM job ORDER BY started_at DESC, rowid DESC LIMIT -1 OFFSET ?)`,
  )
  return {
    save: ({ id, kind, vo, cluster, state, startedAt, content }, rowsMax) => {
      atomically(db, () => {
        put.run(id, kind, vo, cluster, state, startedAt, JSON.stringify(content))
        forget.run(rowsMax)
      })
    },
    all: () => all.all().map(readJob),
  }
}

function readJob(row: Row): JobRow {
  return {
    id: textOf(row, 'id'),
    kind: wordOf(row, 'kind', kinds),
    vo: textOf(row, 'vo'),
    cluster: textOf(row, 'cluster'),
    state: wordOf(row, 'state', states),
    startedAt: numberOf(row, 'started_at'),
    content: jsonOf(row, 'content'),
  }
}
