// Why this file exists: uploads arrive side by side, but what is published or removed goes one after another, and neither
// queue is without end.
import { busy } from './faults.ts'

/** One at a time, in the order of asking. */
export class Turn {
  readonly #waitingMax: number
  #waiting = 0
  #last: Promise<unknown> = Promise.resolve()

  constructor(waitingMax: number) {
    this.#waitingMax = waitingMax
  }

  async take<T>(act: () => Promise<T>): Promise<T> {
    if (this.#waiting >= this.#waitingMax) {
      throw busy(`${this.#waitingMax} changes of the image store wait already`)
    }
    this.#waiting += 1
    const turn = this.#last.then(act, act)
    // Whoever waits for us goes on however we end; how we end is told to our caller alone.
    this.#last = turn.catch(() => undefined)
    try {
      return await turn
    } finally {
      this.#waiting -= 1
    }
  }
}

export interface SlotLimits {
  readonly totalMax: number
  readonly perOwnerMax: number
}

/** So many at a time, and so many for one owner; who comes too many is sent away. */
export class Slots {
  readonly #limits: SlotLimits
  readonly #owners: string[] = []

  constructor(limits: SlotLimits) {
    this.#limits = limits
  }

  enter(owner: string): Disposable {
    const { totalMax, perOwnerMax } = this.#limits
    if (this.#owners.length >= totalMax) throw busy(`${totalMax} uploads are under way`)
    const own = this.#owners.filter((one) => one === owner).length
    if (own >= perOwnerMax) throw busy(`${perOwnerMax} uploads of ${owner} are under way`)
    this.#owners.push(owner)
    return { [Symbol.dispose]: () => this.#owners.splice(this.#owners.indexOf(owner), 1) }
  }
}
