// Why this file exists: a case that fails has a written reason, and one that has a reason fails: both are checked.
import { knownGaps } from './known-gaps.table.ts'
import { peers } from './peers.table.ts'

/** `undefined`: it must pass. */
export function reasonFor(subject: string, says: string): string | undefined {
  return (subject === 'coppice' ? knownGaps : peers[subject])?.[says]
}
