// Why this file exists: what stands inside a primitive element, each type with its own rules in one place.
import { Asn1Error } from './refusal.ts'

export interface BitString {
  /** Bits of the last byte that carry nothing. */
  readonly unused: number
  readonly bytes: Uint8Array
}

/** RSA-16384 needs 2049 bytes; nobody has longer numbers. */
const integerBytesMax = 4096
/** An arc of 128 bits (2.25.UUID) takes 19 octets; the whole stays readable in a log. */
const oidBytesMax = 256

export function badValue(what: string): Asn1Error {
  return new Asn1Error({ kind: 'bad-value', what })
}

export function readInteger(content: Uint8Array, rules: 'ber' | 'der'): bigint {
  const first = content[0]
  if (first === undefined || content.length > integerBytesMax) {
    throw badValue(`an integer of ${content.length} bytes`)
  }
  const second = content[1]
  const padded =
    second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))
  if (padded && rules === 'der') throw badValue('an integer with needless leading bytes')
  const value = BigInt(`0x${content.toHex()}`)
  return first < 0x80 ? value : value - (1n << BigInt(content.length * 8))
}

export function writeInteger(value: bigint): Uint8Array {
  let length = 1
  while (BigInt.asIntN(length * 8, value) !== value) length += 1
  const digits = BigInt.asUintN(length * 8, value)
    .toString(16)
    .padStart(length * 2, '0')
  return Uint8Array.fromHex(digits)
}

export function readBoolean(content: Uint8Array, rules: 'ber' | 'der'): boolean {
  const octet = content[0]
  if (octet === undefined || content.length !== 1) throw badValue('a boolean that is not one byte')
  if (rules === 'der' && octet !== 0 && octet !== 0xff) throw badValue('a boolean of neither value')
  return octet !== 0
}

/** Dotted text. Arcs are bigints inside: a 2.25.UUID arc does not fit a double. */
export function readOid(content: Uint8Array): string {
  const last = content.at(-1)
  if (last === undefined || last >= 0x80 || content.length > oidBytesMax) {
    throw badValue('an object identifier that does not end')
  }
  const arcs: bigint[] = []
  let arc = 0n
  for (const octet of content) {
    if (arc === 0n && octet === 0x80) throw badValue('an arc with a needless leading byte')
    arc = (arc << 7n) | BigInt(octet & 0x7f)
    if (octet >= 0x80) continue
    arcs.push(arc)
    arc = 0n
  }
  const [joined = 0n, ...rest] = arcs
  const root = joined < 80n ? joined / 40n : 2n
  return [root, joined - root * 40n, ...rest].join('.')
}

export function writeOid(text: string): Uint8Array {
  if (!/^[0-2](\.(0|[1-9]\d{0,38}))+$/.test(text)) throw badValue(`no object identifier: ${text}`)
  const [root = 0n, second = 0n, ...rest] = text.split('.').map(BigInt)
  if (root < 2n && second > 39n) throw badValue(`no object identifier: ${text}`)
  return Uint8Array.from([root * 40n + second, ...rest].flatMap(arcOctets))
}

function arcOctets(arc: bigint): number[] {
  const octets = [Number(arc & 0x7fn)]
  for (let rest = arc >> 7n; rest > 0n; rest >>= 7n) octets.unshift(Number(rest & 0x7fn) | 0x80)
  return octets
}

export function readBits(content: Uint8Array): BitString {
  const unused = content[0]
  if (unused === undefined || unused > 7 || (unused > 0 && content.length === 1)) {
    throw badValue('a bit string whose count of unused bits is wrong')
  }
  return { unused, bytes: content.subarray(1) }
}

/** UTCTime and GeneralizedTime as X.509 writes them (RFC 5280 4.1.2.5): seconds, and Z. */
export function readTime(text: string): Date {
  const short = /^\d{12}Z$/.test(text)
  if (!short && !/^\d{14}Z$/.test(text)) throw badValue('a time in a form that DER does not use')
  const full = short ? `${Number(text.slice(0, 2)) < 50 ? '20' : '19'}${text}` : text
  const iso = full.replace(/^(....)(..)(..)(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6.000Z')
  const date = new Date(iso)
  // A 31st of February is moved on by some engines and refused by others.
  if (Number.isNaN(date.getTime()) || date.toISOString() !== iso) throw badValue('no such time')
  return date
}
