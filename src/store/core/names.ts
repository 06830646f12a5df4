// Why this file exists: decisions about names and addresses that LDAP cannot hold for us: which address we chose in
// a directory that we may not write, who held a MAC first, and how far each zone's serial has come.
import type { DatabaseSync } from 'node:sqlite'
import type { EntryId, Ip4 } from '#directory'
import { addressOf, numberOf, textOf, uuidOf } from '../row.ts'
import { atomically, prepare } from '../statement.ts'

export interface AddressTable {
  put(entry: EntryId, address: Ip4): void
  all(): ReadonlyMap<EntryId, Ip4>
  remove(entry: EntryId): void
}

export function addressTable(db: DatabaseSync): AddressTable {
  const put = prepare(
    db,
    `INSERT INTO chosen_address (entry, address) VALUES (?, ?)
     ON CONFLICT (entry) DO UPDATE SET address = excluded.address`,
  )
  const all = prepare(db, 'SELECT * FROM chosen_address')
  const remove = prepare(db, 'DELETE FROM chosen_address WHERE entry = ?')
  return {
    put: (entry, address) => {
      put.run(entry, address)
    },
    all: () =>
      new Map(all.all().map((row) => [uuidOf(row, 'entry'), addressOf(row, 'address')] as const)),
    remove: (entry) => {
      remove.run(entry)
    },
  }
}

export interface HolderTable {
  /** A key such as `mac 52:54:…`, and the entry that holds it. */
  put(key: string, entry: EntryId): void
  remove(key: string): void
  all(): ReadonlyMap<string, EntryId>
  /** Everything anew, in one step. */
  replace(holders: ReadonlyMap<string, EntryId>): void
}

export function holderTable(db: DatabaseSync): HolderTable {
  const put = prepare(db, 'INSERT OR REPLACE INTO holder (claim, entry) VALUES (?, ?)')
  const remove = prepare(db, 'DELETE FROM holder WHERE claim = ?')
  const clear = prepare(db, 'DELETE FROM holder')
  const all = prepare(db, 'SELECT * FROM holder')
  return {
    put: (key, entry) => {
      put.run(key, entry)
    },
    remove: (key) => {
      remove.run(key)
    },
    all: () =>
      new Map(all.all().map((row) => [textOf(row, 'claim'), uuidOf(row, 'entry')] as const)),
    replace: (holders) => {
      atomically(db, () => {
        clear.run()
        for (const [key, entry] of holders) put.run(key, entry)
      })
    },
  }
}

export interface SerialTable {
  /** max(stored + 1, unix time), stored before it is told: secondaries survive a restore of ours. */
  next(zone: string, unixSeconds: number): number
  last(zone: string): number | undefined
}

export function serialTable(db: DatabaseSync): SerialTable {
  const next = prepare(
    db,
    `INSERT INTO zone_serial (zone, serial) VALUES (?, ?)
     ON CONFLICT (zone) DO UPDATE SET serial = max(serial + 1, excluded.serial) RETURNING serial`,
  )
  const last = prepare(db, 'SELECT serial FROM zone_serial WHERE zone = ?')
  return {
    next: (zone, unixSeconds) => numberOf(next.get(zone, Math.floor(unixSeconds)) ?? {}, 'serial'),
    last: (zone) => {
      const row = last.get(zone)
      return row && numberOf(row, 'serial')
    },
  }
}

export interface ProgressTable {
  /** How far a reader of a numbered stream has come; 0 at first. */
  get(reader: string): number
  set(reader: string, seq: number): void
}

export function progressTable(db: DatabaseSync): ProgressTable {
  const get = prepare(db, 'SELECT seq FROM progress WHERE reader = ?')
  const set = prepare(db, 'INSERT OR REPLACE INTO progress (reader, seq) VALUES (?, ?)')
  return {
    get: (reader) => {
      const row = get.get(reader)
      return row ? numberOf(row, 'seq') : 0
    },
    set: (reader, seq) => {
      set.run(reader, seq)
    },
  }
}
