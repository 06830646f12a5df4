// Why this file exists: a forged source makes us send to a victim. Whoever is on one of our networks could reach that
// victim directly; strangers are answered so many times a second, and then only told to come by TCP.

/** Counts per /24, for whoever can forge one address can forge its neighbours. */
export const strangerAnswersPerSecondMax = 100
export const strangersMax = 4_096
const windowMs = 1_000

export interface Frequency {
  /** Counts one question; `source` is an address as a number. */
  isTooOften(source: number, nowMs: number): boolean
}

/** A new second begins with an empty table, so the table never outgrows one second's strangers. */
export function createFrequency(): Frequency {
  const asked = new Map<number, number>()
  let windowStartMs = 0
  return {
    isTooOften(source, nowMs) {
      if (nowMs - windowStartMs >= windowMs) {
        asked.clear()
        windowStartMs = nowMs
      }
      const neighbourhood = source >>> 8
      const times = (asked.get(neighbourhood) ?? 0) + 1
      if (times === 1 && asked.size >= strangersMax) return true
      asked.set(neighbourhood, times)
      return times > strangerAnswersPerSecondMax
    },
  }
}
