// Why this file exists: who holds a MAC, an address or a name is remembered over a restart (HOSTILE 41). Most of it stands
// in the last good copy: whoever claims a thing alone there holds it. The store keeps the rest, what changed since that
// copy and what several entries claim, and is written behind the change, not before it.
import type { ClaimKey, EntryId, HolderChange } from '#directory'
import type { CoreStore } from '#store'

/** One turn of core's loop: some milliseconds. */
export const rowsPerWrite = 500
/** A change alone is on the disk at once; a whole directory is sooner in its copy than here. */
const betweenWritesMs = 50
const retryMs = 5_000

export interface HolderRecordParts {
  readonly store: Pick<CoreStore, 'holders' | 'together' | 'behind'>
  readonly later: (milliseconds: number, action: () => void) => () => void
  readonly onTrouble: (reason: string) => void
}

interface Change {
  readonly id: EntryId | undefined
  /** Counts changes: a copy that is taken later holds them. */
  readonly at: number
}

type Row = readonly [ClaimKey, Change]

export class HolderRecord {
  readonly #parts: HolderRecordParts
  /** Rows of the store, with the change that wrote them. */
  readonly #written = new Map<ClaimKey, number>()
  readonly #unwritten = new Map<ClaimKey, Change>()
  #changes = 0
  #isOver = false
  #stopTimer: (() => void) | undefined

  constructor(parts: HolderRecordParts) {
    this.#parts = parts
  }

  /** What was known at the last end. */
  load(): ReadonlyMap<ClaimKey, EntryId> {
    const all = this.#parts.store.holders.all()
    for (const key of all.keys()) this.#written.set(key, 0)
    return all
  }

  note(changes: Iterable<HolderChange>): void {
    this.#changes += 1
    for (const { key, id } of changes) this.#unwritten.set(key, { id, at: this.#changes })
    this.#writeIn(0)
  }

  /**
   * To be called when the content of a copy is taken, with who of its entries quarrels; what it returns, when that copy
   * is on the disk.
   */
  copyTaken(isContested: (key: ClaimKey) => boolean): () => void {
    const taken = this.#changes
    return () => {
      for (const [key, { at }] of this.#unwritten)
        if (at <= taken && !isContested(key)) this.#forget(key)
      for (const [key, at] of this.#written)
        if (at <= taken && !this.#unwritten.has(key) && !isContested(key)) this.#forget(key)
      this.#writeIn(0)
    }
  }

  /** Everything at once, at the end. */
  flush(): void {
    this.#isOver = true
    this.#stopTimer?.()
    this.#stopTimer = undefined
    while (this.#unwritten.size > 0) {
      const rows = this.#nextRows()
      this.#parts.store.together(() => this.#write(rows))
      this.#noteWritten(rows)
    }
  }

  #forget(key: ClaimKey): void {
    if (this.#written.has(key)) this.#unwritten.set(key, { id: undefined, at: this.#changes })
    else this.#unwritten.delete(key)
  }

  #writeIn(milliseconds: number): void {
    if (this.#isOver || this.#unwritten.size === 0) return
    this.#stopTimer ??= this.#parts.later(milliseconds, () => void this.#writeNext())
  }

  async #writeNext(): Promise<void> {
    const rows = this.#nextRows()
    try {
      await this.#parts.store.behind(() => this.#write(rows))
      this.#noteWritten(rows)
      this.#stopTimer = undefined
      this.#writeIn(betweenWritesMs)
    } catch (error) {
      if (this.#isOver) return
      // The change is on the wire all the same: a conflict after a crash may then be nobody's.
      this.#parts.onTrouble(`who holds what was not written: ${String(error)}`)
      this.#stopTimer = undefined
      this.#writeIn(retryMs)
    }
  }

  #nextRows(): readonly Row[] {
    return [...this.#unwritten.entries().take(rowsPerWrite)]
  }

  #write(rows: readonly Row[]): void {
    const { holders } = this.#parts.store
    for (const [key, { id }] of rows) {
      if (id !== undefined) holders.put(key, id)
      else if (this.#written.has(key)) holders.remove(key)
    }
  }

  #noteWritten(rows: readonly Row[]): void {
    for (const [key, change] of rows) {
      if (change.id === undefined) this.#written.delete(key)
      else this.#written.set(key, change.at)
      // Unless it has changed again meanwhile.
      if (this.#unwritten.get(key) === change) this.#unwritten.delete(key)
    }
  }
}
