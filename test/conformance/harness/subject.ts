// Why this file exists: what a server must say of itself to be judged by the battery: which RFCs it claims, and how it
// is started with the world of the cases.
import type { Claims } from './case.ts'
import type { Stage } from './stage.ts'

export interface Subject {
  readonly name: string
  readonly debianPackage: string
  /** All must be there. */
  readonly programs: readonly string[]
  /** It is asked only what it claims. */
  readonly claims: Claims
  /** It forgets what it offered, so two clients at once may be told of one address. */
  readonly oneAtATime?: true
  /** Resolves when it runs; whether it answers is then asked by the protocols themselves. */
  start(stage: Stage): Promise<Running>
}

export interface Running {
  stop(): Promise<void>
}
