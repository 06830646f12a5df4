// Why this file exists: whoever is root in a virtual node may send as fast as it can; what it gets of wire's time is
// bounded, so that machines which boot are answered all the same. Pure.

export interface Rate {
  /** Counts one; false when there were too many. Each of them asks again. */
  readonly admits: (nowMs: number) => boolean
}

/** `burst` at once, then so many a second. */
export function rateOf(perSecond: number, burst: number): Rate {
  let left = burst
  let reckonedMs: number | undefined
  return {
    admits(nowMs) {
      const gained = (Math.max(0, nowMs - (reckonedMs ?? nowMs)) / 1_000) * perSecond
      reckonedMs = nowMs
      left = Math.min(burst, left + gained)
      if (left < 1) return false
      left -= 1
      return true
    },
  }
}
