// Why this file exists: one place says how a lease lies in its table, for the thread that writes and the one that
// reads. The shape is that of the lease journal which the boot services declare; the composition root joins them.
import type { SQLInputValue } from 'node:sqlite'
import type { Ip4, Mac } from '#directory'
import { addressOf, macOf, numberOf, optional, type Row, textOf, wordOf } from '../row.ts'

const states = ['offered', 'bound', 'quarantined', 'past'] as const
const sources = ['directory', 'pool', 'observed'] as const

export interface LeaseRow {
  readonly address: Ip4
  readonly mac: Mac
  readonly state: (typeof states)[number]
  readonly source: (typeof sources)[number]
  readonly clientId?: string
  readonly port: string
  /** Wall time means something only together with the boot it was read in (HOSTILE 36). */
  readonly since: {
    readonly wallMs: number
    readonly monotonicMs: number
    readonly bootId: string
  }
  readonly seconds: number
}

export type LeaseRowChange =
  | { readonly kind: 'keep'; readonly lease: LeaseRow }
  | { readonly kind: 'drop'; readonly address: Ip4 }

export const putLeaseSql = `INSERT OR REPLACE INTO lease
  (address, mac, state, source, client_id, port, wall_ms, monotonic_ms, boot_id, seconds)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

export function leaseValues(lease: LeaseRow): readonly SQLInputValue[] {
  return [
    lease.address,
    lease.mac,
    lease.state,
    lease.source,
    lease.clientId ?? null,
    lease.port,
    lease.since.wallMs,
    lease.since.monotonicMs,
    lease.since.bootId,
    lease.seconds,
  ]
}

export function readLease(row: Row): LeaseRow {
  return {
    address: addressOf(row, 'address'),
    mac: macOf(row, 'mac'),
    state: wordOf(row, 'state', states),
    source: wordOf(row, 'source', sources),
    ...optional(row, 'client_id', 'clientId', textOf),
    port: textOf(row, 'port'),
    since: {
      wallMs: numberOf(row, 'wall_ms'),
      monotonicMs: numberOf(row, 'monotonic_ms'),
      bootId: textOf(row, 'boot_id'),
    },
    seconds: numberOf(row, 'seconds'),
  }
}
