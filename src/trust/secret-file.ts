// Why this file exists: a secret that everybody on the machine can read, or that is empty, is none (HOSTILE 64, 66).
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs'
import { Fault } from '#fault'
import { Secret } from './secret.ts'

const secretBytesMax = 4096
const groupAndOthers = 0o077

/** The file's content without the line's end. */
export function readSecretFile(path: string): Secret {
  const file = openSecret(path)
  try {
    // Looked at through the open file, so that what is checked is what is read.
    const { mode, size } = fstatSync(file)
    if ((mode & 0o170_000) !== 0o100_000) throw refused(path, 'it is no regular file')
    if ((mode & groupAndOthers) !== 0) throw refused(path, 'others than its owner may use it')
    if (size > secretBytesMax) throw refused(path, `it is longer than ${secretBytesMax} bytes`)
    const text = readFileSync(file, 'utf8').replace(/\r?\n$/, '')
    if (text.trim() === '') throw refused(path, 'it is empty')
    if (/[\0\r\n]/.test(text)) throw refused(path, 'it has more than one line')
    return new Secret(text)
  } finally {
    closeSync(file)
  }
}

function openSecret(path: string): number {
  try {
    return openSync(path, 'r')
  } catch (cause) {
    throw refused(path, cause instanceof Error ? cause.message : String(cause), cause)
  }
}

function refused(path: string, why: string, cause?: unknown): Fault {
  return new Fault(
    'CPC-TLS-003',
    {
      what: 'a secret was not read',
      where: path,
      why,
      todo: `write the secret into the file, on one line, and run: chmod 600 ${path}`,
    },
    { cause },
  )
}
