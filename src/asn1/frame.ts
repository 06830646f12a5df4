// Why this file exists: where an element ends must be known, and bounded, before a byte of it is believed or
// waited for: a stream that announces 4 GiB is refused at its sixth byte (HOSTILE 21).
import type { Asn1Refusal } from './refusal.ts'
import { type Tag, tagClasses } from './tag.ts'

export interface Asn1Limits {
  /** Of one element's content; the outermost element bounds all others. */
  readonly lengthBytesMax: number
  readonly depthMax: number
  /** `der` refuses every second spelling of the same value. */
  readonly rules: 'ber' | 'der'
}

/** A search filter costs two levels for each of its own; entries with photographs are the longest messages. */
export const ldapLimits: Asn1Limits = { lengthBytesMax: 16 << 20, depthMax: 64, rules: 'ber' }

export const x509Limits: Asn1Limits = { lengthBytesMax: 1 << 20, depthMax: 32, rules: 'der' }

/** One element found at `at`: its content is `start..end`. */
export interface Frame {
  readonly kind: 'frame'
  readonly tag: Tag
  readonly at: number
  readonly start: number
  readonly end: number
}

/** `more`: nothing is wrong yet, but the bytes do not reach to the element's end. */
export type Framing =
  | Frame
  | { readonly kind: 'more' }
  | { readonly kind: 'refused'; readonly refusal: Asn1Refusal }

const more: Framing = { kind: 'more' }
const lengthOctetsMax = 8
/** 28 bits of tag number: more than any protocol has. */
const tagOctetsMax = 4

/** The element that starts at `at`. Never copies, never looks beyond what it needs. */
export function frameAt(bytes: Uint8Array, at: number, limits: Asn1Limits): Framing {
  const number = tagNumberAt(bytes, at)
  if (number === 'more') return more
  if (number === 'bad') return { kind: 'refused', refusal: { kind: 'bad-tag', at } }
  const length = lengthAt(bytes, number.next, limits)
  if (length === 'more') return more
  if ('kind' in length) return { kind: 'refused', refusal: length }
  if (length.value > limits.lengthBytesMax) {
    const refusal = { kind: 'too-long', at, lengthBytesMax: limits.lengthBytesMax } as const
    return { kind: 'refused', refusal }
  }
  const end = length.next + length.value
  if (end > bytes.length) return more
  return { kind: 'frame', tag: tagOf(bytes[at] ?? 0, number.value), at, start: length.next, end }
}

function tagOf(first: number, number: number): Tag {
  const tagClass = tagClasses[first >> 6] ?? 'universal'
  return { class: tagClass, constructed: (first & 0x20) !== 0, number }
}

interface Read {
  readonly value: number
  readonly next: number
}

function tagNumberAt(bytes: Uint8Array, at: number): Read | 'more' | 'bad' {
  const first = bytes[at]
  if (first === undefined) return 'more'
  if ((first & 0x1f) !== 0x1f) return { value: first & 0x1f, next: at + 1 }
  let value = 0
  for (let count = 1; count <= tagOctetsMax; count += 1) {
    const octet = bytes[at + count]
    if (octet === undefined) return 'more'
    if (count === 1 && octet === 0x80) return 'bad'
    value = (value << 7) | (octet & 0x7f)
    // X.690 8.1.2.2: numbers below 31 have the short form only.
    if (octet < 0x80) return value < 31 ? 'bad' : { value, next: at + count + 1 }
  }
  return 'bad'
}

function lengthAt(bytes: Uint8Array, at: number, limits: Asn1Limits): Read | 'more' | Asn1Refusal {
  const first = bytes[at]
  if (first === undefined) return 'more'
  if (first < 0x80) return { value: first, next: at + 1 }
  if (first === 0x80) return { kind: 'indefinite-length', at }
  const count = first & 0x7f
  if (count > lengthOctetsMax) {
    return { kind: 'too-long', at, lengthBytesMax: limits.lengthBytesMax }
  }
  let value = 0
  for (let offset = 1; offset <= count; offset += 1) {
    const octet = bytes[at + offset]
    if (octet === undefined) return 'more'
    value = value * 256 + octet
  }
  const minimal = value >= 0x80 && bytes[at + 1] !== 0
  if (limits.rules === 'der' && !minimal) return { kind: 'not-der', at, what: 'the length' }
  return { value, next: at + 1 + count }
}
