// Why this file exists: the first sectors of a disk say where its one partition is and how a BIOS starts it; they are
// bytes at fixed places, written here so that the same image has the same ones.

export const sectorBytes = 512
/** One MiB: where every tool puts the first partition. What lies before it is for the boot loader. */
export const partitionStartBytes = 2 ** 20
const place = { code: 440, signature: 440, table: 446, mark: 510 } as const
const linuxType = 0x83
const active = 0x80
/** Cylinders and heads say nothing on a disk of today; this is how "look at the sector numbers" is written. */
const noGeometry = [0xfe, 0xff, 0xff]

export interface BootSectors {
  /** GRUB's boot.img: reads what follows this sector and jumps into it. */
  readonly boot: Uint8Array
  /** GRUB's core.img. */
  readonly core: Uint8Array
  /** Tells disks apart. */
  readonly signature: number
  readonly diskBytes: number
}

/** All before the partition; `undefined`: the loader does not fit there, or the disk is none. */
export function bootSectors({ boot, core, signature, diskBytes }: BootSectors): Buffer | undefined {
  const room = partitionStartBytes - sectorBytes
  const partitionBytes = diskBytes - partitionStartBytes
  if (boot.length < place.code || core.length > room || partitionBytes <= 0) return undefined
  const sectors = Buffer.alloc(sectorBytes + core.length)
  sectors.set(boot.subarray(0, place.code))
  sectors.writeUInt32LE(signature >>> 0, place.signature)
  sectors.set([active, ...noGeometry, linuxType, ...noGeometry], place.table)
  sectors.writeUInt32LE(partitionStartBytes / sectorBytes, place.table + 8)
  sectors.writeUInt32LE(Math.floor(partitionBytes / sectorBytes), place.table + 12)
  sectors.set([0x55, 0xaa], place.mark)
  sectors.set(core, sectorBytes)
  return sectors
}
