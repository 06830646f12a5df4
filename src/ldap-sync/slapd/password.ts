// Why this file exists: no password lies on the disk as it was typed, neither the appliance's own nor those of people,
// and slapd must be able to check what we hash.
import { argon2Sync, createHash, randomBytes } from 'node:crypto'

/**
 * RFC 9106 where slapd has the module (it makes Argon2i and checks Argon2id as well), else what every slapd has
 * built in.
 */
export type PasswordScheme = 'argon2' | 'salted-sha1'

export interface Argon2Cost {
  readonly memoryKib: number
  readonly passes: number
}

/** OWASP's choice for what people think of; four at once, as many as slapd works on, take 48 MiB. */
export const peoplesCost: Argon2Cost = { memoryKib: 12_288, passes: 3 }
/** A secret of 192 random bits is safe by itself, and programs sign in with it all day. */
const generatedCost: Argon2Cost = { memoryKib: 4_096, passes: 1 }

const nonceBytes = 16
const tagBytes = 32

export function hashGenerated(secret: string, scheme: PasswordScheme): string {
  return scheme === 'argon2' ? argon2(secret, generatedCost) : saltedSha1(secret)
}

/** A password of a person that an earlier release stored in the clear. */
export function hashPeoples(password: string, scheme: PasswordScheme): string {
  return scheme === 'argon2' ? argon2(password, peoplesCost) : saltedSha1(password)
}

/** RFC 2307 5.3: `{SCHEME}` and what the scheme makes of it. */
export function isHashed(stored: string): boolean {
  return /^\{[A-Za-z0-9_./-]+\}/.test(stored)
}

/** In the form that all implementations read: `$argon2id$v=19$m=…,t=…,p=1$NONCE$TAG`. */
function argon2(message: string, { memoryKib, passes }: Argon2Cost): string {
  const nonce = randomBytes(nonceBytes)
  const parameters = { message, nonce, parallelism: 1, tagLength: tagBytes }
  const tag = argon2Sync('argon2id', { ...parameters, memory: memoryKib, passes })
  const cost = `m=${memoryKib},t=${passes},p=1`
  return `{ARGON2}$argon2id$v=19$${cost}$${unpadded(nonce)}$${unpadded(tag)}`
}

function saltedSha1(text: string): string {
  const salt = randomBytes(nonceBytes)
  const digest = createHash('sha1').update(text).update(salt).digest()
  return `{SSHA}${Buffer.concat([digest, salt]).toString('base64')}`
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '')
}
