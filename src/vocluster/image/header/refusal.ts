// Why this file exists: an image that we do not take is told so by one short fact; the fact crosses a process boundary
// on its way (a header is read in the tool process), so it is flat.
export const refusalKinds = [
  'empty',
  'too-short',
  'format-not-taken',
  'not-as-declared',
  'two-formats',
  'version',
  'backing-file',
  'data-file',
  'encrypted',
  'snapshots',
  'bitmaps',
  'unknown-feature',
  'dirty',
  'corrupt',
  'header',
  'too-large',
] as const

export type RefusalKind = (typeof refusalKinds)[number]

/** `fact` is what was seen, made printable: a name, a number, a field with its value and limit. */
export interface Refusal {
  readonly kind: RefusalKind
  readonly fact: string
}

const factCharactersMax = 160

export function refusal(kind: RefusalKind, fact: string): Refusal {
  return { kind, fact: fact.slice(0, factCharactersMax) }
}

/** A field of the header that contradicts the format or the file. */
export function headerFault(field: string, why: string): Refusal {
  return refusal('header', `${field}: ${why}`)
}

/** Bytes out of a stranger's header, harmless in a log line and on a terminal. */
export function printable(bytes: Uint8Array): string {
  return Array.from(bytes.subarray(0, factCharactersMax), (byte) =>
    byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '?',
  ).join('')
}
