// Why this file exists: tests of power wait for nothing: a pause is over at once and only moves the clock.
import type { PowerClock } from '#power'

/** Deadlines of sockets and processes stay real; the tests that need one choose it short. */
export function hurriedClock(): PowerClock {
  let now = 0
  return {
    now: () => now,
    pause: (milliseconds) => {
      now += milliseconds
      return new Promise((resolve) => setImmediate(resolve))
    },
    deadline: (milliseconds) => AbortSignal.timeout(milliseconds),
  }
}
