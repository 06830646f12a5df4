// Why this file exists: tests need QCOW2 images that are good but for one thing; this is the good one, as QEMU lays it out.
export const goodClusterBits = 16
export const goodVirtualBytes = 1 << 30

/** An empty disk of 1 GiB: header, refcount table, refcount block, L1 table of two entries. */
export function goodQcow2(): Uint8Array<ArrayBuffer> {
  const clusterBytes = 1 << goodClusterBits
  const file = new Uint8Array(3 * clusterBytes + 16)
  const view = new DataView(file.buffer)
  view.setUint32(0, 0x51_46_49_fb)
  view.setUint32(4, 3)
  view.setUint32(20, goodClusterBits)
  view.setBigUint64(24, BigInt(goodVirtualBytes))
  view.setUint32(36, 2)
  view.setBigUint64(40, BigInt(3 * clusterBytes))
  view.setBigUint64(48, BigInt(clusterBytes))
  view.setUint32(56, 1)
  view.setUint32(96, 4)
  view.setUint32(100, 104)
  view.setBigUint64(clusterBytes, BigInt(2 * clusterBytes))
  return file
}

/** The good one with 32-bit numbers written over it: offset, value. */
export function spoiltQcow2(...changes: readonly (readonly [number, number])[]) {
  const file = goodQcow2()
  const view = new DataView(file.buffer)
  for (const [offset, value] of changes) view.setUint32(offset, value)
  return file
}
