// Why this file exists: each sighting is synced to disk, so a flood of bad requests must not become a flood of sightings.
/** Enough to see what is wrong; the count of the rest is in the next one. */
export const refusalsToldPerSecondMax = 10

export class RefusalBudget {
  #second = 0
  #told = 0
  #untold = 0

  /** How many were left out since the last one that was told; `undefined`: leave this one out too. */
  take(nowMillis: number): number | undefined {
    const second = Math.floor(nowMillis / 1_000)
    if (second !== this.#second) {
      this.#second = second
      this.#told = 0
    }
    if (this.#told >= refusalsToldPerSecondMax) {
      this.#untold += 1
      return undefined
    }
    this.#told += 1
    const untold = this.#untold
    this.#untold = 0
    return untold
  }
}
