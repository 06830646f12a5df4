// Why this file exists: a wrong value of a cluster file is reported with its line and column, together with all others.
// The YAML tree knows the places; these readers walk it and collect what is wrong instead of stopping at the first.
import type { FaultCode } from '#fault'
import { isMap, isNode, isScalar, isSeq, type LineCounter } from 'yaml'
import { nearest } from './nearest.ts'
import type { Problem } from './problem.ts'

const problemsMax = 50
const shownLettersMax = 80

/** A cluster file while it is read. */
export class Reading {
  readonly fileName: string
  readonly #lines: LineCounter
  readonly #found: { readonly offset: number; readonly problem: Problem }[] = []

  constructor(fileName: string, lines: LineCounter) {
    this.fileName = fileName
    this.#lines = lines
  }

  complain(code: FaultCode, offset: number, why: string, todo: string): void {
    if (this.#found.length >= problemsMax) return
    const { line, col } = this.#lines.linePos(offset)
    const where = `${this.fileName}:${line}:${col}`
    const what = 'the cluster file cannot be used'
    this.#found.push({ offset, problem: { code, text: { what, where, why, todo } } })
  }

  /** In the order of the file. */
  get problems(): readonly Problem[] {
    return this.#found
      .toSorted((one, other) => one.offset - other.offset)
      .map(({ problem }) => problem)
  }
}

/** A place where a value may stand. */
export interface Field {
  /** `roles.compute.memory`. */
  readonly path: string
  /** Of the value, or of what it is missing from. */
  readonly offset: number
  /** Absent: nobody wrote this key. */
  readonly node?: unknown
}

/** One line of a mapping. */
export interface Pair {
  readonly key: string
  readonly keyOffset: number
  readonly field: Field
}

export function isWritten(field: Field): boolean {
  return field.node !== undefined
}

/** Every line of a mapping whose keys are names that the writer chose. An empty value is an empty mapping. */
export function pairsOf(reading: Reading, field: Field): readonly Pair[] {
  const { node, path, offset } = field
  if (node === undefined || valueOf(node) === null) return []
  if (!isMap(node)) {
    wrong(reading, field, 'a mapping with keys')
    return []
  }
  return node.items.flatMap((item) => {
    const keyOffset = offsetOf(item.key, offset)
    const key = valueOf(item.key)
    if (typeof key !== 'string' || key === '<<') {
      wrong(reading, { path, offset: keyOffset }, 'a mapping whose keys are plain words')
      return []
    }
    const value = item.value ?? null
    const inner = { path: pathBelow(path, key), offset: offsetOf(value, keyOffset), node: value }
    return [{ key, keyOffset, field: inner }]
  })
}

/** The fields of a mapping with known keys; any other key is reported with the nearest known one. */
export function fieldsOf<K extends string>(
  reading: Reading,
  field: Field,
  known: readonly K[],
): (key: K) => Field {
  const found = new Map<string, Field>()
  for (const { key, keyOffset, field: inner } of pairsOf(reading, field)) {
    if (known.some((one) => one === key)) found.set(key, inner)
    else {
      const near = nearest(key, known) ?? ''
      const why = `there is no key ${quoted(inner.path)}; the nearest is "${near}"`
      reading.complain('CPC-VOC-002', keyOffset, why, `write "${near}", or take the line out`)
    }
  }
  return (key) => found.get(key) ?? { path: pathBelow(field.path, key), offset: field.offset }
}

function pathBelow(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}

/** What a migration has made may be a bare value, and has no place of its own. */
export function valueOf(node: unknown): unknown {
  if (isScalar(node)) return node.value
  return isNode(node) ? undefined : node
}

function offsetOf(node: unknown, otherwise: number): number {
  return isNode(node) ? (node.range?.[0] ?? otherwise) : otherwise
}

/** As JSON, and cut: a file may hold a name of a megabyte. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > shownLettersMax ? `${text.slice(0, shownLettersMax)}…` : text)
}

export function wrong(reading: Reading, field: Field, expected: string): undefined {
  const path = field.path === '' ? 'the file' : field.path.slice(0, shownLettersMax)
  const why = `${path} must be ${expected}`
  reading.complain('CPC-VOC-004', field.offset, why, `write ${expected}`)
  return undefined
}

export function missing(reading: Reading, field: Field, example: string): undefined {
  const why = `"${field.path}" is required and missing`
  reading.complain('CPC-VOC-003', field.offset, why, `add a line such as ${example}`)
  return undefined
}

/** A word that should name something in the same file, and does not. */
export function unknownName(
  reading: Reading,
  place: { readonly offset: number; readonly word: string },
  what: string,
  known: readonly string[],
): undefined {
  const near = nearest(place.word, known)
  const why = `no ${what} of this file is called ${quoted(place.word)}`
  const todo =
    near === undefined ? `add it, or take the name out` : `write "${near}", which is the nearest`
  reading.complain('CPC-VOC-006', place.offset, why, todo)
  return undefined
}

/** What a scalar becomes, and how to say what it should have been. */
export interface Kind<T> {
  readonly parse: (value: unknown) => T | undefined
  readonly expected: string
}

export function textKind<T>(parse: (text: string) => T | undefined, expected: string): Kind<T> {
  return {
    parse: (value) => (typeof value === 'string' ? parse(value) : undefined),
    expected,
  }
}

export function wholeNumber(first: number, last: number): Kind<number> {
  return {
    parse: (value) =>
      typeof value === 'number' && Number.isInteger(value) && value >= first && value <= last
        ? value
        : undefined,
    expected: `a whole number from ${first} to ${last}`,
  }
}

export function oneOf<const T extends string>(words: readonly T[]): Kind<T> {
  return {
    parse: (value) => words.find((word) => word === value),
    expected: `one of ${words.join(', ')}`,
  }
}

/** `undefined` when nothing is written or it is wrong, which is reported. */
export function read<T>(reading: Reading, field: Field, kind: Kind<T>): T | undefined {
  if (!isWritten(field)) return undefined
  return kind.parse(valueOf(field.node)) ?? wrong(reading, field, kind.expected)
}

/** A list, or one word that stands for a list of one. */
export function itemsOf(
  reading: Reading,
  field: Field,
  itemsMax: number,
): readonly Field[] | undefined {
  const { node, path, offset } = field
  if (!isWritten(field)) return undefined
  if (!isSeq(node)) return [field]
  if (node.items.length > itemsMax) return wrong(reading, field, `a list of ${itemsMax} at most`)
  return node.items.map((item, at) => ({
    path: `${path}[${at}]`,
    offset: offsetOf(item, offset),
    node: item,
  }))
}
