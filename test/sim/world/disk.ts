// Why this file exists: a disk keeps what was synced, forgets or tears what was not when the power fails, and sometimes takes
// nothing.
import type { Loop } from './loop.ts'

/** full: nothing more fits. failing: the write is taken, the sync is not. */
export type DiskFault = 'none' | 'full' | 'failing'

const writeMillis = 1
const syncMillis = 4
const syncSpread = 5

export class Disk {
  fault: DiskFault = 'none'
  /** Of true time, when a commit was last refused. */
  lastTroubleAt = -Infinity
  readonly #loop: Loop
  readonly #random: () => number

  constructor(loop: Loop, random: () => number) {
    this.#loop = loop
    this.#random = random
  }

  async write(): Promise<void> {
    await this.#loop.wait(writeMillis * (1 + this.#random()))
    if (this.fault === 'full') throw this.#trouble('ENOSPC: no space left on device')
  }

  async sync(): Promise<void> {
    await this.#loop.wait(syncMillis * (1 + this.#random() * syncSpread))
    if (this.fault === 'failing') throw this.#trouble('EIO: input/output error, fsync')
  }

  below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }

  #trouble(text: string): Error {
    this.lastTroubleAt = this.#loop.now
    return new Error(text)
  }
}

/** A file of commits, each whole or not at all. */
export class SimLog<Item> {
  readonly #disk: Disk
  readonly #onSynced: (items: readonly Item[]) => void
  readonly #synced: (readonly Item[])[] = []
  /** Written and not yet synced: in the page cache, which a process that dies leaves behind. */
  #tail: (readonly Item[])[] = []
  /** Of the tail, what the next commit is written behind. What is after it was refused, and is written over. */
  #good = 0
  /** The file ends in the middle of a commit. */
  isTorn = false

  constructor(disk: Disk, onSynced: (items: readonly Item[]) => void) {
    this.#disk = disk
    this.#onSynced = onSynced
  }

  /** Resolves when the items are on the disk. Rejected: none of them is, or all may be found by the next process. */
  async commit(items: readonly Item[], isAlive: () => boolean): Promise<void> {
    this.#tail.length = this.#good
    await this.#disk.write()
    if (!isAlive()) return
    this.#tail.push(items)
    await this.#disk.sync()
    if (!isAlive()) return
    this.#settle()
  }

  /** The power fails: the first of what was not synced may be there, the last of it torn. */
  powerFails(): void {
    const survived = this.#disk.below(this.#tail.length + 1)
    this.isTorn = survived < this.#tail.length && this.#disk.below(2) === 0
    this.#tail.length = survived
    this.#settle()
  }

  /** What a new process finds, up to the last whole commit. */
  load(): readonly Item[] {
    this.#settle()
    this.isTorn = false
    return this.#synced.flat()
  }

  /** What is there is there to stay: whoever opens the file syncs it first. */
  #settle(): void {
    const found = this.#tail
    this.#tail = []
    this.#good = 0
    this.#synced.push(...found)
    this.#onSynced(found.flat())
  }
}
