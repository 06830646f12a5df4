// Why this file exists: what we signed, and what of it is not to be believed any more.
import type { DatabaseSync } from 'node:sqlite'
import type { EntryId } from '#directory'
import { numberOf, optional, type Row, textOf, uuidOf } from '../row.ts'
import { prepare } from '../statement.ts'

export interface CertificateRow {
  /** Lower-case hex. */
  readonly serial: string
  readonly machine: EntryId
  /** SHA-256 of the DER, lower-case hex. */
  readonly fingerprint: string
  readonly notAfter: number
  readonly revokedAt?: number
  readonly reason?: string
}

export interface CertificateTable {
  add(certificate: CertificateRow): void
  find(serial: string): CertificateRow | undefined
  ofMachine(machine: EntryId): readonly CertificateRow[]
  /** False when it was never issued or is revoked already. */
  revoke(serial: string, at: number, reason: string): boolean
  isRevoked(serial: string): boolean
}

export function certificateTable(db: DatabaseSync): CertificateTable {
  const insert = prepare(
    db,
    'INSERT INTO certificate (serial, machine, fingerprint, not_after) VALUES (?, ?, ?, ?)',
  )
  const one = prepare(db, 'SELECT * FROM certificate WHERE serial = ?')
  const ofMachine = prepare(db, 'SELECT * FROM certificate WHERE machine = ? ORDER BY not_after')
  const revoke = prepare(
    db,
    'UPDATE certificate SET revoked_at = ?, reason = ? WHERE serial = ? AND revoked_at IS NULL',
  )
  const find = (serial: string): CertificateRow | undefined => {
    const row = one.get(serial)
    return row && readCertificate(row)
  }
  return {
    add: ({ serial, machine, fingerprint, notAfter }) => {
      insert.run(serial, machine, fingerprint, notAfter)
    },
    find,
    ofMachine: (machine) => ofMachine.all(machine).map(readCertificate),
    revoke: (serial, at, reason) => revoke.run(at, reason, serial) > 0,
    isRevoked: (serial) => find(serial)?.revokedAt !== undefined,
  }
}

function readCertificate(row: Row): CertificateRow {
  return {
    serial: textOf(row, 'serial'),
    machine: uuidOf(row, 'machine'),
    fingerprint: textOf(row, 'fingerprint'),
    notAfter: numberOf(row, 'not_after'),
    ...optional(row, 'revoked_at', 'revokedAt', numberOf),
    ...optional(row, 'reason', 'reason', textOf),
  }
}
