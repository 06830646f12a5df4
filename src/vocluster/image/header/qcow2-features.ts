// Why this file exists: what a QCOW2 header may ask for that an image from a stranger must not have: other files, secrets,
// history, or repair.
import type { Qcow2Fields } from './qcow2-fields.ts'
import { headerFault, printable, type Refusal, refusal } from './refusal.ts'

export const featureBit = {
  dirty: 0,
  corrupt: 1,
  dataFile: 2,
  compression: 3,
  extendedL2: 4,
} as const
const autoclearBit = { bitmaps: 0, rawDataFile: 1 } as const
const backingNameBytesMax = 1023

export function has(bits: bigint, bit: number): boolean {
  return ((bits >> BigInt(bit)) & 1n) === 1n
}

export function checkFeatures(fields: Qcow2Fields): Refusal | undefined {
  const { incompatible, autoclear, encryption, snapshots } = fields
  if (has(incompatible, featureBit.corrupt)) return refusal('corrupt', 'incompatible feature bit 1')
  if (has(incompatible, featureBit.dirty)) return refusal('dirty', 'incompatible feature bit 0')
  if (has(incompatible, featureBit.dataFile)) {
    return refusal('data-file', 'incompatible feature bit 2')
  }
  if (has(autoclear, autoclearBit.rawDataFile)) return refusal('data-file', 'autoclear bit 1')
  const unknown = incompatible >> BigInt(featureBit.extendedL2 + 1)
  if (unknown !== 0n) {
    return refusal('unknown-feature', `incompatible feature bit ${lowestBit(unknown) + 5}`)
  }
  if (encryption !== 0) {
    const methods: Readonly<Record<number, string>> = { 1: 'AES', 2: 'LUKS' }
    return refusal('encrypted', methods[encryption] ?? `method ${encryption}`)
  }
  if (snapshots !== 0) return refusal('snapshots', `${snapshots}`)
  return has(autoclear, autoclearBit.bitmaps) ? refusal('bitmaps', 'autoclear bit 0') : undefined
}

function lowestBit(bits: bigint): number {
  let bit = 0
  while (!has(bits, bit) && bit < 64) bit += 1
  return bit
}

/** CVE-2008-2004, CVE-2015-1850: the name is read only to be shown. */
export function checkBacking(fields: Qcow2Fields, head: Uint8Array): Refusal | undefined {
  const { backingOffset, backingLength, clusterBits } = fields
  if (backingOffset === 0n) {
    if (backingLength === 0) return undefined
    return headerFault('backing file', `${backingLength} bytes of a name that is nowhere`)
  }
  if (backingLength > backingNameBytesMax) {
    return headerFault('backing file', `a name of ${backingLength} bytes, limit 1023`)
  }
  const end = backingOffset + BigInt(backingLength)
  if (end > BigInt(Math.min(head.length, 2 ** clusterBits))) {
    return headerFault('backing file', 'its name lies outside the first cluster')
  }
  return refusal('backing-file', printable(head.subarray(Number(backingOffset), Number(end))))
}
