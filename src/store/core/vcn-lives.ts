// Why this file exists: how far a node is in its life is asked after a restart too.
import type { DatabaseSync } from 'node:sqlite'
import { textOf } from '../row.ts'
import { prepare } from '../statement.ts'

export interface VcnLifeRow {
  readonly vo: string
  readonly cluster: string
  readonly vcn: string
  readonly state: string
}

export interface VcnLifeTable {
  put(life: VcnLifeRow): void
  /** Of one node, or without one of the whole cluster. */
  forget(vo: string, cluster: string, vcn?: string): void
  all(): readonly VcnLifeRow[]
}

export function vcnLifeTable(db: DatabaseSync): VcnLifeTable {
  const put = prepare(
    db,
    'INSERT OR REPLACE INTO vcn_life (vo, cluster, vcn, state) VALUES (?, ?, ?, ?)',
  )
  const forgetOne = prepare(db, 'DELETE FROM vcn_life WHERE vo = ? AND cluster = ? AND vcn = ?')
  const forgetAll = prepare(db, 'DELETE FROM vcn_life WHERE vo = ? AND cluster = ?')
  const all = prepare(db, 'SELECT * FROM vcn_life ORDER BY vo, cluster, vcn')
  return {
    put: ({ vo, cluster, vcn, state }) => {
      put.run(vo, cluster, vcn, state)
    },
    forget: (vo, cluster, vcn) => {
      if (vcn === undefined) forgetAll.run(vo, cluster)
      else forgetOne.run(vo, cluster, vcn)
    },
    all: () =>
      all.all().map((row) => ({
        vo: textOf(row, 'vo'),
        cluster: textOf(row, 'cluster'),
        vcn: textOf(row, 'vcn'),
        state: textOf(row, 'state'),
      })),
  }
}
