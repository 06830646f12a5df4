// Why this file exists: random bytes die at the first tag. Good messages that are bent a little get deep into a decoder.
import { below, pick, randomOf } from './random.ts'

type Bend = (bytes: Uint8Array, random: () => number, others: readonly Uint8Array[]) => Uint8Array

const bendsMax = 4
const bytesMax = 64 * 1024

/** Lengths that decoders have died of, in BER's long and short forms. */
const evilLengths: readonly Uint8Array[] = [
  '80',
  '81ff',
  '82ffff',
  '83ffffff',
  '84ffffffff',
  '847fffffff',
  '8480000000',
  '88ffffffffffffffff',
  '89010000000000000000',
  'ff',
  '00',
  '7f',
].map((hex) => Uint8Array.fromHex(hex))

const bends: readonly Bend[] = [
  // A bit.
  (bytes, random) => replaced(bytes, random, (byte) => byte ^ (1 << below(random, 8))),
  // A byte, often one that means something.
  (bytes, random) =>
    replaced(bytes, random, () => pick(random, [0, 1, 0x30, 0x31, 0x7f, 0x80, 0x84, 0xa0, 0xff])),
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
  // A length that lies.
  (bytes, random) => {
    const at = below(random, bytes.length)
    return joined(bytes.slice(0, at), pick(random, evilLengths), bytes.slice(at + 1))
  },
  // The head of one and the tail of another.
  (bytes, random, others) => {
    const other = pick(random, others)
    return joined(
      bytes.slice(0, below(random, bytes.length)),
      other.slice(below(random, other.length)),
    )
  },
  // Boxes in boxes.
  (bytes, random) => {
    let inner = bytes
    for (let level = below(random, 200); level > 0; level -= 1) inner = boxed(inner)
    return inner
  },
]

/** The same for the same seed. */
export function mutant(seed: number, corpus: readonly Uint8Array[]): Uint8Array {
  const random = randomOf(seed)
  let bytes = pick(random, corpus)
  for (let count = 1 + below(random, bendsMax); count > 0; count -= 1) {
    bytes = pick(random, bends)(bytes, random, corpus).slice(0, bytesMax)
  }
  return bytes
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
  return [from, from + below(random, Math.min(64, bytes.length - from + 1))]
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

function boxed(inner: Uint8Array): Uint8Array {
  const { length } = inner
  return joined(Uint8Array.of(0x30, 0x82, (length >> 8) & 0xff, length & 0xff), inner)
}
