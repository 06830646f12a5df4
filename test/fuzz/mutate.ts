// Why this file exists: random bytes die at the first length. Good messages that are bent a little get deep into a decoder.
import { below, pick, randomOf } from './random.ts'

export type Bend = (
  bytes: Uint8Array,
  random: () => number,
  others: readonly Uint8Array[],
) => Uint8Array

const bendsMax = 4
const bytesMax = 64 * 1024
/** Whoever says a thing too often. */
const repeatsMax = 40
const spanBytesMax = 64

/** Bytes that mean something to somebody: the ends of number ranges, lengths, pointers, tags. */
const tellingBytes = [0, 1, 0x30, 0x31, 0x3f, 0x7f, 0x80, 0x84, 0xa0, 0xc0, 0xfe, 0xff]
const tellingWords = [0, 1, 0x7f, 0xff, 0x100, 0x7fff, 0x8000, 0xc00c, 0xffff]

/** What can happen to the bytes of any protocol. */
export const plainBends: readonly Bend[] = [
  // A bit.
  (bytes, random) => replaced(bytes, random, (byte) => byte ^ (1 << below(random, 8))),
  // A byte, often one that means something.
  (bytes, random) => replaced(bytes, random, () => pick(random, tellingBytes)),
  (bytes, random) => replaced(bytes, random, () => below(random, 256)),
  // Cut off.
  (bytes, random) => bytes.slice(0, below(random, bytes.length + 1)),
  // A piece out, or twice.
  (bytes, random) => {
    const [from, to] = span(bytes, random)
    return joined(bytes.slice(0, from), bytes.slice(to))
  },
  (bytes, random) => {
    const [from, to] = span(bytes, random)
    return joined(bytes.slice(0, to), bytes.slice(from))
  },
  // The head of one and the tail of another.
  (bytes, random, others) => {
    const other = pick(random, others)
    return joined(
      bytes.slice(0, below(random, bytes.length)),
      other.slice(below(random, other.length)),
    )
  },
]

/** And what happens where a length is a byte or two in network order, as in every datagram here. */
export const datagramBends: readonly Bend[] = [
  ...plainBends,
  // A length, a count or a pointer that lies.
  (bytes, random) => {
    const at = below(random, bytes.length)
    const word = pick(random, tellingWords)
    return joined(bytes.slice(0, at), Uint8Array.of(word >>> 8, word & 255), bytes.slice(at + 2))
  },
  // A little more or less than it was.
  (bytes, random) => replaced(bytes, random, (byte) => byte + pick(random, [-2, -1, 1, 2])),
  // A piece again and again.
  (bytes, random) => {
    const [from, to] = span(bytes, random)
    const piece = bytes.slice(from, to)
    const pieces = Array.from({ length: below(random, repeatsMax) }, () => piece)
    return joined(bytes.slice(0, to), ...pieces, bytes.slice(to))
  },
  // Two pieces in the other order.
  (bytes, random) => {
    const [from, to] = span(bytes, random)
    const end = Math.min(bytes.length, to + below(random, spanBytesMax))
    const parts = [bytes.slice(0, from), bytes.slice(to, end), bytes.slice(from, to)]
    return joined(...parts, bytes.slice(end))
  },
]

/** One of the corpus, bent up to four times; the same for the same seed. */
export function mutant(
  seed: number,
  corpus: readonly Uint8Array[],
  bends: readonly Bend[],
): Uint8Array {
  const random = randomOf(seed)
  return bent(pick(random, corpus), random, { corpus, bends })
}

export interface Bending {
  readonly corpus: readonly Uint8Array[]
  readonly bends: readonly Bend[]
}

export function bent(
  bytes: Uint8Array,
  random: () => number,
  { corpus, bends }: Bending,
): Uint8Array {
  let result = bytes
  for (let count = 1 + below(random, bendsMax); count > 0; count -= 1)
    result = pick(random, bends)(result, random, corpus).slice(0, bytesMax)
  return result
}

function replaced(
  bytes: Uint8Array,
  random: () => number,
  become: (byte: number) => number,
): Uint8Array {
  const copy = bytes.slice()
  const at = below(random, copy.length)
  const byte = copy[at]
  if (byte !== undefined) copy[at] = become(byte)
  return copy
}

function span(bytes: Uint8Array, random: () => number): [number, number] {
  const from = below(random, bytes.length)
  return [from, from + below(random, Math.min(spanBytesMax, bytes.length - from + 1))]
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}
