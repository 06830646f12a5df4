// Why this file exists: a core can be killed between any two things that it does. This counts them, and ends it at one.

export class CoreLife {
  #left: number
  /** Everything that was counted. */
  steps = 0

  constructor(killAt = Infinity) {
    this.#left = killAt
  }

  get isDead(): boolean {
    return this.steps >= this.#left
  }

  /** From now on nothing of it reaches anybody. */
  kill(): void {
    this.#left = 0
  }

  /** Never comes back when it was killed here or before. */
  async passes(): Promise<void> {
    this.#count()
    if (this.isDead) await new Promise(() => {})
  }

  /** For what cannot wait: a dead core writes nothing. */
  demand(): void {
    this.#count()
    if (this.isDead) throw new Error('core was killed here')
  }

  #count(): void {
    if (!this.isDead) this.steps += 1
  }
}
