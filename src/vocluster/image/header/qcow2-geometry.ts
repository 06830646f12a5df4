// Why this file exists: the tables of a QCOW2 file are allocated by whoever opens it, by numbers that its author chose;
// here those numbers are held against each other, against the file's length and against QEMU's own limits
// (CVE-2014-0143, CVE-2014-0144, CVE-2015-5162).
import { featureBit, has } from './qcow2-features.ts'
import type { Qcow2Fields } from './qcow2-fields.ts'
import { headerFault, type Refusal } from './refusal.ts'

const clusterBitsMin = 9
const clusterBitsMax = 21
const subclusterBitsMin = 14
const refcountOrderMax = 6
const l1BytesMax = 32n << 20n
const refcountTableBytesMax = 8n << 20n
const sectorBytes = 512n
/** Known fields end here; padding follows up to the next multiple of 8. */
const knownFieldsEnd = 105

/** What must hold before anything is looked for behind the fixed fields. */
export function checkShape(fields: Qcow2Fields, head: Uint8Array): Refusal | undefined {
  const { clusterBits, headerLength, version, refcountOrder } = fields
  if (clusterBits < clusterBitsMin || clusterBits > clusterBitsMax) {
    return headerFault('cluster bits', `${clusterBits}, allowed are 9 to 21`)
  }
  if (refcountOrder > refcountOrderMax) {
    return headerFault('refcount order', `${refcountOrder}, limit ${refcountOrderMax}`)
  }
  if (version === 2) return undefined
  const limit = Math.min(head.length, 2 ** clusterBits)
  if (headerLength < 104 || headerLength > limit || headerLength % 8 !== 0) {
    return headerFault('header length', `${headerLength}`)
  }
  if (head.subarray(knownFieldsEnd, headerLength).some((byte) => byte !== 0)) {
    return headerFault('header length', 'there are fields that no version knows')
  }
  return checkVariant(fields)
}

function checkVariant({
  incompatible,
  compression,
  clusterBits,
}: Qcow2Fields): Refusal | undefined {
  // Type 1 is zstd; the bit says that it is not the old zlib.
  if (compression !== (has(incompatible, featureBit.compression) ? 1 : 0)) {
    return headerFault('compression', `type ${compression}`)
  }
  if (has(incompatible, featureBit.extendedL2) && clusterBits < subclusterBitsMin) {
    return headerFault('cluster bits', `${clusterBits} with subclusters`)
  }
  return undefined
}

export function checkGeometry(fields: Qcow2Fields, fileBytes: number): Refusal | undefined {
  if (fields.virtualBytes === 0n) return headerFault('virtual size', '0')
  if (fields.virtualBytes % sectorBytes !== 0n) {
    return headerFault('virtual size', `${fields.virtualBytes}, no multiple of 512`)
  }
  const { l1, refcounts, header } = tablesOf(fields)
  return (
    checkL1Entries(fields) ??
    checkTable(l1, l1BytesMax) ??
    checkTable(refcounts, refcountTableBytesMax) ??
    checkInside(l1, fileBytes) ??
    checkInside(refcounts, fileBytes) ??
    checkApart(header, l1) ??
    checkApart(header, refcounts) ??
    checkApart(l1, refcounts)
  )
}

interface Table {
  readonly name: string
  readonly offset: bigint
  readonly bytes: bigint
  readonly clusterBytes: bigint
}

function tablesOf(fields: Qcow2Fields) {
  const clusterBytes = 1n << BigInt(fields.clusterBits)
  const table = (name: string, offset: bigint, bytes: bigint): Table => ({
    name,
    offset,
    bytes,
    clusterBytes,
  })
  return {
    header: table('header', 0n, clusterBytes),
    l1: table('L1 table', fields.l1Offset, BigInt(fields.l1Entries) * 8n),
    refcounts: table(
      'refcount table',
      fields.refcountOffset,
      BigInt(fields.refcountClusters) * clusterBytes,
    ),
  }
}

function checkL1Entries(fields: Qcow2Fields): Refusal | undefined {
  const entryBytes = has(fields.incompatible, featureBit.extendedL2) ? 16n : 8n
  const clusterBytes = 1n << BigInt(fields.clusterBits)
  const bytesPerEntry = (clusterBytes / entryBytes) * clusterBytes
  const needed = (fields.virtualBytes + bytesPerEntry - 1n) / bytesPerEntry
  if (BigInt(fields.l1Entries) >= needed) return undefined
  return headerFault('L1 table', `${fields.l1Entries} entries, the virtual size needs ${needed}`)
}

function checkTable(table: Table, bytesMax: bigint): Refusal | undefined {
  const { name, offset, bytes, clusterBytes } = table
  if (bytes === 0n) return headerFault(name, 'there is none')
  if (bytes > bytesMax) return headerFault(name, `${bytes} bytes, limit ${bytesMax}`)
  if (offset % clusterBytes !== 0n) {
    return headerFault(name, `at ${offset}, which is no start of a cluster`)
  }
  return undefined
}

function checkInside({ name, offset, bytes }: Table, fileBytes: number): Refusal | undefined {
  if (offset + bytes > BigInt(fileBytes)) {
    return headerFault(name, `it ends at ${offset + bytes}, the file at ${fileBytes}`)
  }
  return undefined
}

/** Writing to one table would change the other. */
function checkApart(one: Table, other: Table): Refusal | undefined {
  const apart = one.offset + one.bytes <= other.offset || other.offset + other.bytes <= one.offset
  return apart ? undefined : headerFault(other.name, `it overlaps the ${one.name}`)
}
