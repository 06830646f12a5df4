// Why this file exists: 100,000 entries have the same few attribute names and object classes. Each list of those is kept once,
// and an entry at rest has its number.

/** By lower-case name. A Map is one as well. */
export interface Attributes extends Iterable<readonly [string, readonly string[]]> {
  readonly size: number
  get(name: string): readonly string[] | undefined
  values(): Iterable<readonly string[]>
}

/** A list of more is hardly ever anybody else's. */
const sharedLengthMax = 16

/** Lists that many have, each kept once, under a number. */
class SharedLists {
  readonly #countMax: number
  readonly #numbers = new Map<string, number>()
  readonly #lists: (readonly string[])[] = []

  constructor(countMax: number) {
    this.#countMax = countMax
  }

  /** The number under which the list is kept for all; `undefined` when it is not. */
  numberOf(list: readonly string[]): number | undefined {
    if (list.length > sharedLengthMax) return undefined
    const key = JSON.stringify(list)
    const known = this.#numbers.get(key)
    if (known !== undefined || this.#lists.length >= this.#countMax) return known
    this.#numbers.set(key, this.#lists.length)
    return this.#lists.push(list) - 1
  }

  at(number: number): readonly string[] {
    const list = this.#lists[number]
    if (list === undefined) throw new RangeError(`no list is kept under ${number}`)
    return list
  }
}

/** A directory of people may have more groups than that; they take no room from the names. */
export const sharedValues = new SharedLists(1_000)
export const sharedNames = new SharedLists(1_000)
