// Why this file exists: tests against a real counterpart say which Debian package they need, and are skipped by name.
import { existsSync } from 'node:fs'

/** Spread into a test's options: `test('…', { ...needs('slapd', '/usr/sbin/slapd') }, …)`. */
export function needs(debianPackage: string, ...programs: readonly string[]): { skip?: string } {
  const absent = programs.some((program) => !existsSync(program))
  return absent ? { skip: `needs the Debian package ${debianPackage}` } : {}
}

/** Namespaces, raw sockets and ports under 1024 want root. */
export function needsRoot(): { skip?: string } {
  return process.getuid?.() === 0 ? {} : { skip: 'needs root' }
}
