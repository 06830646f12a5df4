// Why this file exists: a table that is filled from nothing, as by the first refresh or a start, stands in one list, in the
// order in which it was filled. Chains of numbers lead to what is in it, and are made when somebody asks.
import { placeOf } from './slots-table.ts'

const placesMin = 64
const nowhere = -1
const noPlaces = new Int32Array(0)
/** What is taken up in vain may be a quarter of what is needed. */
const roomMax = 1.25

/** One draft writes; whoever holds it after that only reads. */
export class Chains<T> {
  readonly #items: (T | undefined)[]
  /** By place: the hash of the item there. */
  #hashes: Int32Array
  /** By place: the next one of its chain, which was filled after it. After the last one comes the first. */
  #next = noPlaces
  /** By the hash's own bits: the last place of each chain. */
  #ends = noPlaces
  /** So many places are in chains. Most tables are filled without a question, and need none. */
  #chained = 0
  #size: number

  private constructor(items: (T | undefined)[], hashes: Int32Array) {
    this.#items = items
    this.#hashes = hashes
    this.#size = items.length
  }

  /** Whoever writes begins with a copy. */
  static empty<T>(): Chains<T> {
    return new Chains<T>([], noPlaces)
  }

  /** Of these; the hash of each stands at its place. */
  static of<T>(items: readonly T[], hashes: ArrayLike<number>): Chains<T> {
    return new Chains<T>(items.slice(), new Int32Array(hashes))
  }

  get size(): number {
    return this.#size
  }

  find(hash: number, isIt: (item: T) => boolean): T | undefined {
    const at = this.#placeOf(hash, isIt)
    return at === nowhere ? undefined : this.#items[at]
  }

  /** In the order in which they were added. */
  *all(hash: number): Generator<T> {
    const last = this.#lastOf(hash)
    if (last === nowhere) return
    let at = last
    do {
      at = this.#next[at] ?? last
      const item = this.#items[at]
      if (item !== undefined && this.#hashes[at] === hash) yield item
    } while (at !== last)
  }

  *items(): Generator<T> {
    for (const item of this.#items) if (item !== undefined) yield item
  }

  *withHashes(): Generator<readonly [hash: number, item: T]> {
    for (const [at, item] of this.#items.entries())
      if (item !== undefined) yield [this.#hashes[at] ?? 0, item]
  }

  /** All of them in one list, which is not to be written into. */
  list(): readonly T[] {
    this.#closeUp()
    return isWhole(this.#items, this.#size) ? this.#items : this.#items.filter(isHere)
  }

  /** The hash of each stands at the place that it has in the list. */
  hashes(): ArrayLike<number> {
    this.#closeUp()
    return this.#hashes
  }

  add(hash: number, item: T): void {
    if (this.#items.length === this.#hashes.length) this.#makeRoom()
    this.#hashes[this.#items.length] = hash
    this.#items.push(item)
    this.#size += 1
  }

  /** In the place of the item that is meant. False when there is none. */
  replace(hash: number, item: T, isIt: (item: T) => boolean): boolean {
    const at = this.#placeOf(hash, isIt)
    if (at === nowhere) return false
    this.#items[at] = item
    return true
  }

  /** Its place stays empty until room is needed. */
  remove(hash: number, isIt: (item: T) => boolean): void {
    const at = this.#placeOf(hash, isIt)
    if (at === nowhere) return
    this.#items[at] = undefined
    this.#size -= 1
  }

  /** Another one of the same, with room for so many at least. */
  copy(places: number): Chains<T> {
    const items = this.list().slice()
    const room = Math.max(placesMin, places, items.length)
    return new Chains<T>(items, resized(this.#hashes, room))
  }

  /** Nothing is added any more: places that nobody needs are given up. */
  tighten(): void {
    this.#closeUp()
    if (this.#hashes.length <= this.#size * roomMax) return
    this.#hashes = resized(this.#hashes, this.#size)
    if (this.#ends.length > chainsFor(this.#size)) this.#unchain()
    else if (this.#next.length > this.#size) this.#next = resized(this.#next, this.#size)
  }

  /** Of several the one that was added first. */
  #placeOf(hash: number, isIt: (item: T) => boolean): number {
    const last = this.#lastOf(hash)
    if (last === nowhere) return nowhere
    let at = last
    do {
      at = this.#next[at] ?? last
      if (this.#hashes[at] !== hash) continue
      const item = this.#items[at]
      if (item !== undefined && isIt(item)) return at
    } while (at !== last)
    return nowhere
  }

  /** The last place of the chain in which a hash would be. */
  #lastOf(hash: number): number {
    if (this.#size === 0) return nowhere
    if (this.#chained < this.#items.length) this.#chain()
    return this.#ends[placeOf(hash, this.#ends.length)] ?? nowhere
  }

  #chain(): void {
    if (this.#next.length < this.#hashes.length)
      this.#next = resized(this.#next, this.#hashes.length)
    if (this.#ends.length < this.#items.length) {
      this.#ends = new Int32Array(chainsFor(this.#hashes.length)).fill(nowhere)
      this.#chained = 0
    }
    const hashes = this.#hashes
    const next = this.#next
    const ends = this.#ends
    const { length } = this.#items
    for (let at = this.#chained; at < length; at += 1) {
      const chain = placeOf(hashes[at] ?? 0, ends.length)
      const last = ends[chain] ?? nowhere
      next[at] = last === nowhere ? at : (next[last] ?? at)
      if (last !== nowhere) next[last] = at
      ends[chain] = at
    }
    this.#chained = length
  }

  #unchain(): void {
    this.#next = noPlaces
    this.#ends = noPlaces
    this.#chained = 0
  }

  #makeRoom(): void {
    this.#closeUp()
    const places = this.#hashes.length
    if (this.#size * 2 > places) this.#hashes = resized(this.#hashes, places * 2)
  }

  /** Without the places that are empty. */
  #closeUp(): void {
    if (this.#items.length === this.#size) return
    let to = 0
    for (let at = 0; at < this.#items.length; at += 1) {
      const item = this.#items[at]
      if (item === undefined) continue
      this.#items[to] = item
      this.#hashes[to] = this.#hashes[at] ?? 0
      to += 1
    }
    this.#items.length = to
    this.#ends.fill(nowhere)
    this.#chained = 0
  }
}

/** A power of two, so that a chain has one place or less. */
function chainsFor(places: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, places)))
}

/** Whatever there is room for. */
function resized(list: Int32Array, length: number): Int32Array<ArrayBuffer> {
  if (length <= list.length) return new Int32Array(list.subarray(0, length))
  const longer = new Int32Array(length)
  longer.set(list)
  return longer
}

function isHere<T>(item: T | undefined): item is T {
  return item !== undefined
}

/** Without places that are empty. */
function isWhole<T>(items: readonly (T | undefined)[], size: number): items is readonly T[] {
  return items.length === size
}
