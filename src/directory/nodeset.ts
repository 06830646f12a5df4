// Why this file exists: wherever people name machines they may name thousands, as `n[001-128],@rack3,!n4`. This is
// that language: ClusterShell's, worked off from left to right.
import {
  expandPattern,
  type NodeSetResult,
  parsePattern,
  type Pattern,
  patternSize,
  refuseAt,
} from './nodeset-pattern.ts'

/** `,` and · `!` without · `&` in both · `^` in one of the two. */
type Operator = ',' | '!' | '&' | '^'

interface Term {
  readonly operator: Operator
  readonly pattern: Pattern
  /** The pattern names tags, not nodes. */
  readonly isTag: boolean
  readonly position: number
}

/** A node set as it was read; nothing of it is expanded yet. */
export interface NodeSet {
  readonly terms: readonly Term[]
}

/** The names that carry a tag; `undefined` when nothing does. */
export type NamesOfTag = (tag: string) => readonly string[] | undefined

/** HOSTILE 31: `n[1-999999999]` is refused by arithmetic. */
export const nodesMax = 1_000_000
const textLengthMax = 4 * 1024 * 1024

/** `!n4` after a comma means the same as without it. */
const operatorShape = /\s*(,\s*!|[,!&^])\s*/g

export function parseNodeSet(source: string): NodeSetResult<NodeSet> {
  if (source.length > textLengthMax) {
    return refuseAt(textLengthMax, `a node set has at most ${textLengthMax} characters`)
  }
  const terms: Term[] = []
  let nodes = 0
  for (const piece of split(source)) {
    const isTag = piece.text.startsWith('@')
    const position = piece.position + (isTag ? 1 : 0)
    const pattern = parsePattern(isTag ? piece.text.slice(1) : piece.text, position)
    if (!pattern.ok) return pattern
    nodes += patternSize(pattern.value)
    if (nodes > nodesMax) return tooMany(position)
    terms.push({ operator: piece.operator, pattern: pattern.value, isTag, position })
  }
  return { ok: true, value: { terms } }
}

function tooMany(position: number): NodeSetResult<never> {
  return refuseAt(position, `a node set names at most ${nodesMax} nodes`)
}

interface Piece {
  readonly operator: Operator
  readonly text: string
  readonly position: number
}

/** Cuts at the operators that stand outside of brackets. */
function* split(source: string): Generator<Piece> {
  const masked = source.replaceAll(/\[[^\][]*\]/g, (bracket) => '.'.repeat(bracket.length))
  let operator: Operator = ','
  let start = 0
  for (const match of masked.matchAll(operatorShape)) {
    yield pieceOf(source, operator, start, match.index)
    operator = operatorOf(match[1] ?? ',')
    start = match.index + match[0].length
  }
  yield pieceOf(source, operator, start, source.length)
}

function pieceOf(source: string, operator: Operator, start: number, end: number): Piece {
  const raw = source.slice(start, end)
  return { operator, text: raw.trim(), position: start + raw.length - raw.trimStart().length }
}

function operatorOf(text: string): Operator {
  const last = text.at(-1)
  return last === '!' || last === '&' || last === '^' ? last : ','
}

/** Each name once, in the order written. */
export function expandNodeSet(
  nodeSet: NodeSet,
  namesOfTag: NamesOfTag = () => undefined,
): NodeSetResult<readonly string[]> {
  let names = new Set<string>()
  for (const term of nodeSet.terms) {
    const operand = expandTerm(term, namesOfTag)
    if (!operand.ok) return operand
    names = combine(names, term.operator, operand.value)
    if (names.size > nodesMax) return tooMany(term.position)
  }
  return { ok: true, value: [...names] }
}

function expandTerm(term: Term, namesOfTag: NamesOfTag): NodeSetResult<readonly string[]> {
  const expanded = expandPattern(term.pattern)
  if (!term.isTag) return { ok: true, value: expanded }
  const tagged: string[][] = []
  for (const tag of expanded) {
    const names = namesOfTag(tag)
    if (!names) return refuseAt(term.position, `nothing carries the tag ${tag}`)
    tagged.push([...names])
  }
  return { ok: true, value: tagged.flat() }
}

function combine(names: Set<string>, operator: Operator, operand: readonly string[]): Set<string> {
  switch (operator) {
    case ',':
      for (const name of operand) names.add(name)
      return names
    case '!':
      for (const name of operand) names.delete(name)
      return names
    case '&':
      return names.intersection(new Set(operand))
    case '^':
      return names.symmetricDifference(new Set(operand))
  }
}

/** How many nodes; for one pattern without a repetition this is arithmetic alone. */
export function countNodeSet(
  nodeSet: NodeSet,
  namesOfTag: NamesOfTag = () => undefined,
): NodeSetResult<number> {
  const [term, second] = nodeSet.terms
  // Hexadecimal digits may run into the letters beside them, so that two numbers make one name.
  const bracketsAreSimple = term?.pattern.brackets.every(
    ([range, next]) => next === undefined && range?.base === 10,
  )
  if (term && !second && !term.isTag && bracketsAreSimple) {
    return { ok: true, value: patternSize(term.pattern) }
  }
  const names = expandNodeSet(nodeSet, namesOfTag)
  return names.ok ? { ok: true, value: names.value.length } : names
}

/**
 * A list that runs beside a list of names: `10.1.0.[1-128]`, `52:54:00:00:01:[01-80/hex]`. Commas only; what is
 * written twice stays twice, since each item belongs to the name at its place.
 */
export function expandList(source: string): NodeSetResult<readonly string[]> {
  const nodeSet = parseNodeSet(source)
  if (!nodeSet.ok) return nodeSet
  const wrong = nodeSet.value.terms.find(({ isTag, operator }) => isTag || operator !== ',')
  if (wrong) return refuseAt(wrong.position, 'a list has commas and brackets only')
  return { ok: true, value: nodeSet.value.terms.flatMap(({ pattern }) => expandPattern(pattern)) }
}
