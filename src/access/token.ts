// Why this file exists: there is no default token and no empty one (HOSTILE 64): each is 256 random bits, shown once,
// kept as a hash, and compared in a time that tells nothing.
import { createHash, timingSafeEqual } from 'node:crypto'
import type { Principal, Role } from './role.ts'

export interface TokenRecord {
  /** Public: stands in lists, in the audit log, and in the token. */
  readonly id: string
  readonly name: string
  /** SHA-256 of the secret part, lower-case hex. A random secret needs no slow hash. */
  readonly hash: string
  readonly role: Role
  readonly vo?: string
  readonly createdAt: number
  readonly expiresAt?: number
  readonly revokedAt?: number
}

/** The store keeps them. */
export interface TokenStore {
  add(token: TokenRecord): void
  find(id: string): TokenRecord | undefined
  list(): readonly TokenRecord[]
  revoke(id: string, at: number): boolean
}

export interface TokenOrder {
  readonly name: string
  readonly role: Role
  /** Needed for a member of a VO, and for nobody else. */
  readonly vo?: string
  readonly expiresAt?: number
  readonly now: number
  readonly randomBytes: (count: number) => Uint8Array
}

export interface MintedToken {
  /** For its owner's eyes, once. */
  readonly secret: string
  readonly record: TokenRecord
}

const idBytes = 6
const secretBytes = 32
const shape = /^coppice_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/

export function mintToken(order: TokenOrder): MintedToken {
  const { name, role, vo, expiresAt, now, randomBytes } = order
  const needsVo = role === 'vo-member'
  if (needsVo !== (vo !== undefined))
    throw new Error(`a token of ${role} ${needsVo ? 'needs' : 'has no'} VO`)
  const id = Buffer.from(randomBytes(idBytes)).toString('hex')
  const secret = Buffer.from(randomBytes(secretBytes)).toString('base64url')
  const record = {
    id,
    name,
    hash: hashOf(secret).toString('hex'),
    role,
    ...(vo === undefined ? {} : { vo }),
    createdAt: now,
    ...(expiresAt === undefined ? {} : { expiresAt }),
  }
  return { secret: `coppice_${id}_${secret}`, record }
}

/** `undefined`: unknown, expired, revoked or no token at all; a client is not told which. */
export function principalOf(
  text: string,
  store: Pick<TokenStore, 'find'>,
  now: number,
): Principal | undefined {
  const [, id, secret] = shape.exec(text) ?? []
  if (id === undefined || secret === undefined) return undefined
  const record = store.find(id)
  // An unknown number takes the same time as a wrong secret.
  const isRight = timingSafeEqual(hashOf(secret), knownHash(record))
  if (!record || !isRight || !isLive(record, now)) return undefined
  const { name, role, vo } = record
  return { name, role, ...(vo === undefined ? {} : { vo }) }
}

export function isLive(record: TokenRecord, now: number): boolean {
  const hasExpired = record.expiresAt !== undefined && now >= record.expiresAt
  return record.revokedAt === undefined && !hasExpired
}

const hashBytes = 32

/** A stored hash that is damaged fits nothing. */
function knownHash(record: TokenRecord | undefined): Buffer {
  const hash = Buffer.from(record?.hash ?? '', 'hex')
  return hash.length === hashBytes ? hash : Buffer.alloc(hashBytes)
}

function hashOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}
