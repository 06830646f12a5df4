// Why this file exists: tokens are kept as hashes only, so that a stolen database opens nothing.
import type { DatabaseSync } from 'node:sqlite'
import { numberOf, optional, type Row, textOf, wordOf } from '../row.ts'
import { prepare } from '../statement.ts'

const roles = ['admin', 'operator', 'vo-member', 'read-only'] as const

export interface TokenRow {
  /** Public: it names the token in lists and in the token itself. */
  readonly id: string
  readonly name: string
  /** SHA-256 of the secret, hex. */
  readonly hash: string
  readonly role: (typeof roles)[number]
  readonly vo?: string
  readonly createdAt: number
  readonly expiresAt?: number
  readonly revokedAt?: number
}

export interface TokenTable {
  add(token: TokenRow): void
  find(id: string): TokenRow | undefined
  list(): readonly TokenRow[]
  /** False when there is no such token, or it was revoked before. */
  revoke(id: string, at: number): boolean
}

export function tokenTable(db: DatabaseSync): TokenTable {
  const insert = prepare(
    db,
    `INSERT INTO token (id, name, hash, role, vo, created_at, expires_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
  )
  const one = prepare(db, 'SELECT * FROM token WHERE id = ?')
  const all = prepare(db, 'SELECT * FROM token ORDER BY created_at, id')
  const revoke = prepare(db, 'UPDATE token SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL')
  return {
    add: ({ id, name, hash, role, vo, createdAt, expiresAt }) => {
      insert.run(id, name, hash, role, vo ?? null, createdAt, expiresAt ?? null)
    },
    find: (id) => {
      const row = one.get(id)
      return row && readToken(row)
    },
    list: () => all.all().map(readToken),
    revoke: (id, at) => revoke.run(at, id) > 0,
  }
}

function readToken(row: Row): TokenRow {
  return {
    id: textOf(row, 'id'),
    name: textOf(row, 'name'),
    hash: textOf(row, 'hash'),
    role: wordOf(row, 'role', roles),
    ...optional(row, 'vo', 'vo', textOf),
    createdAt: numberOf(row, 'created_at'),
    ...optional(row, 'expires_at', 'expiresAt', numberOf),
    ...optional(row, 'revoked_at', 'revokedAt', numberOf),
  }
}
