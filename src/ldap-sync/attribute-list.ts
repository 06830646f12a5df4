// Why this file exists: 100,000 entries have the same few attribute names and object classes. Each of those is kept once,
// and what differs takes little more room than its text: a third of what a Map of lists for each entry takes.

/** By lower-case name. A Map is one as well. */
export interface Attributes extends Iterable<readonly [string, readonly string[]]> {
  readonly size: number
  get(name: string): readonly string[] | undefined
  values(): Iterable<readonly string[]>
}

/** A list of one value is that value. */
type Values = string | readonly string[]

class AttributeList implements Attributes {
  readonly #names: readonly string[]
  readonly #values: readonly Values[]

  constructor(names: readonly string[], values: readonly Values[]) {
    this.#names = names
    this.#values = values
  }

  get size(): number {
    return this.#names.length
  }

  get(name: string): readonly string[] | undefined {
    const values = this.#values[this.#names.indexOf(name)]
    return typeof values === 'string' ? [values] : values
  }

  *values(): Generator<readonly string[]> {
    for (const values of this.#values) yield typeof values === 'string' ? [values] : values
  }

  *[Symbol.iterator](): Generator<readonly [string, readonly string[]]> {
    let at = 0
    for (const values of this.values()) {
      yield [this.#names[at] ?? '', values]
      at += 1
    }
  }
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

  /** The same list for the same texts. */
  same(list: readonly string[]): readonly string[] {
    const number = this.numberOf(list)
    return number === undefined ? list : this.at(number)
  }
}

/** A directory of people may have more groups than that; they take no room from the names. */
export const sharedValues = new SharedLists(1_000)
export const sharedNames = new SharedLists(1_000)

/** Of a name that comes twice the last counts. */
export function attributeList(
  pairs: readonly (readonly [name: string, values: readonly string[]])[],
): Attributes {
  const names = pairs.map(([name]) => name)
  const values = pairs.map(([, list]) => {
    const [only, second] = list
    return only !== undefined && second === undefined ? only : sharedValues.same(list)
  })
  const isPlain = names.every((name, at) => names.indexOf(name) === at)
  return isPlain
    ? new AttributeList(sharedNames.same(names), values)
    : attributeList([...new Map(pairs)])
}
