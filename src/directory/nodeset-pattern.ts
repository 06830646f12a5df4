// Why this file exists: `n[001-128]` is short for a list that may not fit into memory. One such pattern is read into
// its parts here, and its size is arithmetic, known before any name is made (HOSTILE 31).

/** Where reading stopped (counted from 0) and why. */
export interface NodeSetRefusal {
  readonly code: 'CPC-DIR-001'
  readonly position: number
  readonly why: string
}

export type NodeSetResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: NodeSetRefusal }

/** `001-128/2`: every number is written with at least `width` digits in `base`. */
export interface Range {
  readonly first: number
  readonly last: number
  readonly by: number
  readonly width: number
  readonly base: 10 | 16
}

/** Text, ranges, text, ranges, … text: always one text more than there are lists of ranges. */
export interface Pattern {
  readonly texts: readonly string[]
  readonly brackets: readonly (readonly Range[])[]
}

/** So that every number in a bracket is an exact one. */
export const digitsMax = 15
const nameLengthMax = 253

export function refuseAt(
  position: number,
  why: string,
): { readonly ok: false; readonly refusal: NodeSetRefusal } {
  return { ok: false, refusal: { code: 'CPC-DIR-001', position, why } }
}

/** One operand, without the spaces around it; `offset` is where it stands in the whole text. */
export function parsePattern(source: string, offset: number): NodeSetResult<Pattern> {
  const texts: string[] = []
  const brackets: (readonly Range[])[] = []
  let at = 0
  for (;;) {
    const open = source.indexOf('[', at)
    const literal = source.slice(at, open < 0 ? source.length : open)
    const bad = badText(literal, brackets.length > 0 && open >= 0)
    if (bad) return refuseAt(offset + at + bad.at, bad.why)
    texts.push(literal)
    if (open < 0) break
    const close = source.indexOf(']', open)
    if (close < 0) return refuseAt(offset + open, 'this bracket is never closed')
    const ranges = parseRanges(source.slice(open + 1, close), offset + open + 1)
    if (!ranges.ok) return ranges
    brackets.push(ranges.value)
    at = close + 1
  }
  if (source.length === 0) return refuseAt(offset, 'a name is missing here')
  return { ok: true, value: { texts, brackets } }
}

function badText(
  literal: string,
  between: boolean,
): { readonly at: number; readonly why: string } | undefined {
  const stray = /[\]@\p{Cc}]/u.exec(literal)
  if (stray) return { at: stray.index, why: `${JSON.stringify(stray[0])} cannot stand here` }
  const long = /[^.\s]{64}/.exec(literal)
  if (long || literal.length > nameLengthMax) {
    return {
      at: long?.index ?? nameLengthMax,
      why: 'no part of a name has more than 63 characters',
    }
  }
  // Two runs of digits side by side could be cut in two ways when the names are folded again.
  return between && /^\d*$/.test(literal)
    ? { at: 0, why: 'two brackets need something other than digits between them' }
    : undefined
}

function parseRanges(source: string, offset: number): NodeSetResult<readonly Range[]> {
  const ranges: Range[] = []
  let at = 0
  for (const item of source.split(',')) {
    const range = parseRange(item.trim())
    if (typeof range === 'string') return refuseAt(offset + at, range)
    ranges.push(range)
    at += item.length + 1
  }
  return { ok: true, value: ranges }
}

const decimalShape = /^(\d+)(?:-(\d+)(?:\/(\d+))?)?$/
const hexShape = /^([0-9a-f]+)-([0-9a-f]+)\/hex$/i

/** A range, or the sentence that says why it is none. */
function parseRange(item: string): Range | string {
  const hex = hexShape.exec(item)
  const [whole, first = '', last = first, by = '1'] = hex ?? decimalShape.exec(item) ?? []
  if (whole === undefined) return `${JSON.stringify(item)} is no range like 1-9, 1-9/2 or 0a-1f/hex`
  if ([first, last, by].some((digits) => digits.length > digitsMax)) {
    return `a number in a bracket has at most ${digitsMax} digits`
  }
  const base = hex ? 16 : 10
  const range = {
    first: Number.parseInt(first, base),
    last: Number.parseInt(last, base),
    by: Number(by),
    width: hasLeadingZero(first) || hasLeadingZero(last) ? first.length : 1,
    base,
  } as const
  if (range.by < 1) return 'a step is 1 or more'
  if (range.last < range.first) return `${last} comes before ${first}`
  return last.length < first.length || (hasLeadingZero(last) && last.length > first.length)
    ? `${first} and ${last} are not padded alike`
    : range
}

function hasLeadingZero(digits: string): boolean {
  return digits.length > 1 && digits.startsWith('0')
}

/** How many names the pattern makes; exact as long as no two ranges of a bracket overlap. */
export function patternSize(pattern: Pattern): number {
  return pattern.brackets.reduce(
    (size, ranges) => size * ranges.reduce((sum, range) => sum + rangeSize(range), 0),
    1,
  )
}

function rangeSize(range: Range): number {
  return Math.floor((range.last - range.first) / range.by) + 1
}

/** In the order written, the rightmost bracket fastest. The caller has looked at the size. */
export function expandPattern(pattern: Pattern): string[] {
  let names = [pattern.texts[0] ?? '']
  for (const [at, ranges] of pattern.brackets.entries()) {
    const after = pattern.texts[at + 1] ?? ''
    const numbers = ranges.flatMap(numbersOf)
    names = names.flatMap((before) => numbers.map((number) => before + number + after))
  }
  return names
}

function numbersOf(range: Range): string[] {
  return Array.from({ length: rangeSize(range) }, (_, at) =>
    (range.first + at * range.by).toString(range.base).padStart(range.width, '0'),
  )
}
