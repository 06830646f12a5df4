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

/** Different lists that are remembered; a directory of people may have more groups than that. */
const sharedMax = 1_000
/** A list of more values is hardly ever anybody else's. */
const sharedLengthMax = 16
const shared = new Map<string, number>()
const sharedLists: (readonly string[])[] = []

/** The same list for the same texts. */
function share(list: readonly string[]): readonly string[] {
  const number = shareNumber(list)
  return number === undefined ? list : sharedList(number)
}

/** The number under which the list is kept for all; `undefined` when it is not. */
export function shareNumber(list: readonly string[]): number | undefined {
  if (list.length > sharedLengthMax) return undefined
  const key = JSON.stringify(list)
  const known = shared.get(key)
  if (known !== undefined || shared.size >= sharedMax) return known
  shared.set(key, sharedLists.length)
  return sharedLists.push(list) - 1
}

export function sharedList(number: number): readonly string[] {
  const list = sharedLists[number]
  if (list === undefined) throw new RangeError(`no list is kept under ${number}`)
  return list
}

/** Of a name that comes twice the last counts. */
export function attributeList(
  pairs: readonly (readonly [name: string, values: readonly string[]])[],
): Attributes {
  const names = pairs.map(([name]) => name)
  const values = pairs.map(([, list]) => {
    const [only, second] = list
    return only !== undefined && second === undefined ? only : share(list)
  })
  const isPlain = names.every((name, at) => names.indexOf(name) === at)
  return isPlain ? new AttributeList(share(names), values) : attributeList([...new Map(pairs)])
}
