// Why this file exists: the last good copy is written soon after a change, but never so often that writing it is what
// the appliance does most.
import type { Clock } from './client/clock.ts'
import { type Copy, type LoadedCopy, loadCopy, saveCopy } from './copy.ts'

/** A large tree is copied less often: writing may take a tenth of the time at most. */
const delayMillisMin = 2_000
const pausesPerWrite = 10
/** A quiet directory is confirmed again and again; the age of its copy must not grow meanwhile. */
const confirmedMillisMax = 15 * 60_000

export interface CopyEvents {
  /** What is to be written now; absent when there is nothing good to write. */
  readonly content: () => Copy | undefined
  /** The content has been taken. What it returns is called when that is on the disk. */
  readonly taken: () => () => void
  /** On trouble, and at its end. */
  readonly changed: () => void
}

export class CopyKeeper {
  readonly #path: string
  readonly #clock: Clock
  readonly #events: CopyEvents
  #stopTimer: (() => void) | undefined
  #saving: Promise<void> | undefined
  #unsaved = false
  #delayMillis = delayMillisMin
  #savedAt: number | undefined
  #trouble: string | undefined

  constructor(path: string, clock: Clock, events: CopyEvents) {
    this.#path = path
    this.#clock = clock
    this.#events = events
  }

  /** Why it could not be read or written. */
  get trouble(): string | undefined {
    return this.#trouble
  }

  /** Wall clock of when the server last confirmed what is in the copy on disk. */
  get savedAt(): number | undefined {
    return this.#savedAt
  }

  load(): LoadedCopy {
    const loaded = loadCopy(this.#path)
    if (loaded.kind === 'damaged') this.#trouble = `the last copy is damaged: ${loaded.why}`
    if (loaded.kind === 'loaded') this.#savedAt = loaded.copy.heardAt
    return loaded
  }

  /** The server was heard, and nothing is new. */
  confirm(): void {
    if (this.#savedAt !== undefined && this.#clock.now() - this.#savedAt > confirmedMillisMax) {
      this.saveSoon()
    }
  }

  saveSoon(): void {
    this.#unsaved = true
    if (this.#stopTimer || this.#saving) return
    this.#stopTimer = this.#clock.after(this.#delayMillis, () => {
      this.#stopTimer = undefined
      this.#saving = this.#save().finally(() => {
        this.#saving = undefined
        if (this.#unsaved) this.saveSoon()
      })
    })
  }

  /** Writes what was not written yet. */
  async close(): Promise<void> {
    this.#stopTimer?.()
    await this.#saving
    this.#stopTimer?.()
    if (this.#unsaved) await this.#save()
  }

  async #save(): Promise<void> {
    const copy = this.#events.content()
    if (!copy) return
    const saved = this.#events.taken()
    this.#unsaved = false
    const began = this.#clock.now()
    const before = this.#trouble
    try {
      await saveCopy(this.#path, copy)
      this.#trouble = undefined
      this.#savedAt = copy.heardAt
      saved()
      const tookMillis = this.#clock.now() - began
      this.#delayMillis = Math.max(delayMillisMin, tookMillis * pausesPerWrite)
    } catch (error) {
      this.#trouble = error instanceof Error ? error.message : String(error)
      this.#unsaved = true
    }
    if (this.#trouble !== before) this.#events.changed()
  }
}
