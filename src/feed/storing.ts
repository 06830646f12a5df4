// Why this file exists: what wire saw is stored one group after the other, each when the disk has the one before, so that
// an acknowledged sighting has none before it that was lost.
import type { NumberedSighting } from './wire-end.ts'

export interface StoringParts {
  /** Resolves when all of them are on the disk. */
  readonly store: (sightings: readonly NumberedSighting[]) => Promise<void>
  readonly stored: (seq: number) => void
  readonly failed: (reason: string) => void
}

/** Of one connection. */
export class Storing {
  readonly #parts: StoringParts
  /** At most as many as wire sends without an answer. */
  #waiting: NumberedSighting[] = []
  #isAtWork = false

  constructor(parts: StoringParts) {
    this.#parts = parts
  }

  take(sighting: NumberedSighting): void {
    this.#waiting.push(sighting)
    if (this.#isAtWork) return
    this.#isAtWork = true
    // After what else has arrived by now: all of it is one write, and a change of the directory goes before it.
    setImmediate(() => void this.#work())
  }

  async #work(): Promise<void> {
    const { store, stored, failed } = this.#parts
    try {
      while (this.#waiting.length > 0) {
        const group = this.#waiting
        this.#waiting = []
        await store(group)
        stored(group.at(-1)?.seq ?? 0)
      }
    } catch (error) {
      this.#waiting = []
      failed(`sightings could not be stored: ${String(error)}`)
    }
    this.#isAtWork = false
  }
}
