// Why this file exists: what arrives by itself (events, console output) must wait for its reader somewhere without
// holding up the answers to requests.

type End = { readonly kind: 'finished' } | { readonly kind: 'failed'; readonly error: Error }

/** For one reader. Who puts things in watches `size`: the bound is his, and so is what happens at it. */
export class Mailbox<T> implements AsyncIterable<T> {
  #waiting: T[] = []
  #end: End | undefined
  #changed = Promise.withResolvers<void>()

  get size(): number {
    return this.#waiting.length
  }

  put(value: T): void {
    if (this.#end !== undefined) return
    this.#waiting.push(value)
    this.#changed.resolve()
  }

  clear(): void {
    this.#waiting = []
  }

  /** The reader gets what is waiting, then the end. */
  finish(): void {
    this.#close({ kind: 'finished' })
  }

  /** The reader gets what is waiting, then the error. */
  fail(error: Error): void {
    this.#close({ kind: 'failed', error })
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      for (const value of this.#waiting.splice(0, 1)) yield value
      if (this.#waiting.length > 0) continue
      if (this.#end?.kind === 'failed') throw this.#end.error
      if (this.#end?.kind === 'finished') return
      await this.#changed.promise
      this.#changed = Promise.withResolvers()
    }
  }

  #close(end: End): void {
    this.#end ??= end
    this.#changed.resolve()
  }
}
