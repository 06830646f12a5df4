// Why this file exists: a cluster file written for an older Coppice must go on working; each step from one version of
// the format to the next is a row here.
import type { Document } from 'yaml'

export interface FileMigration {
  /** What changed, in a few words. */
  readonly what: string
  /** Changes the tree in place, so that what it leaves alone keeps its line and column. */
  readonly change: (document: Document.Parsed) => void
}

/** The first leads from version 1 to 2, and so on. Version 1 is the first, so there is none yet. */
export const fileMigrations: readonly FileMigration[] = []

export function newestFileVersion(table: readonly FileMigration[]): number {
  return table.length + 1
}

/** The caller has checked that the version is one of ours. */
export function migrateFile(
  document: Document.Parsed,
  version: number,
  table: readonly FileMigration[],
): void {
  const due = table.slice(version - 1)
  for (const { change } of due) change(document)
  if (due.length > 0) document.set('version', newestFileVersion(table))
}
