// Why this file exists: all that an explanation is made of, as it is at one moment.
import type { Snapshot } from '#directory'
import type { BootFiles, LeaseBook, Stamp } from '#pxe'
import type { Picture } from '../picture.ts'
import type { LastSeen } from './last-seen.ts'
import type { ExplainedEnd } from './places.ts'

export interface Explaining {
  readonly picture: Picture
  readonly book: LeaseBook
  readonly now: Stamp
  readonly files: BootFiles
  readonly ends: readonly ExplainedEnd[]
  readonly lastSeen: LastSeen
  /** In place of what is served. */
  readonly instead?: Snapshot
}

export function snapshotOf({ instead, picture }: Explaining): Snapshot {
  return instead ?? picture.snapshot
}
