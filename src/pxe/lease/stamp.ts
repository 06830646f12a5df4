// Why this file exists: wall clocks jump by years when a battery is dead (HOSTILE 36). A stamp says when something
// was in a way that survives that: within one boot of the appliance the monotonic clock counts, and only across
// boots the wall clock, with doubt.

export interface Stamp {
  /** Milliseconds since 1970, as far as anybody knows. */
  readonly wallMs: number
  /** Milliseconds since the machine started; never jumps, means nothing after a reboot. */
  readonly monotonicMs: number
  /** The kernel's boot id. */
  readonly bootId: string
}

/** Two clocks that disagree by this much are not drifting: one was set. */
const jumpMsMin = 5_000
/** The appliance may have been off for a while; for longer than this, its clock is the likelier culprit. */
const offMsMax = 30 * 86_400_000

/** Never negative: a clock that was set back makes nothing younger than new. */
export function elapsedMs(since: Stamp, now: Stamp): number {
  const sameBoot = since.bootId === now.bootId
  const elapsed = sameBoot ? now.monotonicMs - since.monotonicMs : now.wallMs - since.wallMs
  return Math.max(0, elapsed)
}

/** By how much the wall clock was set while we ran; 0 when it only drifted. */
export function clockJumpMs(before: Stamp, now: Stamp): number {
  if (before.bootId !== now.bootId) return 0
  const jump = now.wallMs - before.wallMs - (now.monotonicMs - before.monotonicMs)
  return Math.abs(jump) < jumpMsMin ? 0 : jump
}

/** Whether a stamp of an earlier boot tells nothing: it lies in the future, or too far back. */
export function isDoubtful(stamp: Stamp, now: Stamp): boolean {
  if (stamp.bootId === now.bootId) return false
  const elapsed = now.wallMs - stamp.wallMs
  return elapsed < -jumpMsMin || elapsed > offMsMax
}
