// Why this file exists: BER has lies of its own: lengths of many forms, and boxes in boxes.
import { type Bend, joined, plainBends } from './mutate.ts'
import { below, pick } from './random.ts'

const boxesMax = 200

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

export const berBends: readonly Bend[] = [
  ...plainBends,
  // A length that lies.
  (bytes, random) => {
    const at = below(random, bytes.length)
    return joined(bytes.slice(0, at), pick(random, evilLengths), bytes.slice(at + 1))
  },
  // Boxes in boxes.
  (bytes, random) => {
    let inner = bytes
    for (let level = below(random, boxesMax); level > 0; level -= 1) inner = boxed(inner)
    return inner
  },
]

function boxed(inner: Uint8Array): Uint8Array {
  const { length } = inner
  return joined(Uint8Array.of(0x30, 0x82, (length >> 8) & 0xff, length & 0xff), inner)
}
