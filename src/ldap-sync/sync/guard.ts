// Why this file exists: a server that lost its tree, or a slip of the hand, must not switch off a whole site
// (HOSTILE 39). Removals beyond a share per window are held until a person decides.

/** Held is what goes beyond both bounds: in a small directory one machine is a large share already. */
export interface RemovalLimits {
  readonly percentMax: number
  readonly countMax: number
  readonly windowMillis: number
}

export const removalLimits: RemovalLimits = { percentMax: 10, countMax: 5, windowMillis: 60_000 }

export class RemovalGuard {
  readonly #limits: RemovalLimits
  #passed: { readonly at: number; readonly count: number }[] = []

  constructor(limits: RemovalLimits = removalLimits) {
    this.#limits = limits
  }

  /** Whether `count` more of `size` entries may go now; if so, they are on record. */
  admits(count: number, size: number, now: number): boolean {
    // A clock that was set back must not keep the window open for ever.
    this.#passed = this.#passed.filter(({ at }) => Math.abs(now - at) < this.#limits.windowMillis)
    const before = this.#passed.reduce((sum, each) => sum + each.count, 0)
    const total = before + count
    const share = (total * 100) / Math.max(1, size + before)
    const { countMax, percentMax } = this.#limits
    if (total > countMax && share > percentMax) return false
    if (count > 0) this.#record(now, count)
    return true
  }

  /** A flood of single removals shares its entries on record: they are as few as the window has parts. */
  #record(now: number, count: number): void {
    const last = this.#passed.at(-1)
    const isSamePart = last && Math.abs(now - last.at) < this.#limits.windowMillis / windowParts
    if (isSamePart)
      this.#passed[this.#passed.length - 1] = { at: last.at, count: last.count + count }
    else this.#passed.push({ at: now, count })
  }
}

const windowParts = 60

/** Removals that we asked for ourselves, by DN key, until the feed has shown them. */
export class OwnRemovals {
  readonly #expected = new Map<string, number>()

  expect(key: string, now: number): void {
    for (const [old, at] of this.#expected) {
      if (now - at < expectedMillisMax && this.#expected.size < expectedMax) break
      this.#expected.delete(old)
    }
    this.#expected.delete(key)
    this.#expected.set(key, now)
  }

  /** True once for each removal that was expected. */
  claim(key: string): boolean {
    return this.#expected.delete(key)
  }

  /** The server refused: nothing will come. */
  forget(key: string): void {
    this.#expected.delete(key)
  }
}

const expectedMillisMax = 10 * 60_000
const expectedMax = 100_000
