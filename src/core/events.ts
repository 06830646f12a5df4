// Why this file exists: what happens is told once, to the log and to whoever listens, and the last of it is kept for
// those who come later.
import type { EventView } from '#api'

export const eventsKeptMax = 1_000
export const listenersMax = 100

export class EventHub {
  readonly #now: () => number
  readonly #log: (line: string) => void
  readonly #kept: EventView[] = []
  readonly #listeners = new Set<(event: EventView) => void>()

  constructor(now: () => number, log: (line: string) => void) {
    this.#now = now
    this.#log = log
  }

  tell(kind: string, subject: string, text: string): void {
    const event = { at: new Date(this.#now()).toISOString(), kind, subject, text }
    this.#log(`${kind} ${subject}: ${text}`)
    this.#kept.push(event)
    if (this.#kept.length > eventsKeptMax) this.#kept.shift()
    for (const listener of this.#listeners) listener(event)
  }

  listen(listener: (event: EventView) => void, signal: AbortSignal): void {
    for (const event of this.#kept) listener(event)
    if (this.#listeners.size >= listenersMax || signal.aborted) return
    this.#listeners.add(listener)
    signal.addEventListener('abort', () => this.#listeners.delete(listener), { once: true })
  }
}
