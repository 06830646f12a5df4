// Why this file exists: one job while it lives: its record as people see it, and the way to end it early.
import type { DnsName } from '#directory'
import type { ClusterRef, Plan } from '#vocluster'
import type { JobRecord } from './engine.ts'

/** cancelled: a person wants it to end. stopped: core ends, and the next one goes on. */
export type StopReason = 'cancelled' | 'stopped'

/** A plan that was booked with the job; good for as long as nobody else touched the VO. */
export interface FirstPlan {
  readonly plan: Plan
  readonly stamp: number
}

export class Job {
  record: JobRecord
  firstPlan: FirstPlan | undefined
  /** It goes on with what an earlier core, or an earlier round, began. */
  isContinuing: boolean
  fences = 0
  /** For how long each host has been away, as far as this job has looked. */
  readonly awayMs = new Map<DnsName, number>()
  readonly #abort = new AbortController()
  readonly #ended = Promise.withResolvers<void>()
  #stopReason: StopReason | undefined

  constructor(record: JobRecord, options: { readonly isContinuing: boolean }) {
    this.record = record
    this.isContinuing = options.isContinuing
  }

  get of(): ClusterRef {
    const { vo, cluster } = this.record
    return { vo, cluster }
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  get stopReason(): StopReason | undefined {
    return this.#stopReason
  }

  get ended(): Promise<void> {
    return this.#ended.promise
  }

  stop(reason: StopReason): void {
    this.#stopReason ??= reason
    this.#abort.abort()
  }

  end(): void {
    this.#ended.resolve()
  }
}
