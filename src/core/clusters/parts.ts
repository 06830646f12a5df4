// Why this file exists: all that the engine needs of the world, so that a test can be one.
import type { DnsName, Ip4, Label, Snapshot } from '#directory'
import type { CoreStore } from '#store'
import type { Digest, ImageFact, Place } from '#vocluster'
import type { ClusterHands } from './hands.ts'
import type { EngineLimits } from './limits.ts'

export type EngineStore = Pick<
  CoreStore,
  'clusters' | 'jobs' | 'reservations' | 'vcnLives' | 'vcnMarks' | 'together'
>

export interface EngineParts {
  readonly hands: ClusterHands
  readonly store: EngineStore
  readonly snapshot: () => Snapshot
  /** That the VO may use. */
  readonly images: (vo: Label) => readonly ImageFact[]
  /** Our end of every VO's network. */
  readonly applianceTunnel: Ip4
  readonly isTaken: (address: Ip4) => boolean
  readonly digest: Digest
  readonly place: Place
  /** Known without asking it: its steps are not waited for while it is not. */
  readonly isReady: (host: DnsName) => boolean
  /** Wall clock, milliseconds: for marks and records, never for waiting. */
  readonly now: () => number
  /** May reject when it is aborted. */
  readonly pause: (milliseconds: number, signal: AbortSignal) => Promise<void>
  readonly newId: () => string
  readonly tell: (kind: string, subject: string, text: string) => void
  /** The cluster is gone. Called within the store's transaction. */
  readonly forgetKeys: (vo: Label, cluster: Label) => void
  /** An error that nobody expects ended a job: the log should have all of it. */
  readonly onBug: (error: unknown) => void
  readonly limits?: Partial<EngineLimits>
}
