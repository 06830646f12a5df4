// Why this file exists: before anything of a dhcpd.conf means something it is a tree: statements that end in a semicolon,
// and statements that open a block.
import type { Report } from '../report.ts'
import type { Places } from '../source.ts'
import { type Token, tokensOf } from './tokens.ts'

export interface Statement {
  readonly offset: number
  readonly words: readonly Token[]
  readonly block?: readonly Statement[]
}

/** Deeper than any file that means something. */
export const depthMax = 64

interface Open {
  readonly offset: number
  readonly words: readonly Token[]
  readonly inner: Statement[]
}

export function parseStatements(
  text: string,
  places: Places,
  report: Report,
): readonly Statement[] {
  const parser = new Parser(places, report)
  for (const token of tokensOf(text, places, report)) if (!parser.take(token)) return []
  return parser.end(text.length)
}

class Parser {
  readonly #places: Places
  readonly #report: Report
  readonly #root: Statement[] = []
  readonly #open: Open[] = []
  #words: Token[] = []
  /** Inside `= { … }`, which is a value and no block. */
  #valueDepth = 0

  constructor(places: Places, report: Report) {
    this.#places = places
    this.#report = report
  }

  /** False: nothing that follows can be told apart any more. */
  take(token: Token): boolean {
    const mark = token.kind === 'mark' ? token.text : ''
    if (mark === ';' && this.#valueDepth === 0) this.#finish()
    else if (mark === '{') return this.#opens(token)
    else if (mark === '}') return this.#closes(token)
    else this.#words.push(token)
    return true
  }

  end(offset: number): readonly Statement[] {
    if (this.#words.length > 0)
      this.#complain(offset, 'a semicolon is missing before the end of the file')
    for (const { offset: at } of this.#open) this.#complain(at, 'this block is never closed')
    return this.#root
  }

  #opens(token: Token): boolean {
    const isValue = this.#valueDepth > 0 || this.#words.at(-1)?.text === '='
    if (isValue) {
      this.#valueDepth += 1
      this.#words.push(token)
      return true
    }
    if (this.#open.length >= depthMax) {
      this.#complain(token.offset, `blocks are nested more than ${depthMax} deep`)
      return false
    }
    this.#open.push({ offset: token.offset, words: this.#words, inner: [] })
    this.#words = []
    return true
  }

  #closes(token: Token): boolean {
    if (this.#valueDepth > 0) {
      this.#valueDepth -= 1
      this.#words.push(token)
      return true
    }
    if (this.#words.length > 0) {
      this.#complain(token.offset, 'a semicolon is missing before this brace')
      this.#finish()
    }
    const closed = this.#open.pop()
    if (closed === undefined) {
      this.#complain(token.offset, 'this brace closes nothing')
      return false
    }
    const { words, inner, offset } = closed
    this.#current().push({ offset: words[0]?.offset ?? offset, words, block: inner })
    return true
  }

  #finish(): void {
    const [first] = this.#words
    // `};` is what many write after a block.
    if (first !== undefined) this.#current().push({ offset: first.offset, words: this.#words })
    this.#words = []
  }

  #current(): Statement[] {
    return this.#open.at(-1)?.inner ?? this.#root
  }

  #complain(offset: number, why: string): void {
    this.#report.refuse(this.#places.at(offset), why)
  }
}
