// Why this file exists: entries have the same few attributes in the same few orders. Whoever reads 100,000 of them goes along
// what the ones before had, comparing bytes, and makes no name and no list of names twice.
import { sharedNames } from './attribute-list.ts'

/** As many names as are remembered, each for what came before it. A server that mixes them more is read in full. */
const pathsMax = 2_000
/** Different lists that one attribute has had: of object classes there are a dozen. */
const listsMax = 32
const ascii = 0x80

/** Lower-case names, each by itself: what stands in one place only is compared at once. `undefined`: all are, as they are spelt. */
export type WantedNames = ReadonlyMap<string, string> | undefined

interface KnownList {
  readonly spelling: Uint8Array
  readonly number: number
}

/** What an entry has had so far, name by name. */
export class NamePath {
  /** The names that are wanted, in their order. */
  readonly names: readonly string[]
  readonly isWanted: boolean
  readonly #spelling: Uint8Array
  readonly #root: PathRoot
  readonly #next: NamePath[] = []
  readonly #lists: KnownList[] = []
  #number: number | undefined

  constructor(root: PathRoot, spelling: Uint8Array, names: readonly string[], isWanted: boolean) {
    this.#root = root
    this.#spelling = spelling
    this.names = names
    this.isWanted = isWanted
  }

  /** The number of the list of names; `undefined` when it is not shared. */
  get number(): number | undefined {
    this.#number ??= sharedNames.numberOf(this.names)
    return this.#number
  }

  /** The path with one name more; `undefined` when it is not remembered. */
  after(bytes: Uint8Array, start: number, end: number): NamePath | undefined {
    for (const path of this.#next) if (isSpelt(path.#spelling, bytes, start, end)) return path
    const path = this.#root.extended(this.names, spellingOf(bytes, start, end))
    if (path) this.#next.push(path)
    return path
  }

  /** The number of the list of values that is spelt so. */
  listNumber(bytes: Uint8Array, start: number, end: number): number | undefined {
    for (const { spelling, number } of this.#lists) {
      if (isSpelt(spelling, bytes, start, end)) return number
    }
    return undefined
  }

  learnList(spelling: Uint8Array, number: number): void {
    if (this.#lists.length < listsMax) this.#lists.push({ spelling, number })
  }
}

/** The start of all paths, and what bounds them. */
export class PathRoot {
  readonly start: NamePath
  readonly #wanted: WantedNames
  #count = 0

  constructor(wanted: WantedNames) {
    this.#wanted = wanted
    this.start = new NamePath(this, new Uint8Array(), [], false)
  }

  extended(names: readonly string[], spelling: Uint8Array): NamePath | undefined {
    if (this.#count >= pathsMax || spelling.some((byte) => byte >= ascii)) return undefined
    const text = Buffer.from(spelling).toString('latin1')
    const name = this.#wanted === undefined ? text : this.#wanted.get(text.toLowerCase())
    // Of a name that comes twice the last counts, in the place of the first: that is for the general reader.
    if (name !== undefined && names.includes(name)) return undefined
    this.#count += 1
    const isWanted = name !== undefined
    return new NamePath(this, spelling, isWanted ? [...names, name] : names, isWanted)
  }
}

/** A copy: the buffer is written over. What `slice` of a Buffer gives is none. */
export function spellingOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  return new Uint8Array(bytes.subarray(start, end))
}

export function isSpelt(
  spelling: Uint8Array,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  if (spelling.length !== end - start) return false
  // From the end: what differs among lists of classes is the last.
  for (let at = spelling.length - 1; at >= 0; at -= 1) {
    if (spelling[at] !== bytes[start + at]) return false
  }
  return true
}
