// Why this file exists: what core tells wire keeps its order while a long story is told at the pace of the listener, and
// core goes on with its work between the parts of it.
import { setImmediate as turn } from 'node:timers/promises'
import type { FeedConnection } from './connection.ts'

/** Stories that wait behind a long one. A peer that far behind gets a fresh snapshot after it has reconnected. */
export const storiesWaitingMax = 10_000

export class Outgoing<Message> {
  readonly #connection: FeedConnection<Message>
  #waiting: Iterable<Message>[] = []
  #isTelling = false

  constructor(connection: FeedConnection<Message>) {
    this.#connection = connection
  }

  /** What is one message goes out at once when nothing waits before it. */
  send(story: Iterable<Message>): void {
    if (this.#waiting.length >= storiesWaitingMax)
      this.#connection.close('the other process does not read')
    this.#waiting.push(story)
    if (!this.#isTelling) void this.#tell()
  }

  async #tell(): Promise<void> {
    this.#isTelling = true
    for (let story = this.#waiting.shift(); story !== undefined; story = this.#waiting.shift()) {
      let isFirst = true
      for (const message of story) {
        // Between two parts both the peer and our own loop have their turn.
        if (!isFirst) await Promise.all([turn(), this.#connection.drained()])
        isFirst = false
        this.#connection.send(message)
      }
    }
    this.#isTelling = false
  }
}
