// Why this file exists: a copy is written soon after a change, but never so often that leases wait for the disk because of
// it. It is what a restart begins with, not what anybody answers from.
const firstDelayMs = 2_000
const pauseMsMin = 30_000
/** Writing may take a tenth of the time at most. */
const pausesPerWrite = 10

export interface CopyRhythmParts {
  readonly save: () => Promise<void>
  readonly now: () => number
  readonly later: (milliseconds: number, action: () => void) => () => void
  readonly onTrouble: (reason: string) => void
}

export class CopyRhythm {
  readonly #parts: CopyRhythmParts
  #delayMs = firstDelayMs
  #stopTimer: (() => void) | undefined
  #saving: Promise<void> | undefined
  #hasNews = false

  constructor(parts: CopyRhythmParts) {
    this.#parts = parts
  }

  changed(): void {
    this.#hasNews = true
    if (this.#saving) return
    this.#stopTimer ??= this.#parts.later(this.#delayMs, () => {
      this.#stopTimer = undefined
      void this.#save()
    })
  }

  /** Writes what was not written yet. */
  async close(): Promise<void> {
    this.#stopTimer?.()
    await this.#saving
    this.#stopTimer?.()
    if (this.#hasNews) await this.#save()
    this.#stopTimer?.()
  }

  async #save(): Promise<void> {
    const { save, now, onTrouble } = this.#parts
    const began = now()
    this.#hasNews = false
    try {
      this.#saving = save()
      await this.#saving
    } catch (error) {
      onTrouble(error instanceof Error ? error.message : String(error))
      this.#hasNews = true
    }
    this.#saving = undefined
    this.#delayMs = Math.max(pauseMsMin, (now() - began) * pausesPerWrite)
    if (this.#hasNews) this.changed()
  }
}
