// Why this file exists: an entry may be served though something of it was left out. What that was is kept for `lint`.
import type { EntryId } from '#directory'
import type { PartChange } from '#ldap-sync'

/** What was left out of entries that are served all the same; `lint` shows it. */
export interface EntryNotes {
  readonly dn: string
  readonly notes: readonly string[]
}

export function keepNotes(batch: readonly PartChange[], kept: Map<EntryId, EntryNotes>): void {
  for (const change of batch) {
    if (change.kind === 'gone' || change.kind === 'laid') kept.delete(change.id)
    else if (change.kind === 'refused') kept.delete(change.item.id)
    else if (change.notes.length === 0) kept.delete(change.entry.id)
    else kept.set(change.entry.id, { dn: change.entry.dn, notes: change.notes })
  }
}
