// Why this file exists: that a host was seen to be off lets its nodes start elsewhere, so it is remembered, together with
// the boot that it is true of.
import type { DatabaseSync } from 'node:sqlite'
import type { EntryId } from '#directory'
import { numberOf } from '../row.ts'
import { prepare } from '../statement.ts'

export interface Fence {
  /** The last boot that was seen of the machine when its power was off. */
  readonly boot: number
  readonly at: number
}

export interface FenceTable {
  put(machine: EntryId, fence: Fence): void
  find(machine: EntryId): Fence | undefined
  remove(machine: EntryId): void
}

export function fenceTable(db: DatabaseSync): FenceTable {
  const put = prepare(db, 'INSERT OR REPLACE INTO fence (machine, boot, at) VALUES (?, ?, ?)')
  const find = prepare(db, 'SELECT * FROM fence WHERE machine = ?')
  const remove = prepare(db, 'DELETE FROM fence WHERE machine = ?')
  return {
    put: (machine, { boot, at }) => {
      put.run(machine, boot, at)
    },
    find: (machine) => {
      const row = find.get(machine)
      return row && { boot: numberOf(row, 'boot'), at: numberOf(row, 'at') }
    },
    remove: (machine) => {
      remove.run(machine)
    },
  }
}
