// Why this file exists: the readers of files ask for fields, lists and values by name; these find them in the YAML tree
// and keep their places.
import { nearest } from '#fault'
import { isMap, isNode, isScalar, isSeq } from 'yaml'
import type { Kind } from './kind.ts'
import { type Field, isWritten, quoted, type Reading, wrong } from './reading.ts'

/** One line of a mapping. */
export interface Pair {
  readonly key: string
  readonly keyOffset: number
  readonly field: Field
}

export function isMapping(field: Field): boolean {
  return isMap(field.node)
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
      const todo = `write "${near}", or take the line out`
      reading.complain(reading.kind.codes.unknownKey, keyOffset, why, todo)
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

/** `undefined` when nothing is written or it is wrong, which is reported. */
export function read<T>(reading: Reading, field: Field, kind: Kind<T>): T | undefined {
  if (!isWritten(field)) return undefined
  return kind.parse(valueOf(field.node)) ?? wrong(reading, field, kind.expected)
}

/** A list, and nothing else; `undefined` also when one item is wrong. */
export function readList<T>(
  reading: Reading,
  field: Field,
  kind: Kind<T>,
): readonly T[] | undefined {
  if (!isWritten(field)) return undefined
  const items = listed(field)
  if (!items) return wrong(reading, field, `a list of ${kind.expected}, as [one, two]`)
  const values = items.flatMap((item) => read(reading, item, kind) ?? [])
  return values.length === items.length ? values : undefined
}

/** A list, or one word that stands for a list of one. */
export function itemsOf(
  reading: Reading,
  field: Field,
  itemsMax: number,
): readonly Field[] | undefined {
  if (!isWritten(field)) return undefined
  const items = listed(field)
  if (!items) return [field]
  return items.length > itemsMax ? wrong(reading, field, `a list of ${itemsMax} at most`) : items
}

function listed({ node, path, offset }: Field): readonly Field[] | undefined {
  if (!isSeq(node)) return undefined
  return node.items.map((item, at) => ({
    path: `${path}[${at}]`,
    offset: offsetOf(item, offset),
    node: item,
  }))
}
