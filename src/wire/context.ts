// Why this file exists: what every service of wire needs: where it serves, the time, the picture, the leases, and
// whom to tell what it saw.
import type { Settings } from '#config'
import type { Sighting, TransferSighting } from '#feed'
import type { HeldFiles, LeaseBook, LeaseJournal, Stamp } from '#pxe'
import type { LastSeen } from './explain/last-seen.ts'
import type { MaybePicture } from './picture.ts'
import type { Place } from './place.ts'

export interface WireContext {
  readonly settings: Settings
  readonly places: readonly Place[]
  readonly clock: () => Stamp
  readonly picture: () => MaybePicture
  readonly book: LeaseBook
  readonly journal: LeaseJournal
  readonly files: HeldFiles
  /** Resolves when the sighting is on the disk, or with false when it could not be written. Never rejects. */
  readonly report: (sighting: Sighting) => Promise<boolean>
  readonly onTransfer: (sighting: TransferSighting) => void
  /** For `explain`. */
  readonly lastSeen: LastSeen
  /** One more of it, by name: `dns answered`. */
  readonly count: (what: string) => void
  readonly log: (line: string) => void
}

export interface Closer {
  close(): Promise<void>
}
