// Why this file exists: what is believed about each machine, and what its next boot is to be, outlives core.
import type { DatabaseSync } from 'node:sqlite'
import type { EntryId } from '#directory'
import type { NextBoot } from '#feed'
import { jsonOf, uuidOf, wordOf } from '../row.ts'
import { atomically, prepare } from '../statement.ts'

const choices = ['kvm-host', 'disk', 'rescue', 'withheld', 'by-role'] as const

export interface HostTable {
  /** `content` is JSON of a form that the caller knows; it comes back as unknown. */
  save(machine: EntryId, content: unknown): void
  load(): readonly { readonly machine: EntryId; readonly content: unknown }[]
  remove(machine: EntryId): void
  setNextBoot(machine: EntryId, choice: NextBoot): void
  nextBoots(): ReadonlyMap<EntryId, NextBoot>
}

export function hostTable(db: DatabaseSync): HostTable {
  const put = prepare(db, 'INSERT OR REPLACE INTO host (machine, content) VALUES (?, ?)')
  const all = prepare(db, 'SELECT * FROM host ORDER BY machine')
  const remove = prepare(db, 'DELETE FROM host WHERE machine = ?')
  const choose = prepare(db, 'INSERT OR REPLACE INTO next_boot (machine, choice) VALUES (?, ?)')
  const unchoose = prepare(db, 'DELETE FROM next_boot WHERE machine = ?')
  const chosen = prepare(db, 'SELECT * FROM next_boot')
  return {
    save: (machine, content) => {
      put.run(machine, JSON.stringify(content))
    },
    load: () =>
      all
        .all()
        .map((row) => ({ machine: uuidOf(row, 'machine'), content: jsonOf(row, 'content') })),
    remove: (machine) => {
      atomically(db, () => [remove.run(machine), unchoose.run(machine)])
    },
    setNextBoot: (machine, choice) => {
      if (choice === 'by-role') unchoose.run(machine)
      else choose.run(machine, choice)
    },
    nextBoots: () =>
      new Map(
        chosen
          .all()
          .map((row) => [uuidOf(row, 'machine'), wordOf(row, 'choice', choices)] as const),
      ),
  }
}
