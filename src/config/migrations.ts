// Why this file exists: a configuration written for an older Coppice must go on working; each step from one version
// of the format to the next is a row here, tried on the files of the release that it comes from.
import type { Document } from 'yaml'

export interface Migration {
  /** What changed, in a few words; told when a file is brought up to date. */
  readonly what: string
  /** Changes the tree in place, so that what it leaves alone keeps its line and column. */
  readonly change: (document: Document.Parsed) => void
}

/** The first leads from version 1 to 2, the next from 2 to 3. Version 1 is the first, so there is none yet. */
export const migrations: readonly Migration[] = []

export function newestVersion(table: readonly Migration[]): number {
  return table.length + 1
}

/** What was changed; nothing for a file of today. The caller has checked that the version is one of ours. */
export function migrate(
  document: Document.Parsed,
  version: number,
  table: readonly Migration[],
): readonly string[] {
  const due = table.slice(version - 1)
  for (const { change } of due) change(document)
  if (due.length > 0) document.set('version', newestVersion(table))
  return due.map(({ what }) => what)
}
