// Why this file exists: a server that lost its tree, or a slip of the hand, must not switch off a whole site
// (HOSTILE 39). Removals beyond a bound per window are held until a person decides.

export interface RemovalLimits {
  readonly windowMillis: number
  /** More than this in one window is held, however large the directory is. */
  readonly countMax: number
  /** More than this share of the directory in one window is held... */
  readonly percentMax: number
  /** ...unless it is no more than this: in a small directory one machine is a large share. */
  readonly countAlwaysFree: number
}

export const removalLimits: RemovalLimits = {
  windowMillis: 60_000,
  countMax: 1_000,
  percentMax: 20,
  countAlwaysFree: 3,
}

export class RemovalGuard {
  readonly #limits: RemovalLimits
  #passed: { readonly at: number; readonly count: number }[] = []

  constructor(limits: RemovalLimits = removalLimits) {
    this.#limits = limits
  }

  /** Whether `count` more removals may be applied now; if so, they are on record. */
  admits(count: number, size: number, now: number): boolean {
    this.#passed = this.#passed.filter(({ at }) => Math.abs(now - at) < this.#limits.windowMillis)
    const before = this.#passed.reduce((sum, each) => sum + each.count, 0)
    const total = before + count
    const share = (total * 100) / Math.max(1, size + before)
    const { countMax, percentMax, countAlwaysFree } = this.#limits
    if (total > countMax || (total > countAlwaysFree && share > percentMax)) return false
    if (count > 0) this.#passed.push({ at: now, count })
    return true
  }
}

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
