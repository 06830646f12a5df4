// Why this file exists: the appliance makes the secrets of its directory itself; people and tools find them in files
// that only their owner can read.
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { Fault } from '#fault'

const secretBytes = 24

export function newSecret(): string {
  return randomBytes(secretBytes).toString('base64url')
}

/** Made once, then kept: tools and people have copies of it. */
export function ensureSecret(path: string): string {
  if (!existsSync(path)) {
    const fresh = `${path}.new`
    // No newline: `ldapsearch -y FILE` takes every byte of the file.
    writeFileSync(fresh, newSecret(), { mode: 0o600, flush: true })
    renameSync(fresh, path)
  }
  chmodSync(path, 0o600)
  const secret = readFileSync(path, 'utf8').trim()
  if (secret !== '') return secret
  throw new Fault('CPC-LDAP-011', {
    what: 'a secret of the embedded directory is empty',
    where: path,
    why: 'an empty secret would let anyone in',
    todo: 'remove the file; the next start makes a new secret',
  })
}
