// Why this file exists: minutes of patience must pass in a moment, and in the same order each time. Time goes on only when
// nobody has anything left to do.
import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'

interface Timer {
  readonly at: number
  readonly number: number
  readonly fire: () => void
}

const turnsMax = 200_000

export class VirtualTime {
  #now = Date.UTC(2026, 10, 21)
  #numbers = 0
  #timers: Timer[] = []

  #wallAhead = 0

  /** The clock on the wall. */
  readonly now = (): number => this.#now + this.#wallAhead

  readonly pause = (milliseconds: number, signal?: AbortSignal): Promise<void> => {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    if (signal?.aborted === true) {
      reject(new Error('aborted'))
      return promise
    }
    this.#numbers += 1
    const timer = { at: this.#now + milliseconds, number: this.#numbers, fire: resolve }
    this.#timers.push(timer)
    signal?.addEventListener('abort', () => {
      this.#timers = this.#timers.filter((one) => one !== timer)
      reject(new Error('aborted'))
    })
    return promise
  }

  /** On the wall only: what is waited for comes as it would have. */
  jump(milliseconds: number): void {
    this.#wallAhead += milliseconds
  }

  /** Until the work is done; a rejection is its result too. */
  async settle<T>(work: Promise<T>): Promise<T> {
    const state = { isOver: false }
    const watched = work.finally(() => {
      state.isOver = true
    })
    watched.catch(() => {})
    await this.until(() => state.isOver)
    return watched
  }

  async until(isSo: () => boolean): Promise<void> {
    for (let turns = 0; turns < turnsMax; turns += 1) {
      await turn()
      if (isSo()) return
      const next = this.#next()
      assert.ok(next !== undefined, 'nobody has anything to do, and it is not so')
      this.#now = next.at
      next.fire()
    }
    assert.fail(`it was not so after ${turnsMax} turns`)
  }

  #next(): Timer | undefined {
    const next = this.#timers.reduce<Timer | undefined>((first, one) => {
      const isEarlier =
        first === undefined ||
        one.at < first.at ||
        (one.at === first.at && one.number < first.number)
      return isEarlier ? one : first
    }, undefined)
    this.#timers = this.#timers.filter((one) => one !== next)
    return next
  }
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
