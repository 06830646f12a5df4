// Why this file exists: a virtual node boots from a disk as any machine with a BIOS does. Boot loader, partition table and
// root file system are put into one file here, without root, mounts or loop devices.
import { closeSync, openSync, readFileSync, truncateSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { Contents } from './contents.ts'
import { writeExt4 } from './ext4.ts'
import { bootSectors, partitionStartBytes } from './partition.ts'
import { toolFault, type Toolbox, useTool } from './tool.ts'

export interface DiskOrder {
  /** /boot/vmlinuz and /boot/initrd among them. */
  readonly contents: Contents
  readonly bytes: number
  readonly kernelParameters: readonly string[]
  /** Of all that decides the image: the numbers that tell file systems and disks apart are taken from it. */
  readonly digest: string
  readonly work: string
}

export const diskFolder = '/boot'
const grubFolder = '/usr/lib/grub/i386-pc'
/**
 * All that reads a kernel from the first partition, and nothing that asks a person. `linux16` and not `linux`, which
 * copies all the room that the kernel will need, byte by byte: 55 MB instead of 14, 1.6 s of 6.7 until the lease.
 */
const grubModules = ['biosdisk', 'part_msdos', 'ext2', 'linux16']
/** One job, so that clusters come in one order. Not compressed: nodes boot sooner, and holes take no room anyway. */
const convert = ['/usr/bin/qemu-img', 'convert', '-m', '1', '-f', 'raw', '-O', 'qcow2'] as const
const convertSecondsMax = 900

/** Writes the disk as qcow2; equal orders give equal bytes. */
export async function writeDisk(toolbox: Toolbox, order: DiskOrder, file: string): Promise<void> {
  const raw = join(order.work, 'disk.raw')
  const uuid = uuidFrom(order.digest)
  writeFileSync(raw, '')
  truncateSync(raw, order.bytes)
  await writeExt4(toolbox, {
    contents: order.contents,
    file: raw,
    offsetBytes: partitionStartBytes,
    bytes: order.bytes - partitionStartBytes,
    uuid,
    work: order.work,
  })
  await writeLoader(toolbox, order, { raw, uuid })
  await useTool(toolbox, [...convert, raw, file], { secondsMax: convertSecondsMax })
}

/** GRUB's own installer wants a running system and a device; its parts do not. */
async function writeLoader(
  toolbox: Toolbox,
  order: DiskOrder,
  { raw, uuid }: { readonly raw: string; readonly uuid: string },
): Promise<void> {
  const settings = join(order.work, 'grub.cfg')
  const core = join(order.work, 'core.img')
  writeFileSync(settings, grubSettings([`root=UUID=${uuid}`, ...order.kernelParameters]))
  const folder = join(toolbox.staging, grubFolder)
  // (,msdos1): the first partition of whichever disk the BIOS started.
  const where = ['-d', folder, '-O', 'i386-pc', '-p', `(,msdos1)${diskFolder}`, '-c', settings]
  await useTool(toolbox, ['/usr/bin/grub-mkimage', ...where, '-o', core, ...grubModules])
  const sectors = bootSectors({
    boot: readFileSync(join(folder, 'boot.img')),
    core: readFileSync(core),
    signature: Number.parseInt(order.digest.slice(0, 8), 16),
    diskBytes: order.bytes,
  })
  if (sectors === undefined) throw toolFault('grub-mkimage', 'its loader does not fit on the disk')
  const disk = openSync(raw, 'r+')
  try {
    writeSync(disk, sectors, 0, sectors.length, 0)
  } finally {
    closeSync(disk)
  }
}

function grubSettings(parameters: readonly string[]): string {
  const line = `linux16 $prefix/vmlinuz ${parameters.join(' ')}`
  return `# Three commands, no menu, no waiting.\n${line}\ninitrd16 $prefix/initrd\nboot\n`
}

/** A UUID of the kind that says of itself that it is made from something, RFC 9562 (8). */
export function uuidFrom(digest: string): string {
  const digits = `${digest.slice(0, 12)}8${digest.slice(13, 16)}a${digest.slice(17, 32)}`
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}
