// Why this file exists: the simulation's only time: what is to happen lies in one queue, in the order of time and then of its
// coming, and everything that one event leads to is over before the next begins.
import { setImmediate as turn } from 'node:timers/promises'

interface Event {
  readonly at: number
  readonly act: () => void
  isCancelled: boolean
}

export type Cancel = () => void

export class Loop {
  /** Milliseconds of true time, which nobody in the simulation can see. */
  now = 0
  /** In the order in which they happen. */
  readonly #queue: Event[] = []
  #isStopped = false

  after(millis: number, act: () => void): Cancel {
    const event: Event = { at: this.now + Math.max(0, millis), act, isCancelled: false }
    this.#queue.splice(this.#placeOf(event.at), 0, event)
    return () => {
      event.isCancelled = true
    }
  }

  every(millis: number, act: () => void): Cancel {
    let isOver = false
    const again = (): void => {
      if (isOver) return
      act()
      this.after(millis, again)
    }
    this.after(millis, again)
    return () => {
      isOver = true
    }
  }

  wait(millis: number): Promise<void> {
    return new Promise((resolve) => void this.after(millis, resolve))
  }

  /** Nothing happens any more. */
  stop(): void {
    this.#isStopped = true
  }

  async run(untilMillis: number): Promise<void> {
    for (let next = this.#queue.shift(); next && !this.#isStopped; next = this.#queue.shift()) {
      if (next.at > untilMillis) break
      if (next.isCancelled) continue
      this.now = next.at
      next.act()
      // Promises and streams have come to rest when this resolves.
      await turn()
    }
  }

  #placeOf(at: number): number {
    let low = 0
    let high = this.#queue.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#queue[middle]?.at ?? 0) <= at) low = middle + 1
      else high = middle
    }
    return low
  }
}
