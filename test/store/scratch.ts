// Why this file exists: each test of the store works in a folder of its own that is gone afterwards.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'

export function scratchFolder(context: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'coppice-store-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A wall clock that stands still. */
export const now = () => Date.UTC(2026, 10, 21)
