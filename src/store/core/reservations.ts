// Why this file exists: who has which room must be on the disk before anyone acts on it, or two would have it after a restart.
import type { DatabaseSync } from 'node:sqlite'
import { jsonOf, textOf } from '../row.ts'
import { prepare } from '../statement.ts'

export interface ReservationRow {
  readonly vo: string
  readonly cluster: string
  /** JSON of a form that the caller knows; it comes back as unknown. */
  readonly content: unknown
}

export interface ReservationTable {
  /** In place of the one that the cluster had. */
  put(reservation: ReservationRow): void
  remove(vo: string, cluster: string): void
  all(): readonly ReservationRow[]
}

export function reservationTable(db: DatabaseSync): ReservationTable {
  const put = prepare(
    db,
    'INSERT OR REPLACE INTO reservation (vo, cluster, content) VALUES (?, ?, ?)',
  )
  const remove = prepare(db, 'DELETE FROM reservation WHERE vo = ? AND cluster = ?')
  const all = prepare(db, 'SELECT * FROM reservation ORDER BY vo, cluster')
  return {
    put: ({ vo, cluster, content }) => {
      put.run(vo, cluster, JSON.stringify(content))
    },
    remove: (vo, cluster) => {
      remove.run(vo, cluster)
    },
    all: () =>
      all.all().map((row) => ({
        vo: textOf(row, 'vo'),
        cluster: textOf(row, 'cluster'),
        content: jsonOf(row, 'content'),
      })),
  }
}
