// Why this file exists: the fixed fields of a QCOW2 header (QEMU, docs/interop/qcow2.txt), as numbers that nobody has
// believed yet. Nothing here allocates by what it reads.
import { type Refusal, refusal } from './refusal.ts'

export interface Qcow2Fields {
  readonly version: 2 | 3
  readonly backingOffset: bigint
  readonly backingLength: number
  readonly clusterBits: number
  readonly virtualBytes: bigint
  readonly encryption: number
  readonly l1Entries: number
  readonly l1Offset: bigint
  readonly refcountOffset: bigint
  readonly refcountClusters: number
  readonly snapshots: number
  readonly incompatible: bigint
  readonly autoclear: bigint
  readonly refcountOrder: number
  readonly headerLength: number
  readonly compression: number
}

export type FieldsResult =
  | { readonly ok: true; readonly fields: Qcow2Fields }
  | { readonly ok: false; readonly refusal: Refusal }

const version2Bytes = 72
const version3Bytes = 104

export function readFields(head: Uint8Array): FieldsResult {
  const view = new DataView(head.buffer, head.byteOffset, head.length)
  if (head.length < 8) return tooShort(head.length, version2Bytes)
  const version = view.getUint32(4)
  if (version !== 2 && version !== 3) {
    const known = version === 1 ? '1 (QCOW, the predecessor of QCOW2)' : `${version}`
    return { ok: false, refusal: refusal('version', known) }
  }
  const needed = version === 2 ? version2Bytes : version3Bytes
  if (head.length < needed) return tooShort(head.length, needed)
  return { ok: true, fields: { version, ...shared(view), ...added(view, version) } }
}

function tooShort(bytes: number, needed: number): FieldsResult {
  return {
    ok: false,
    refusal: refusal('too-short', `${bytes} bytes, while the header has ${needed}`),
  }
}

function shared(view: DataView) {
  return {
    backingOffset: view.getBigUint64(8),
    backingLength: view.getUint32(16),
    clusterBits: view.getUint32(20),
    virtualBytes: view.getBigUint64(24),
    encryption: view.getUint32(32),
    l1Entries: view.getUint32(36),
    l1Offset: view.getBigUint64(40),
    refcountOffset: view.getBigUint64(48),
    refcountClusters: view.getUint32(56),
    snapshots: view.getUint32(60),
  }
}

/** What version 3 added; version 2 means the values given here. */
function added(view: DataView, version: 2 | 3) {
  if (version === 2) {
    const none = { incompatible: 0n, autoclear: 0n, compression: 0 }
    return { ...none, refcountOrder: 4, headerLength: version2Bytes }
  }
  const headerLength = view.getUint32(100)
  return {
    incompatible: view.getBigUint64(72),
    autoclear: view.getBigUint64(88),
    refcountOrder: view.getUint32(96),
    headerLength,
    compression: headerLength > version3Bytes && view.byteLength > 104 ? view.getUint8(104) : 0,
  }
}
