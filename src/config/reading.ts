// Why this file exists: a wrong value is reported with its line and column, together with all others. These readers
// walk the YAML tree, whose nodes know their place, and collect what is wrong instead of stopping at the first.
import type { FaultCode, FaultText } from '#fault'
import { isMap, isNode, isScalar, isSeq, type LineCounter } from 'yaml'
import { nearest } from './nearest.ts'

/** One thing that is wrong, as `faultLines` prints it. */
export interface Problem {
  readonly code: FaultCode
  readonly text: FaultText
}

const problemsMax = 50

/** A file while it is read. */
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
    const what = 'the configuration cannot be used'
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
  /** `services.dhcp`. */
  readonly path: string
  /** Of the value, or of what it is missing from. */
  readonly offset: number
  /** Absent: nobody wrote this key. */
  readonly node?: unknown
}

export function isWritten(field: Field): boolean {
  return field.node !== undefined
}

export function isMapping(field: Field): boolean {
  return isMap(field.node)
}

/** The fields of a mapping. What is not known is reported; an empty value counts as an empty mapping. */
export function fieldsOf<K extends string>(
  reading: Reading,
  field: Field,
  known: readonly K[],
): (key: K) => Field {
  const found = new Map<string, Field>()
  for (const [key, offset, node] of pairsOf(reading, field)) {
    const path = pathOf(field, key)
    if (known.some((one) => one === key))
      found.set(key, { path, offset: offsetOf(node, offset), node })
    else complainOfUnknown(reading, offset, path, nearest(key, known) ?? '')
  }
  return (key) => found.get(key) ?? { path: pathOf(field, key), offset: field.offset }
}

function pathOf(field: Field, key: string): string {
  return field.path === '' ? key : `${field.path}.${key}`
}

function complainOfUnknown(reading: Reading, offset: number, path: string, near: string): void {
  const why = `there is no key ${JSON.stringify(path)}; the nearest is "${near}"`
  reading.complain('CPC-CFG-002', offset, why, `write "${near}", or take the line out`)
}

function pairsOf(reading: Reading, field: Field): readonly (readonly [string, number, unknown])[] {
  const { node } = field
  if (node === undefined || isEmpty(node)) return []
  if (!isMap(node)) {
    wrong(reading, field, 'a mapping with keys')
    return []
  }
  return node.items.flatMap(({ key, value }) => {
    const offset = offsetOf(key, field.offset)
    const word = valueOf(key)
    if (typeof word === 'string') return [[word, offset, value ?? null]]
    wrong(reading, { path: field.path, offset }, 'a mapping whose keys are plain words')
    return []
  })
}

function isEmpty(node: unknown): boolean {
  return valueOf(node) === null
}

/** What a migration has made may be a bare value, and has no place of its own. */
function valueOf(node: unknown): unknown {
  if (isScalar(node)) return node.value
  return isNode(node) ? undefined : node
}

function offsetOf(node: unknown, otherwise: number): number {
  return isNode(node) ? (node.range?.[0] ?? otherwise) : otherwise
}

export function wrong(reading: Reading, field: Field, expected: string): undefined {
  const why = `${field.path || 'the file'} must be ${expected}`
  reading.complain('CPC-CFG-004', field.offset, why, `write ${expected}`)
  return undefined
}

export function missing(reading: Reading, field: Field, example: string): undefined {
  const why = `"${field.path}" is required and missing`
  reading.complain('CPC-CFG-003', field.offset, why, `add a line such as ${example}`)
  return undefined
}

/** What text becomes, and how to say what it should have been. */
export interface Kind<T> {
  readonly parse: (text: string) => T | undefined
  readonly expected: string
}

/** `undefined` when nothing is written or it is wrong, which is reported. */
export function readText<T>(reading: Reading, field: Field, kind: Kind<T>): T | undefined {
  if (!isWritten(field)) return undefined
  const value = valueOf(field.node)
  const parsed = typeof value === 'string' ? kind.parse(value) : undefined
  return parsed ?? wrong(reading, field, kind.expected)
}

export function readNumber(
  reading: Reading,
  field: Field,
  range: readonly [number, number],
): number | undefined {
  if (!isWritten(field)) return undefined
  const value = valueOf(field.node)
  const fits = typeof value === 'number' && Number.isInteger(value)
  return fits && value >= range[0] && value <= range[1]
    ? value
    : wrong(reading, field, `a whole number from ${range[0]} to ${range[1]}`)
}

export function readBoolean(reading: Reading, field: Field): boolean | undefined {
  if (!isWritten(field)) return undefined
  const value = valueOf(field.node)
  return typeof value === 'boolean' ? value : wrong(reading, field, 'true or false')
}

/** `undefined` also when one item is wrong. */
export function readList<T>(
  reading: Reading,
  field: Field,
  kind: Kind<T>,
): readonly T[] | undefined {
  const { node, path } = field
  if (!isWritten(field)) return undefined
  if (!isSeq(node)) return wrong(reading, field, `a list of ${kind.expected}, as [one, two]`)
  const values = node.items.map((item, at) => {
    const place = { path: `${path}[${at}]`, offset: offsetOf(item, field.offset), node: item }
    return readText(reading, place, kind)
  })
  const read = values.filter((value) => value !== undefined)
  return read.length === values.length ? read : undefined
}

export function oneOf<const T extends string>(words: readonly T[]): Kind<T> {
  return {
    parse: (text) => words.find((word) => word === text),
    expected: `one of ${words.join(', ')}`,
  }
}
