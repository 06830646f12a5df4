// Why this file exists: two jobs may want the same pool, or the same end of a network, at the same time. What one has made
// half would look broken to the other, so they take turns.
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>()

  /** Begins when all that was begun before under this name is over, however it ended. */
  take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(name) ?? Promise.resolve()
    const mine = before.then(work, work)
    const over = mine
      .catch(() => undefined)
      .then(() => {
        if (this.#last.get(name) === over) this.#last.delete(name)
      })
    this.#last.set(name, over)
    return mine
  }
}
