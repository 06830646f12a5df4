// Why this file exists: passwords leak through logs, errors and JSON (HOSTILE 66). This type can be passed around
// and printed; what it holds comes out in one way only, whose name is easy to search for.
import { inspect } from 'node:util'

const redacted = '[secret]'

export class Secret {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  /** The only way out. Never into a log, an error, or an argument of a program. */
  reveal(): string {
    return this.#text
  }

  toString(): string {
    return redacted
  }

  toJSON(): string {
    return redacted
  }

  [Symbol.toPrimitive](): string {
    return redacted
  }

  [inspect.custom](): string {
    return redacted
  }
}
