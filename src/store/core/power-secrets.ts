// Why this file exists: a BMC's password is needed in clear each time it is used; it lies in a file that only the
// appliance's user can read, and nowhere else.
import type { DatabaseSync } from 'node:sqlite'
import type { EntryId } from '#directory'
import { textOf } from '../row.ts'
import { prepare } from '../statement.ts'

export interface PowerSecretRow {
  readonly user: string
  readonly secret: string
}

export interface PowerSecretTable {
  put(machine: EntryId, secret: PowerSecretRow): void
  find(machine: EntryId): PowerSecretRow | undefined
  remove(machine: EntryId): void
}

export function powerSecretTable(db: DatabaseSync): PowerSecretTable {
  const put = prepare(
    db,
    'INSERT OR REPLACE INTO power_secret (machine, user, secret) VALUES (?, ?, ?)',
  )
  const one = prepare(db, 'SELECT * FROM power_secret WHERE machine = ?')
  const remove = prepare(db, 'DELETE FROM power_secret WHERE machine = ?')
  return {
    put: (machine, { user, secret }) => {
      put.run(machine, user, secret)
    },
    find: (machine) => {
      const row = one.get(machine)
      return row && { user: textOf(row, 'user'), secret: textOf(row, 'secret') }
    },
    remove: (machine) => {
      remove.run(machine)
    },
  }
}
