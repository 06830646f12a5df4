// Why this file exists: when each node came how far, for as long as its cluster is there.
import type { DatabaseSync } from 'node:sqlite'
import { numberOf, textOf } from '../row.ts'
import { prepare } from '../statement.ts'

export interface VcnMarkRow {
  readonly vo: string
  readonly cluster: string
  readonly vcn: string
  readonly host: string
  readonly phase: string
  /** Wall clock, milliseconds. */
  readonly at: number
}

export interface VcnMarkTable {
  put(mark: VcnMarkRow): void
  /** Of one node, or without one of the whole cluster. */
  forget(vo: string, cluster: string, vcn?: string): void
  all(): readonly VcnMarkRow[]
}

export function vcnMarkTable(db: DatabaseSync): VcnMarkTable {
  const put = prepare(
    db,
    'INSERT OR REPLACE INTO vcn_mark (vo, cluster, vcn, host, phase, at) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const forgetOne = prepare(db, 'DELETE FROM vcn_mark WHERE vo = ? AND cluster = ? AND vcn = ?')
  const forgetAll = prepare(db, 'DELETE FROM vcn_mark WHERE vo = ? AND cluster = ?')
  const all = prepare(db, 'SELECT * FROM vcn_mark ORDER BY vo, cluster, vcn, at')
  return {
    put: ({ vo, cluster, vcn, host, phase, at }) => {
      put.run(vo, cluster, vcn, host, phase, at)
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
        host: textOf(row, 'host'),
        phase: textOf(row, 'phase'),
        at: numberOf(row, 'at'),
      })),
  }
}
