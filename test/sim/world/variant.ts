// Why this file exists: where the simulated wire can be broken on purpose. Whole in production, each of these is a place where
// somebody could go wrong.
import type { Snapshot } from '#directory'
import type { FeedMessage } from '#feed'
import type { BootFiles, Lease, LeaseBook, LeaseJournal, Stamp } from '#pxe'

export interface Variant {
  readonly journal?: (journal: LeaseJournal) => LeaseJournal
  /** What a new process makes of what it found. */
  readonly restore?: (found: readonly Lease[], now: Stamp, isTorn: boolean) => readonly Lease[]
  readonly book?: (book: LeaseBook) => LeaseBook
  /** What wire hears in place of a message; called for each of them in turn. */
  readonly feed?: () => (message: FeedMessage) => readonly FeedMessage[]
  /** What DHCP and DNS are answered from. */
  readonly shown?: () => (now: Snapshot) => Snapshot
  readonly zone?: () => (now: Snapshot) => Snapshot
  readonly tenant?: (view: Snapshot, whole: Snapshot) => Snapshot
  readonly files?: BootFiles
}
