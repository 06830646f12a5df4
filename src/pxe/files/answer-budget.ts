// Why this file exists: whoever asks for what is not there is told so, but a flood of such requests, or one whose sender
// is forged, must not become a flood of answers. Pure.
export const answersPerSecondMax = 2_000
export const answersPerAddressPerSecondMax = 100

export class AnswerBudget {
  #second = 0
  #all = 0
  /** As bounded as the answers are: forgotten every second. */
  readonly #each = new Map<string, number>()

  /** False: say nothing to this one now. */
  take(address: string, nowMillis: number): boolean {
    const second = Math.floor(nowMillis / 1_000)
    if (second !== this.#second) {
      this.#second = second
      this.#all = 0
      this.#each.clear()
    }
    const had = this.#each.get(address) ?? 0
    if (this.#all >= answersPerSecondMax || had >= answersPerAddressPerSecondMax) return false
    this.#all += 1
    this.#each.set(address, had + 1)
    return true
  }
}
