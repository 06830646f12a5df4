// Why this file exists: where 100,000 things come one after the other, each is asked first whether it is there already. By its
// hash alone that is one look at one place, and nearly always the answer.
import { placeOf } from './slots-table.ts'

const placesMin = 1_024
/** What stands in a place that is empty: this hash itself is remembered beside. */
const empty = 0

/** Hashes of 32 bits. They only come. */
export class HashSet {
  /** A power of two, at most half of it taken. */
  #places = new Int32Array(placesMin)
  #size = 0
  #hasEmpty = false

  has(hash: number): boolean {
    return hash === empty ? this.#hasEmpty : this.#places[this.#placeFor(hash)] === hash
  }

  add(hash: number): void {
    if (hash === empty) {
      this.#hasEmpty = true
      return
    }
    const at = this.#placeFor(hash)
    if (this.#places[at] === hash) return
    this.#places[at] = hash
    this.#size += 1
    if (this.#size * 2 > this.#places.length) this.#grow()
  }

  /** Where it stands, or would. */
  #placeFor(hash: number): number {
    const places = this.#places
    let at = placeOf(hash, places.length)
    for (let held = places[at]; held !== empty && held !== hash; held = places[at])
      at = (at + 1) & (places.length - 1)
    return at
  }

  #grow(): void {
    const before = this.#places
    this.#places = new Int32Array(before.length * 4)
    for (const hash of before) if (hash !== empty) this.#places[this.#placeFor(hash)] = hash
  }
}
