// Why this file exists: the kernel unpacks its initramfs from one archive format, "newc". Written here, the same
// content gives the same bytes on any machine: fixed times, numbers and owners, and device nodes need no root.

const header = { magic: '070701', bytes: 110 } as const
const kindBits = { file: 0o100000, folder: 0o040000, link: 0o120000 } as const

export interface CpioEntry {
  /** Below /, without the leading slash. */
  readonly path: string
  readonly kind: keyof typeof kindBits
  readonly permissions: number
  /** Of the content that follows: the file's bytes, or a link's target. */
  readonly bytes: number
}

/** What stands before an entry's content. `number` tells files apart: equal ones would be hard links. */
export function cpioHeader(entry: CpioEntry, number: number): Buffer {
  const name = Buffer.from(`${entry.path}\0`)
  const fields = [
    number,
    kindBits[entry.kind] | entry.permissions,
    0, // owner
    0, // group
    entry.kind === 'folder' ? 2 : 1,
    0, // time
    entry.bytes,
    0, // device of the file, major and minor
    0,
    0, // device that the file is, major and minor
    0,
    name.length,
    0, // checksum, unused in this variant
  ]
  const text = fields.map((field) => field.toString(16).toUpperCase().padStart(8, '0')).join('')
  const head = Buffer.concat([Buffer.from(header.magic + text), name])
  return Buffer.concat([head, cpioPadding(head.length)])
}

/** Headers and contents each start at a multiple of four. */
export function cpioPadding(bytes: number): Buffer {
  return Buffer.alloc((4 - (bytes % 4)) % 4)
}

/** The entry that ends an archive. */
export function cpioTrailer(): Buffer {
  const last = { path: 'TRAILER!!!', kind: 'file', permissions: 0, bytes: 0 } as const
  const trailer = cpioHeader(last, 0)
  // Its kind is 0 in every archiver's output; readers look at the name alone.
  trailer.write('00000000', header.magic.length + 8, 'latin1')
  return trailer
}
