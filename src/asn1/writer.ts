// Why this file exists: what we send is DER always, so that the same value has the same bytes everywhere.
import { type Tag, tagClasses, tags } from './tag.ts'
import { type BitString, writeInteger, writeOid } from './value.ts'

const encoder = new TextEncoder()

/** Each maker gives one whole element; a tag argument is for IMPLICIT tagging. */
export const der = {
  element: wrap,
  sequence: (parts: readonly Uint8Array[], tag: Tag = tags.sequence) => wrap(tag, join(parts)),
  /** The parts of a SET OF in DER's order (X.690 11.6). */
  set: (parts: readonly Uint8Array[], tag: Tag = tags.set) =>
    wrap(tag, join(parts.toSorted(compareBytes))),
  octets: (bytes: Uint8Array, tag: Tag = tags.octetString) => wrap(tag, bytes),
  text: (text: string, tag: Tag = tags.octetString) => wrap(tag, encoder.encode(text)),
  integer: (value: bigint | number, tag: Tag = tags.integer) =>
    wrap(tag, writeInteger(BigInt(value))),
  enumerated: (value: number) => wrap(tags.enumerated, writeInteger(BigInt(value))),
  boolean: (value: boolean, tag: Tag = tags.boolean) => wrap(tag, Uint8Array.of(value ? 0xff : 0)),
  null: (tag: Tag = tags.null) => wrap(tag, new Uint8Array(0)),
  oid: (dotted: string, tag: Tag = tags.oid) => wrap(tag, writeOid(dotted)),
  bits: ({ unused, bytes }: BitString, tag: Tag = tags.bitString) =>
    wrap(tag, join([Uint8Array.of(unused), bytes])),
  time: writeTime,
} as const

function wrap(tag: Tag, content: Uint8Array): Uint8Array {
  return join([
    Uint8Array.from(tagOctets(tag)),
    Uint8Array.from(lengthOctets(content.length)),
    content,
  ])
}

function tagOctets(tag: Tag): number[] {
  const first = (tagClasses.indexOf(tag.class) << 6) | (tag.constructed ? 0x20 : 0)
  if (tag.number < 31) return [first | tag.number]
  const octets = [tag.number & 0x7f]
  for (let rest = tag.number >> 7; rest > 0; rest >>= 7) octets.unshift((rest & 0x7f) | 0x80)
  return [first | 0x1f, ...octets]
}

function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length]
  const octets: number[] = []
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) octets.unshift(rest % 256)
  return [0x80 | octets.length, ...octets]
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function compareBytes(one: Uint8Array, other: Uint8Array): number {
  const length = Math.min(one.length, other.length)
  for (let at = 0; at < length; at += 1) {
    const difference = (one[at] ?? 0) - (other[at] ?? 0)
    if (difference !== 0) return difference
  }
  return one.length - other.length
}

/** RFC 5280 4.1.2.5: UTCTime through 2049, GeneralizedTime after. */
function writeTime(date: Date): Uint8Array {
  const digits = `${date.toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`
  const year = date.getUTCFullYear()
  return year >= 1950 && year < 2050
    ? der.text(digits.slice(2), tags.utcTime)
    : der.text(digits, tags.generalizedTime)
}
