// Why this file exists: a claim number is good once; that it was used must survive a restart of core.
import type { DatabaseSync } from 'node:sqlite'
import type { EntryId, Ip4, Mac, Uuid } from '#directory'
import { addressOf, macOf, numberOf, optional, type Row, textOf, uuidOf, wordOf } from '../row.ts'
import { prepare } from '../statement.ts'

const states = ['minted', 'waiting', 'granted', 'refused'] as const

export interface ClaimRow {
  readonly number: string
  readonly machine: EntryId
  readonly mac: Mac
  readonly address: Ip4
  /** Names the boot it was minted in. */
  readonly boot: string
  readonly uuid?: Uuid
  readonly port?: string
  readonly mintedAt: number
  readonly state: (typeof states)[number]
  /** When, with which public key and from where it was used first. */
  readonly used?: { readonly at: number; readonly key: string; readonly address: Ip4 }
}

export interface ClaimTable {
  put(claim: ClaimRow): void
  find(number: string): ClaimRow | undefined
  /** Forgets those minted before; says how many. */
  forget(mintedBefore: number): number
}

export function claimTable(db: DatabaseSync): ClaimTable {
  const insert = prepare(
    db,
    `INSERT OR REPLACE INTO claim (number, machine, mac, address, boot, uuid, port, minted_at,
       state, used_at, used_key, used_address) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  )
  const one = prepare(db, 'SELECT * FROM claim WHERE number = ?')
  const forget = prepare(db, 'DELETE FROM claim WHERE minted_at < ?')
  return {
    put: ({ number, machine, mac, address, boot, uuid, port, mintedAt, state, used }) => {
      const origin = [number, machine, mac, address, boot, uuid ?? null, port ?? null, mintedAt]
      const use = [used?.at ?? null, used?.key ?? null, used?.address ?? null]
      insert.run(...origin, state, ...use)
    },
    find: (number) => {
      const row = one.get(number)
      return row && readClaim(row)
    },
    forget: (mintedBefore) => forget.run(mintedBefore),
  }
}

function readClaim(row: Row): ClaimRow {
  return {
    number: textOf(row, 'number'),
    machine: uuidOf(row, 'machine'),
    mac: macOf(row, 'mac'),
    address: addressOf(row, 'address'),
    boot: textOf(row, 'boot'),
    ...optional(row, 'uuid', 'uuid', uuidOf),
    ...optional(row, 'port', 'port', textOf),
    mintedAt: numberOf(row, 'minted_at'),
    state: wordOf(row, 'state', states),
    ...optional(row, 'used_at', 'used', readUse),
  }
}

function readUse(row: Row, column: string): NonNullable<ClaimRow['used']> {
  return {
    at: numberOf(row, column),
    key: textOf(row, 'used_key'),
    address: addressOf(row, 'used_address'),
  }
}
