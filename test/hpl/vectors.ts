// Why this file exists: outputs of real runs are read by several tests, in one way.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type HplReport, readOutput } from '#hpl'

export function vectorPath(name: string): string {
  return join(import.meta.dirname, '../vectors/hpl', name)
}

export function vector(name: string): string {
  return readFileSync(vectorPath(name), 'latin1')
}

export function reportOf(text: string): HplReport {
  const read = readOutput(text)
  assert.ok(read.ok)
  return read.value
}
