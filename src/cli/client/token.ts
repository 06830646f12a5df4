// Why this file exists: a token comes from the environment or from a file of its owner, never from the command line,
// where every user of the machine could read it.
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { CliIo } from '../io.ts'

const othersMayRead = 0o044

export function readToken({ env, home, err }: CliIo): string | undefined {
  const named = env['COPPICE_TOKEN']?.trim()
  if (named) return named
  const file = join(home, '.config', 'coppice', 'token')
  try {
    const token = readFileSync(file, 'utf8').trim()
    if ((statSync(file).mode & othersMayRead) !== 0) {
      err(`warning: others may read ${file}; take that away with: chmod 600 ${file}`)
    }
    return token === '' ? undefined : token
  } catch {
    return undefined // without a token the local socket still knows us, and the API says what is missing
  }
}
