// Why this file exists: the password of the bind DN is read from its file at each connection, so that a changed one
// needs no restart; an empty one is never used.
import { readFileSync } from 'node:fs'
import { Fault } from '#fault'
import type { Credentials } from './sync/session.ts'

export interface SecretPlace {
  readonly bindDn?: string
  readonly secretFile?: string
}

export function credentialsOf({ bindDn, secretFile }: SecretPlace): Credentials | undefined {
  if (bindDn === undefined) return undefined
  return { bindDn, secret: () => readSecret(secretFile ?? '') }
}

function readSecret(path: string): string {
  let secret = ''
  try {
    secret = readFileSync(path, 'utf8').trimEnd()
  } catch (error) {
    throw noSecret(path, error instanceof Error ? error.message : String(error))
  }
  // RFC 4513 5.1.2: a name with an empty password is let in, as nobody.
  if (secret === '') throw noSecret(path, 'the file is empty')
  return secret
}

function noSecret(path: string, why: string): Fault {
  return new Fault('CPC-LDAP-009', {
    what: 'the secret for the directory cannot be read',
    where: path === '' ? 'directory.secretFile' : path,
    why,
    todo: 'set directory.secretFile to a file that the appliance may read',
  })
}
