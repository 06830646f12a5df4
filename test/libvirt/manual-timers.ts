// Why this file exists: keepalive and deadlines are tested in no time at all.
import type { Timers } from '../../src/libvirt/connection/timers.ts'

export class ManualTimers implements Timers {
  #now = 0
  #timers: { readonly at: number; readonly run: () => void }[] = []

  get pending(): number {
    return this.#timers.length
  }

  after(delayMs: number, run: () => void): Disposable {
    const timer = { at: this.#now + delayMs, run }
    this.#timers.push(timer)
    return { [Symbol.dispose]: () => this.#remove(timer) }
  }

  /** Runs what becomes due, in order. */
  pass(delayMs: number): void {
    const end = this.#now + delayMs
    for (;;) {
      const next = this.#timers.toSorted((a, b) => a.at - b.at)[0]
      if (next === undefined || next.at > end) break
      this.#now = next.at
      this.#remove(next)
      next.run()
    }
    this.#now = end
  }

  #remove(timer: { readonly at: number }): void {
    this.#timers = this.#timers.filter((other) => other !== timer)
  }
}
