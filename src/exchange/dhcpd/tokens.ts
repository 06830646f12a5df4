// Why this file exists: dhcpd.conf is words, strings and marks; comments and escapes end here. dhcpd.conf(5).
import type { Report } from '../report.ts'
import type { Places } from '../source.ts'

export interface Token {
  readonly kind: 'word' | 'string' | 'mark'
  readonly text: string
  readonly offset: number
}

const wordShape = /[^\s;{},"#=()]+/y
const blankShape = /\s+/y

export function* tokensOf(text: string, places: Places, report: Report): Generator<Token> {
  for (let at = afterBlanks(text, 0); at < text.length;) {
    const end = text[at] === '"' ? endOfString(text, at) : endOfWord(text, at)
    if (end < 0) {
      report.refuse(places.at(at), 'this string is never closed')
      return
    }
    yield tokenOf(text, at, end)
    at = afterBlanks(text, end)
  }
}

function tokenOf(text: string, offset: number, end: number): Token {
  if (text[offset] === '"') {
    return { kind: 'string', text: unescaped(text.slice(offset + 1, end - 1)), offset }
  }
  const word = text.slice(offset, end)
  return { kind: /^[;{},=()]$/.test(word) ? 'mark' : 'word', text: word, offset }
}

function afterBlanks(text: string, start: number): number {
  for (let at = start; ;) {
    blankShape.lastIndex = at
    const blank = blankShape.test(text) ? blankShape.lastIndex : at
    if (text[blank] !== '#') return blank
    const lineEnd = text.indexOf('\n', blank)
    if (lineEnd < 0) return text.length
    at = lineEnd
  }
}

function endOfWord(text: string, start: number): number {
  wordShape.lastIndex = start
  return wordShape.test(text) ? wordShape.lastIndex : start + 1
}

/** After the closing quote; -1 when there is none. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '"') return at + 1
  }
  return -1
}

const namedEscapes: Readonly<Record<string, string>> = { t: '\t', r: '\r', n: '\n', b: '\b' }

/** `\"`, `\\`, `\n`, `\101` and `\x41`. */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text
  return text.replaceAll(/\\([0-7]{1,3}|x[0-9a-fA-F]{1,2}|[^])/g, (_whole, escape: string) => {
    if (/^[0-7]/.test(escape)) return String.fromCharCode(Number.parseInt(escape, 8) & 255)
    if (/^x./.test(escape)) return String.fromCharCode(Number.parseInt(escape.slice(1), 16))
    return namedEscapes[escape] ?? escape
  })
}
