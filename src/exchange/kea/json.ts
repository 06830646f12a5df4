// Why this file exists: Kea reads JSON with three kinds of comments, includes and forgiven commas, and a message about it
// must name the line; JSON.parse knows neither.

/** A value and where it stands. */
export type Json = { readonly offset: number } & (
  | { readonly kind: 'object'; readonly members: readonly Member[] }
  | { readonly kind: 'list'; readonly items: readonly Json[] }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'word'; readonly value: boolean | null }
)

export interface Member {
  readonly name: string
  readonly offset: number
  readonly value: Json
}

export interface Include {
  readonly path: string
  readonly offset: number
}

export type ParsedJson =
  | { readonly ok: true; readonly value: Json; readonly includes: readonly Include[] }
  | { readonly ok: false; readonly offset: number; readonly why: string }

export const depthMax = 100

export function parseKeaJson(text: string): ParsedJson {
  const parser = new Parser(text)
  try {
    return { ok: true, value: parser.document(), includes: parser.includes }
  } catch (error) {
    if (error instanceof Unreadable) return { ok: false, offset: error.offset, why: error.message }
    throw error
  }
}

/** Stays in this file: it unwinds the parser. */
class Unreadable extends Error {
  readonly offset: number

  constructor(offset: number, why: string) {
    super(why)
    this.offset = offset
  }
}

const blankShape = /\s+/y
const lineCommentShape = /(?:#|\/\/)[^\n]*/y
const includeShape = /<\?\s*include\s*"([^"\n]{0,4096})"\s*\?>/y
const numberShape = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const wordShape = /[A-Za-z_][A-Za-z0-9_-]{0,40}/y
const plainShape = /[^"\\\n]*/y
const words: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null }

class Parser {
  readonly includes: Include[] = []
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  document(): Json {
    const value = this.#value(0)
    this.#skip()
    if (this.#at < this.#text.length) this.#fail('nothing may follow the last brace')
    return value
  }

  #value(depth: number): Json {
    const includesBefore = this.includes.length
    this.#skip()
    // `"hooks-libraries": <?include "x"?>,` leaves nothing to be the value.
    if (this.includes.length > includesBefore && /[,}\]]/.test(this.#text[this.#at] ?? ',')) {
      return { kind: 'word', offset: this.#at, value: null }
    }
    if (depth > depthMax) this.#fail(`it is nested more than ${depthMax} deep`)
    const offset = this.#at
    const letter = this.#text[offset]
    if (letter === '{') return { kind: 'object', offset, members: this.#members(depth) }
    if (letter === '[') return { kind: 'list', offset, items: this.#items(depth) }
    if (letter === '"') return { kind: 'string', offset, value: this.#string() }
    const number = this.#match(numberShape)
    if (number !== undefined) return { kind: 'number', offset, value: Number(number) }
    const word = this.#match(wordShape)
    const value = word !== undefined && Object.hasOwn(words, word) ? words[word] : undefined
    if (value !== undefined) return { kind: 'word', offset, value }
    this.#at = offset
    return this.#fail('a value is missing here')
  }

  #members(depth: number): readonly Member[] {
    const members: Member[] = []
    this.#list('}', 'a comma or a brace is missing here', () => {
      const offset = this.#at
      if (this.#text[offset] !== '"') this.#fail('a name in quotes is missing here')
      const name = this.#string()
      this.#skip()
      if (this.#text[this.#at] !== ':') this.#fail('a colon is missing here')
      this.#at += 1
      members.push({ name, offset, value: this.#value(depth + 1) })
    })
    return members
  }

  #items(depth: number): readonly Json[] {
    const items: Json[] = []
    this.#list(']', 'a comma or a bracket is missing here', () =>
      items.push(this.#value(depth + 1)),
    )
    return items
  }

  /** Kea forgives a comma before the end, and so must who reads its files. */
  #list(end: string, otherwise: string, one: () => void): void {
    this.#at += 1
    for (;;) {
      this.#skip()
      while (this.#text[this.#at] === ',') {
        this.#at += 1
        this.#skip()
      }
      if (this.#text[this.#at] === end) break
      one()
      this.#skip()
      const next = this.#text[this.#at]
      if (next !== ',' && next !== end) this.#fail(otherwise)
    }
    this.#at += 1
  }

  #string(): string {
    const start = this.#at
    this.#at += 1
    let value = ''
    for (;;) {
      value += this.#match(plainShape) ?? ''
      const letter = this.#text[this.#at]
      if (letter === '"') break
      if (letter !== '\\') {
        this.#at = start
        this.#fail('this string is never closed on its line')
      }
      value += this.#escape()
    }
    this.#at += 1
    return value
  }

  #escape(): string {
    const letter = this.#text[this.#at + 1] ?? ''
    if (letter === 'u') {
      const digits = this.#text.slice(this.#at + 2, this.#at + 6)
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.#fail('\\u needs four hex digits')
      this.#at += 6
      return String.fromCharCode(Number.parseInt(digits, 16))
    }
    const meant = escapes.get(letter)
    if (meant === undefined) return this.#fail('this is no escape that JSON knows')
    this.#at += 2
    return meant
  }

  /** Blanks, comments, and includes, which stand where a value or a member would. */
  #skip(): void {
    for (;;) {
      if (this.#match(blankShape) !== undefined) continue
      if (this.#match(lineCommentShape) !== undefined) continue
      if (this.#text.startsWith('/*', this.#at)) {
        const end = this.#text.indexOf('*/', this.#at + 2)
        if (end < 0) this.#fail('this comment is never closed')
        this.#at = end + 2
      } else if (!this.#include()) return
    }
  }

  #include(): boolean {
    includeShape.lastIndex = this.#at
    const found = includeShape.exec(this.#text)
    if (found === null) return false
    this.includes.push({ path: found[1] ?? '', offset: this.#at })
    this.#at = includeShape.lastIndex
    return true
  }

  #match(shape: RegExp): string | undefined {
    shape.lastIndex = this.#at
    const text = shape.exec(this.#text)?.[0]
    if (text === undefined || text === '') return undefined
    this.#at += text.length
    return text
  }

  #fail(why: string): never {
    throw new Unreadable(this.#at, why)
  }
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])
