// Why this file exists: a loader that lost its connection asks for the rest (RFC 9110 §14), and one that has a file
// already asks whether it is still the same (§13). Pure.
export type Range =
  | { readonly kind: 'whole' }
  /** Both ends included. */
  | { readonly kind: 'part'; readonly from: number; readonly to: number }
  | { readonly kind: 'unsatisfiable' }

const whole: Range = { kind: 'whole' }

/** One range of bytes is honoured. What is malformed, of another unit, or several is ignored, as the RFC allows. */
export function parseRange(header: string | undefined, size: number): Range {
  const match = /^bytes=\s*(\d*)-(\d*)\s*$/i.exec(header ?? '')
  const [, first = '', last = ''] = match ?? []
  if (first === '') return last === '' ? whole : lastBytes(Number(last), size)
  const from = Number(first)
  const to = last === '' ? size - 1 : Math.min(Number(last), size - 1)
  if (last !== '' && Number(last) < from) return whole
  return from < size ? { kind: 'part', from, to } : { kind: 'unsatisfiable' }
}

function lastBytes(count: number, size: number): Range {
  if (count === 0 || size === 0) return { kind: 'unsatisfiable' }
  return { kind: 'part', from: Math.max(0, size - count), to: size - 1 }
}

/** RFC 9110 §13.1.5: a part only of the very file that the first part was of. */
export function rangeStillHolds(ifRange: string | undefined, tag: string): boolean {
  return ifRange === undefined || ifRange.trim() === tag
}

/** RFC 9110 §13.1.2: whether one of the tags is that of our file; whether it says of itself to be weak does not matter. */
export function isAlreadyThere(ifNoneMatch: string | undefined, tag: string): boolean {
  if (ifNoneMatch === undefined) return false
  if (ifNoneMatch.trim() === '*') return true
  const tags: readonly string[] = ifNoneMatch.match(/"[^"]*"/g) ?? []
  return tags.includes(tag)
}
