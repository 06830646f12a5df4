// Why this file exists: deadlines and pauses go through a clock that comes from outside, so that no test waits.
export interface Clock {
  /** Wall time in milliseconds. */
  now(): number
  /** Runs once, later; the answer takes it back. */
  after(millis: number, run: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  after(millis, run) {
    const timer = setTimeout(run, millis)
    return () => clearTimeout(timer)
  },
}
