// Why this file exists: tests of libraries want programs that need just what the test says.

const headerBytes = 64
const segmentBytes = 56
/** Where the dynamic section begins: after the header and three segments. */
const dynamicStart = headerBytes + 3 * segmentBytes

export interface TinyElf {
  readonly needed?: readonly string[]
  readonly runPath?: string
  readonly interpreter?: string
}

/** A file with an ELF header, a dynamic section and a table of names, and no code. */
export function tinyElf({ needed = [], runPath, interpreter }: TinyElf): Buffer {
  const names = ['', ...needed, ...(runPath === undefined ? [] : [runPath]), interpreter ?? '']
  const starts = names.map(
    (_, at) => Buffer.byteLength(names.slice(0, at).join('\0')) + (at > 0 ? 1 : 0),
  )
  const strings = Buffer.from(`${names.join('\0')}\0`)
  const wanted: [number, number][] = needed.map((_, at) => [1, starts[at + 1] ?? 0])
  if (runPath !== undefined) wanted.push([29, starts[needed.length + 1] ?? 0])
  const dynamicBytes = (wanted.length + 2) * 16
  const stringStart = dynamicStart + dynamicBytes
  const file = Buffer.alloc(stringStart + strings.length)
  Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]).copy(file)
  file.writeBigUInt64LE(BigInt(headerBytes), 32)
  file.writeUInt16LE(segmentBytes, 54)
  file.writeUInt16LE(interpreter === undefined ? 2 : 3, 56)
  const base = 0x1000
  writeSegment(file, 0, [1, 0, base, file.length])
  writeSegment(file, 1, [2, dynamicStart, base + dynamicStart, dynamicBytes])
  const last = stringStart + (starts.at(-1) ?? 0)
  writeSegment(file, 2, [3, last, base + last, (interpreter ?? '').length + 1])
  const entries: [number, number][] = [...wanted, [5, base + stringStart], [0, 0]]
  for (const [at, [kind, value]] of entries.entries()) {
    file.writeBigUInt64LE(BigInt(kind), dynamicStart + at * 16)
    file.writeBigUInt64LE(BigInt(value), dynamicStart + at * 16 + 8)
  }
  strings.copy(file, stringStart)
  return file
}

type SegmentFields = readonly [kind: number, offset: number, address: number, bytes: number]

function writeSegment(file: Buffer, index: number, fields: SegmentFields): void {
  const [kind, offset, address, bytes] = fields
  const at = headerBytes + index * segmentBytes
  file.writeUInt32LE(kind, at)
  file.writeBigUInt64LE(BigInt(offset), at + 8)
  file.writeBigUInt64LE(BigInt(address), at + 16)
  file.writeBigUInt64LE(BigInt(bytes), at + 32)
}
