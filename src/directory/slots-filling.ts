// Why this file exists: a table that is filled from nothing, as by the first refresh or a start, is made in one go: until it
// is done its items stand in one list, found by chains of numbers, and no bucket is copied or grown on the way.
import { placeOf, type Table, type TableDraft } from './slots-table.ts'
import { tableOf } from './table-of.ts'

const placesMin = 64
const nowhere = -1

/** The next state of an empty table. */
export class FillingDraft<T, Done> implements TableDraft<T, Done> {
  readonly #seal: (table: Table<T>) => Done
  /** What `done` would give; absent since the last change. */
  #made: Table<T> | undefined
  readonly #items: (T | undefined)[] = []
  /** By place: the hash of the item there. */
  #hashes: Int32Array
  /** By place: the next one of its chain, which was filled before it. */
  #next = new Int32Array(0)
  /** By the hash's own bits: the last place of each chain. */
  #heads = new Int32Array(0)
  /** So many places are in chains. Most tables are filled without a question, and need none. */
  #chained = 0
  #size = 0

  constructor(empty: Table<T>, seal: (table: Table<T>) => Done, expected: number) {
    this.#made = empty
    this.#seal = seal
    const places = 2 ** Math.ceil(Math.log2(Math.max(placesMin, expected)))
    this.#hashes = new Int32Array(places)
  }

  get size(): number {
    return this.#size
  }

  find(hash: number, isIt: (item: T) => boolean): T | undefined {
    const at = this.#placeOf(hash, isIt)
    return at === nowhere ? undefined : this.#items[at]
  }

  *items(): Generator<T> {
    for (const item of this.#items) if (item !== undefined) yield item
  }

  add(hash: number, item: T): void {
    const at = this.#items.length
    if (at === this.#hashes.length) {
      this.#makeRoom()
      return this.add(hash, item)
    }
    this.#made = undefined
    this.#items.push(item)
    this.#hashes[at] = hash
    this.#size += 1
  }

  put(hash: number, item: T, isIt: (item: T) => boolean): void {
    const at = this.#placeOf(hash, isIt)
    if (at === nowhere) return this.add(hash, item)
    this.#made = undefined
    this.#items[at] = item
  }

  /** Its place stays empty until room is needed. */
  remove(hash: number, isIt: (item: T) => boolean): void {
    const at = this.#placeOf(hash, isIt)
    if (at === nowhere) return
    this.#made = undefined
    this.#items[at] = undefined
    this.#size -= 1
  }

  done(): Done {
    if (this.#made === undefined) {
      this.#closeUp()
      this.#made = tableOf(this.#items.filter(isHere), this.#hashes)
    }
    return this.#seal(this.#made)
  }

  /** Of several the one that was added first: it is the last of its chain. */
  #placeOf(hash: number, isIt: (item: T) => boolean): number {
    if (this.#chained < this.#items.length) this.#chain()
    let found = nowhere
    let at = this.#heads[this.#chainOf(hash)] ?? nowhere
    while (at !== nowhere) {
      if (this.#hashes[at] === hash) {
        const item = this.#items[at]
        if (item !== undefined && isIt(item)) found = at
      }
      at = this.#next[at] ?? nowhere
    }
    return found
  }

  #chainOf(hash: number): number {
    return placeOf(hash, this.#heads.length)
  }

  #chain(): void {
    const places = this.#hashes.length
    if (this.#heads.length < places) {
      this.#heads = new Int32Array(places).fill(nowhere)
      this.#next = new Int32Array(places)
      this.#chained = 0
    }
    for (let at = this.#chained; at < this.#items.length; at += 1) {
      const chain = this.#chainOf(this.#hashes[at] ?? 0)
      this.#next[at] = this.#heads[chain] ?? nowhere
      this.#heads[chain] = at
    }
    this.#chained = this.#items.length
  }

  #makeRoom(): void {
    this.#closeUp()
    if (this.#size * 2 <= this.#hashes.length) return
    const hashes = new Int32Array(this.#hashes.length * 2)
    hashes.set(this.#hashes)
    this.#hashes = hashes
  }

  /** Without the places that are empty. */
  #closeUp(): void {
    if (this.#items.length === this.#size) return
    let to = 0
    for (const [at, item] of this.#items.entries()) {
      if (item === undefined) continue
      this.#items[to] = item
      this.#hashes[to] = this.#hashes[at] ?? 0
      to += 1
    }
    this.#items.length = to
    this.#heads.fill(nowhere)
    this.#chained = 0
  }
}

function isHere<T>(item: T | undefined): item is T {
  return item !== undefined
}
