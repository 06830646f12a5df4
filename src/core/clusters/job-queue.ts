// Why this file exists: jobs of one VO share its networks, so they come one after the other; VOs go side by side, but not
// all at once.
import type { Label } from '#directory'

export interface QueueLimits {
  readonly jobsAtOnceMax: number
  readonly jobsWaitingMax: number
}

interface Entry {
  readonly vo: Label
  readonly work: () => Promise<void>
}

export class JobQueue {
  readonly #limits: QueueLimits
  readonly #busy = new Set<Label>()
  /** How often something of the VO began or ended. */
  readonly #stamps = new Map<Label, number>()
  readonly #running = new Set<Promise<void>>()
  #waiting: readonly Entry[] = []

  constructor(limits: QueueLimits) {
    this.#limits = limits
  }

  get waiting(): number {
    return this.#waiting.length
  }

  isFull(): boolean {
    return this.waiting >= this.#limits.jobsWaitingMax
  }

  stamp(vo: Label): number {
    return this.#stamps.get(vo) ?? 0
  }

  /** Work must not reject: who does it says how it went. What comes back takes it out again, unless it was begun. */
  enter(vo: Label, work: () => Promise<void>): () => boolean {
    const entry: Entry = { vo, work }
    this.#waiting = [...this.#waiting, entry]
    this.#goOn()
    return () => {
      const before = this.waiting
      this.#waiting = this.#waiting.filter((one) => one !== entry)
      return this.waiting < before
    }
  }

  /** Nothing runs and nothing waits. */
  async quiet(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }

  #goOn(): void {
    for (const entry of this.#waiting) {
      if (this.#busy.size >= this.#limits.jobsAtOnceMax) return
      if (this.#busy.has(entry.vo)) continue
      this.#waiting = this.#waiting.filter((one) => one !== entry)
      const running = this.#run(entry)
      this.#running.add(running)
      void running.finally(() => this.#running.delete(running))
    }
  }

  async #run({ vo, work }: Entry): Promise<void> {
    this.#busy.add(vo)
    this.#count(vo)
    try {
      await work()
    } finally {
      this.#busy.delete(vo)
      this.#count(vo)
      this.#goOn()
    }
  }

  #count(vo: Label): void {
    this.#stamps.set(vo, this.stamp(vo) + 1)
  }
}
