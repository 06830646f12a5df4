// Why this file exists: the authority is two small files. A key that others may read, or that does not fit its
// certificate, must stop the start: what it signed would be worth nothing.
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { Fault } from '#fault'

export type AuthorityFiles =
  | { readonly kind: 'none' }
  /** The start was interrupted between the two. */
  | { readonly kind: 'key-only'; readonly key: KeyObject }
  | { readonly kind: 'both'; readonly key: KeyObject; readonly certificate: Uint8Array }

const names = { key: 'ca.key', certificate: 'ca.pem' } as const

export function readAuthorityFiles(dir: string): AuthorityFiles {
  const keyPath = join(dir, names.key)
  const certificatePath = join(dir, names.certificate)
  const hasCertificate = existsSync(certificatePath)
  if (!existsSync(keyPath)) {
    if (hasCertificate) throw unusable(keyPath, 'the certificate is there, but its key is not')
    return { kind: 'none' }
  }
  if ((statSync(keyPath).mode & 0o077) !== 0) {
    throw unusable(keyPath, 'others than its owner may use the key')
  }
  const key = parse(keyPath, createPrivateKey)
  if (!hasCertificate) return { kind: 'key-only', key }
  const certificate = parse(certificatePath, (text) => new X509Certificate(text))
  if (!certificate.checkPrivateKey(key)) {
    throw unusable(certificatePath, 'the certificate belongs to another key')
  }
  return { kind: 'both', key, certificate: certificate.raw }
}

/** Whole and synced, or not there at all. */
export function writeAuthorityFile(
  dir: string,
  which: keyof typeof names,
  content: string | Buffer,
): void {
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const path = join(dir, names[which])
  const unfinished = `${path}.unfinished`
  rmSync(unfinished, { force: true })
  const mode = which === 'key' ? 0o600 : 0o644
  writeFileSync(unfinished, content, { flag: 'wx', mode, flush: true })
  renameSync(unfinished, path)
  const folder = openSync(dir, 'r')
  fsyncSync(folder)
  closeSync(folder)
}

function parse<T>(path: string, read: (text: string) => T): T {
  try {
    return read(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw unusable(path, cause instanceof Error ? cause.message : String(cause), cause)
  }
}

function unusable(path: string, why: string, cause?: unknown): Fault {
  return new Fault(
    'CPC-TLS-001',
    {
      what: "the appliance's certificate authority cannot be used",
      where: path,
      why,
      todo: 'restore the folder from a backup and run chmod 600 on the key',
    },
    { cause },
  )
}
