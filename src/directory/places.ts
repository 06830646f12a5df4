// Why this file exists: what rests as a list is read 100,000 times at a start. Each value is looked at as in
// `plain-reader.ts`, but without an object for each: the way to it is spelt only when it is refused.
import { type Ip4, ip4 } from './ip4.ts'
import { none, unreadable } from './plain-reader.ts'

/** Stands for a value that is not there: no number and no text of ours. */
export const absent = null

type Parse<T> = (text: string) => T | undefined

/** The values of one list. Each read says what it expects where. */
export class Places {
  readonly #values: readonly unknown[]
  readonly #within: Places | undefined
  readonly #place: number

  private constructor(values: readonly unknown[], within?: Places, place = 0) {
    this.#values = values
    this.#within = within
    this.#place = place
  }

  static of(value: unknown): Places {
    return isList(value) ? new Places(value) : unreadable('', 'no list')
  }

  isAbsent(at: number): boolean {
    return this.#values[at] === absent
  }

  text(at: number): string {
    const value = this.#values[at]
    return typeof value === 'string' ? value : this.refuse(at, 'is no text')
  }

  textIfAny(at: number): string | undefined {
    return this.isAbsent(at) ? undefined : this.text(at)
  }

  /** Text that a parser of ours accepts, in that parser's own spelling. */
  parsed<T extends string>(at: number, parse: Parse<T>): T {
    return parse(this.text(at)) ?? this.refuse(at, 'is not one')
  }

  parsedIfAny<T extends string>(at: number, parse: Parse<T>): T | undefined {
    return this.isAbsent(at) ? undefined : this.parsed(at, parse)
  }

  addressIfAny(at: number): Ip4 | undefined {
    const value = this.#values[at]
    if (value === absent) return undefined
    return isAddress(value) ? ip4(value) : this.refuse(at, 'is no IPv4 address')
  }

  list<T>(at: number, read: (places: Places, at: number) => T): readonly T[] {
    const places = this.at(at)
    const { length } = places.#values
    if (length === 0) return none
    const all: T[] = []
    for (let each = 0; each < length; each += 1) all.push(read(places, each))
    // A list that was pushed to has room for sixteen more.
    return all.slice()
  }

  /** The list that stands there. */
  at(at: number): Places {
    const value = this.#values[at]
    return isList(value) ? new Places(value, this, at) : this.refuse(at, 'is no list')
  }

  refuse(at: number, why: string): never {
    const shown = JSON.stringify(this.#values[at]) ?? 'nothing'
    return unreadable(this.#pathTo(at), `${shown} ${why}`)
  }

  #pathTo(at: number): string {
    const above = this.#within === undefined ? '' : this.#within.#pathTo(this.#place)
    return `${above}[${at}]`
  }
}

function isAddress(value: unknown): value is number {
  return typeof value === 'number' && value === value >>> 0
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value)
}
