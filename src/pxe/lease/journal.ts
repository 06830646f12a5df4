// Why this file exists: a promise is on disk before the client hears it. What keeps it there (SQLite, a fake, one
// that fails on purpose) is none of DHCP's business.
import type { Lease, LeaseChange } from './lease.ts'

/**
 * Changes MUST be stored in the order in which they were appended. `append` MUST resolve only when its changes
 * survive a power cut, and SHOULD share one sync with others that are waiting. After a failed `append` none or all
 * of its changes are stored, and later ones may succeed again.
 */
export interface LeaseJournal {
  append(changes: readonly LeaseChange[]): Promise<void>
  /** What all changes so far come to: at most one lease per address. */
  load(): Promise<readonly Lease[]>
}
