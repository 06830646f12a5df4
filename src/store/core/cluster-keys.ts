// Why this file exists: the SSH pair of a cluster is worth as much as its nodes, and must outlive the core that made it.
import type { DatabaseSync } from 'node:sqlite'
import { type Row, textOf } from '../row.ts'
import { prepare } from '../statement.ts'

export interface ClusterKeyRow {
  readonly publicKey: string
  readonly secret: string
}

export interface ClusterKeyTable {
  /** Keeps the pair that is there already: nodes may know its public half. */
  add(vo: string, cluster: string, key: ClusterKeyRow): void
  find(vo: string, cluster: string): ClusterKeyRow | undefined
  remove(vo: string, cluster: string): void
}

export function clusterKeyTable(db: DatabaseSync): ClusterKeyTable {
  const add = prepare(
    db,
    'INSERT OR IGNORE INTO cluster_key (vo, cluster, public, secret) VALUES (?, ?, ?, ?)',
  )
  const one = prepare(db, 'SELECT * FROM cluster_key WHERE vo = ? AND cluster = ?')
  const remove = prepare(db, 'DELETE FROM cluster_key WHERE vo = ? AND cluster = ?')
  return {
    add: (vo, cluster, { publicKey, secret }) => {
      add.run(vo, cluster, publicKey, secret)
    },
    find: (vo, cluster) => {
      const row = one.get(vo, cluster)
      return row && readKey(row)
    },
    remove: (vo, cluster) => {
      remove.run(vo, cluster)
    },
  }
}

function readKey(row: Row): ClusterKeyRow {
  return { publicKey: textOf(row, 'public'), secret: textOf(row, 'secret') }
}
