// Why this file exists: a case that fails has a written reason, and one that has a reason fails: both are checked.
import { knownGaps } from './known-gaps.table.ts'
import { peers } from './peers.table.ts'

export interface Reason {
  readonly reason: string
  readonly cases: readonly string[]
  /** Of a peer only: now it passes, now it does not, so it is not asked. */
  readonly wavers?: true
}

/** A peer that claims an RFC keeps at least four fifths of it, or the battery is wrong. */
export const keptMin = 0.8

export type Reasons = readonly Reason[]

export function reasonsOf(subject: string): Reasons {
  return (subject === 'coppice' ? knownGaps : peers[subject]) ?? []
}

/** `undefined`: it must pass. */
export function reasonFor(subject: string, says: string): Reason | undefined {
  return reasonsOf(subject).find(({ cases }) => cases.includes(says))
}
