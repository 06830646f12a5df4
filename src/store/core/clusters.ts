// Why this file exists: what a person wants of a cluster outlives core, in his own words, so that a restarted core wants
// the same.
import type { DatabaseSync } from 'node:sqlite'
import { textOf, wordOf } from '../row.ts'
import { prepare } from '../statement.ts'

const wishes = ['new', 'up', 'down'] as const

export interface ClusterRow {
  readonly vo: string
  readonly cluster: string
  /** new: up, but it has not been whole yet. */
  readonly wanted: (typeof wishes)[number]
  /** The cluster file as it was applied last. */
  readonly spec: string
}

export interface ClusterTable {
  put(cluster: ClusterRow): void
  remove(vo: string, cluster: string): void
  all(): readonly ClusterRow[]
}

export function clusterTable(db: DatabaseSync): ClusterTable {
  const put = prepare(
    db,
    'INSERT OR REPLACE INTO cluster (vo, cluster, wanted, spec) VALUES (?, ?, ?, ?)',
  )
  const remove = prepare(db, 'DELETE FROM cluster WHERE vo = ? AND cluster = ?')
  const all = prepare(db, 'SELECT * FROM cluster ORDER BY vo, cluster')
  return {
    put: ({ vo, cluster, wanted, spec }) => {
      put.run(vo, cluster, wanted, spec)
    },
    remove: (vo, cluster) => {
      remove.run(vo, cluster)
    },
    all: () =>
      all.all().map((row) => ({
        vo: textOf(row, 'vo'),
        cluster: textOf(row, 'cluster'),
        wanted: wordOf(row, 'wanted', wishes),
        spec: textOf(row, 'spec'),
      })),
  }
}
