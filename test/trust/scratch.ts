// Why this file exists: tests of trust write keys; each gets a folder that is gone afterwards, and one authority
// serves all tests of a file, because making a key is the slow part.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'

/** Gone when the file's tests are done. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-trust-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export const openssl = '/usr/bin/openssl'

/** What it printed, on both streams; throws when it fails. */
export function run(program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
}
