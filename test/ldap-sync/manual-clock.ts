// Why this file exists: minutes of silence and growing pauses must be tested without waiting for them.
import type { Clock } from '#ldap-sync'

export class ManualClock implements Clock {
  #now = 1_700_000_000_000
  readonly #timers = new Set<{ readonly at: number; readonly run: () => void }>()

  now(): number {
    return this.#now
  }

  after(millis: number, run: () => void): () => void {
    const timer = { at: this.#now + millis, run }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }

  /** Milliseconds until the next timer; `undefined` without one. */
  get untilNext(): number | undefined {
    const times = [...this.#timers].map(({ at }) => at - this.#now)
    return times.length === 0 ? undefined : Math.min(...times)
  }

  advance(millis: number): void {
    this.#now += millis
    const due = [...this.#timers].filter(({ at }) => at <= this.#now)
    for (const timer of due) {
      // An earlier one may have taken it back.
      if (!this.#timers.delete(timer)) continue
      timer.run()
    }
  }
}
