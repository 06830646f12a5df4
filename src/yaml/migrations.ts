// Why this file exists: a file written for an older Coppice must go on working; its owner lists the steps from one
// version of its format to the next, and these take them.
import type { Document } from 'yaml'

export interface Migration {
  /** What changed, in a few words. */
  readonly what: string
  /** Changes the tree in place, so that what it leaves alone keeps its line and column. */
  readonly change: (document: Document.Parsed) => void
}

/** The first of a table leads from version 1 to 2, the next from 2 to 3. */
export function newestVersion(table: readonly Migration[]): number {
  return table.length + 1
}

/** The caller has checked that the version is one of ours. */
export function migrate(
  document: Document.Parsed,
  version: number,
  table: readonly Migration[],
): void {
  const due = table.slice(version - 1)
  for (const { change } of due) change(document)
  if (due.length > 0) document.set('version', newestVersion(table))
}
