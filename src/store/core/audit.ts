// Why this file exists: who did what to what, with what result, is asked long after everybody has forgotten.
import type { DatabaseSync } from 'node:sqlite'
import { jsonOf, numberOf, type Row, textOf } from '../row.ts'
import { prepare } from '../statement.ts'

export interface AuditRow {
  readonly at: number
  readonly who: string
  readonly role: string
  readonly action: string
  readonly target: string
  readonly before?: unknown
  readonly after?: unknown
  readonly result: string
}

export interface AuditTable {
  append(row: AuditRow): number
  /** Newest first; those older than the number `before` when it is given. */
  list(page: {
    readonly rowsMax: number
    readonly before?: number
  }): readonly (AuditRow & { readonly id: number })[]
}

export function auditTable(db: DatabaseSync): AuditTable {
  const insert = prepare(
    db,
    `INSERT INTO audit (at, who, role, action, target, before, after, result)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?) RETURNING id`,
  )
  const select = prepare(db, 'SELECT * FROM audit WHERE id < ? ORDER BY id DESC LIMIT ?')
  return {
    append: (row) => {
      const { at, who, role, action, target, result } = row
      const values = [at, who, role, action, target, json(row.before), json(row.after), result]
      return numberOf(insert.get(...values) ?? {}, 'id')
    },
    list: ({ rowsMax, before }) =>
      select.all(before ?? Number.MAX_SAFE_INTEGER, rowsMax).map(readAudit),
  }
}

function json(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value)
}

function readAudit(row: Row): AuditRow & { readonly id: number } {
  return {
    id: numberOf(row, 'id'),
    at: numberOf(row, 'at'),
    who: textOf(row, 'who'),
    role: textOf(row, 'role'),
    action: textOf(row, 'action'),
    target: textOf(row, 'target'),
    ...(row['before'] === null ? {} : { before: jsonOf(row, 'before') }),
    ...(row['after'] === null ? {} : { after: jsonOf(row, 'after') }),
    result: textOf(row, 'result'),
  }
}
