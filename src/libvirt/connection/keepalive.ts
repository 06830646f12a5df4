// Why this file exists: a host that hangs keeps its TCP connection open for hours. Only questions that stay without an
// answer tell, so that what waits for the host can be given up.
import type { Timers } from './timers.ts'

export interface KeepaliveSettings {
  readonly intervalMs: number
  /** How many questions in a row may stay unanswered. */
  readonly unansweredMax: number
}

/** libvirt's own defaults: a dead host is noticed after 30 s. */
export const keepaliveDefaults: KeepaliveSettings = { intervalMs: 5000, unansweredMax: 5 }

export interface KeepaliveOwner {
  ping(): void
  dead(unansweredCount: number): void
  /** False while we ourselves do not read: silence then is ours. */
  isListening(): boolean
}

export class Keepalive implements Disposable {
  readonly #timers: Timers
  readonly #settings: KeepaliveSettings
  readonly #owner: KeepaliveOwner
  #unanswered = 0
  #timer: Disposable | undefined

  constructor(timers: Timers, settings: KeepaliveSettings, owner: KeepaliveOwner) {
    this.#timers = timers
    this.#settings = settings
    this.#owner = owner
    this.#wait()
  }

  /** Any frame is a sign of life. */
  heard(): void {
    this.#unanswered = 0
  }

  [Symbol.dispose](): void {
    this.#timer?.[Symbol.dispose]()
  }

  #wait(): void {
    this.#timer = this.#timers.after(this.#settings.intervalMs, () => this.#ask())
  }

  #ask(): void {
    if (!this.#owner.isListening()) this.#unanswered = 0
    if (this.#unanswered >= this.#settings.unansweredMax) return this.#owner.dead(this.#unanswered)
    this.#unanswered++
    this.#owner.ping()
    this.#wait()
  }
}
