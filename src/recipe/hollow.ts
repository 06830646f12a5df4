// Why this file exists: libxml2 drags in ICU, whose 30 MB of tables libvirt never opens, and every host would hold them
// in memory. A hollow library loads, has the same addresses, and reads as zeros, which take no room.
import { headerBytes, isElf64, readSegments, type Segment, segmentKind } from './elf.ts'

/** Less is not worth a difference from Debian's own file. */
const hollowBytesMin = 2 ** 20
const readOnly = 4
const pageBytes = 4096
/** Fields of a program header and of the file's header. */
const field = { offset: 8, fileBytes: 32, sectionsStart: 40, sectionCount: 60, sectionNames: 62 }

/** The same library without the content of its largest read-only segment; `undefined`: it has none to spare. */
export function hollowLibrary(file: Uint8Array): Buffer | undefined {
  if (file.length < headerBytes || !isElf64(file)) return undefined
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const segments = readSegments(view) ?? []
  const [data] = segments
    .filter((one) => isSpare(one, segments))
    .toSorted((one, other) => other.bytes - one.bytes)
  if (data === undefined || data.offset + data.bytes > file.length) return undefined
  // Whole pages are taken out, so that what follows keeps its place within a page, as loaders demand.
  const removed = Math.floor(data.bytes / pageBytes) * pageBytes
  const hollow = Buffer.concat([
    file.subarray(0, data.offset),
    file.subarray(data.offset + removed),
  ])
  hollow.writeBigUInt64LE(0n, data.header + field.fileBytes)
  for (const one of segments.filter(({ offset }) => offset >= data.offset + data.bytes))
    hollow.writeBigUInt64LE(BigInt(one.offset - removed), one.header + field.offset)
  // Only tools for people read sections; their table has moved.
  hollow.writeBigUInt64LE(0n, field.sectionsStart)
  hollow.writeUInt16LE(0, field.sectionCount)
  hollow.writeUInt16LE(0, field.sectionNames)
  return hollow
}

/** Data alone: not the first segment, which holds the headers, and nothing that the loader looks into. */
function isSpare(one: Segment, all: readonly Segment[]): boolean {
  const isData = one.kind === segmentKind.load && one.flags === readOnly && one.offset > 0
  if (!isData || one.bytes < hollowBytesMin) return false
  const end = one.offset + one.bytes
  return !all.some(
    (other) => other !== one && other.bytes > 0 && other.offset >= one.offset && other.offset < end,
  )
}
