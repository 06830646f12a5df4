// Why this file exists: deadlines and keepalive are time, and time is an argument, so that tests need not wait.

export interface Timers {
  /** Runs once after that time, unless it is disposed of before. */
  after(delayMs: number, run: () => void): Disposable
}

export const systemTimers: Timers = {
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs)
    return { [Symbol.dispose]: () => clearTimeout(timer) }
  },
}
