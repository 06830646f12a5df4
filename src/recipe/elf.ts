// Why this file exists: an image made by hand needs each program's libraries, and the program itself names them. No
// foreign code is run to find out, as ldd would.

export type Elf =
  | { readonly kind: 'other' }
  | { readonly kind: 'broken'; readonly why: string }
  | {
      readonly kind: 'elf'
      readonly needed: readonly string[]
      /** Folders that the file wants searched first (DT_RUNPATH, DT_RPATH). */
      readonly searched: readonly string[]
      readonly interpreter?: string
    }

export interface Segment {
  /** Where its own header stands. */
  readonly header: number
  readonly kind: number
  readonly flags: number
  readonly offset: number
  readonly address: number
  readonly bytes: number
}

export const segmentKind = { load: 1, dynamic: 2, interpreter: 3 } as const
const tag = { end: 0, needed: 1, strings: 5, rpath: 15, runpath: 29 } as const
export const headerBytes = 64
const segmentBytes = 56
const dynamicBytes = 16
/** Far above what linkers write; a damaged count must not keep us busy. */
const dynamicEntriesMax = 4096
const nameBytesMax = 4096

/** A 64-bit little-endian ELF file, the only kind in an amd64 image; everything else is `other`. */
export function readElf(file: Uint8Array): Elf {
  if (file.length < headerBytes || !isElf64(file)) return { kind: 'other' }
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  const segments = readSegments(view)
  if (segments === undefined) return { kind: 'broken', why: 'its program headers lie outside it' }
  const interpreter = segments.find(({ kind }) => kind === segmentKind.interpreter)
  const named =
    interpreter === undefined ? {} : { interpreter: textAt(file, interpreter.offset) ?? '' }
  const dynamic = segments.find(({ kind }) => kind === segmentKind.dynamic)
  if (dynamic === undefined) return { kind: 'elf', needed: [], searched: [], ...named }
  const entries = readDynamic(view, dynamic)
  if (entries === undefined) return { kind: 'broken', why: 'its dynamic section lies outside it' }
  const strings = offsetOf(segments, entries.find(([kind]) => kind === tag.strings)?.[1])
  if (strings === undefined) return { kind: 'broken', why: 'it has no table of names' }
  const namesOf = (...kinds: readonly number[]): readonly string[] | undefined => {
    const wanted = entries.filter(([kind]) => kinds.includes(kind))
    const texts = wanted.map(([, at]) => textAt(file, strings + at))
    return texts.every((text) => text !== undefined) ? texts : undefined
  }
  const needed = namesOf(tag.needed)
  const searched = namesOf(tag.rpath, tag.runpath)
  if (needed === undefined || searched === undefined)
    return { kind: 'broken', why: 'a name lies outside it' }
  return { kind: 'elf', needed, searched: searched.flatMap((text) => text.split(':')), ...named }
}

export function isElf64(file: Uint8Array): boolean {
  return [0x7f, 0x45, 0x4c, 0x46, 2, 1].every((byte, at) => file[at] === byte)
}

export function readSegments(view: DataView): readonly Segment[] | undefined {
  const start = wordAt(view, 32)
  const count = view.getUint16(56, true)
  if (view.getUint16(54, true) !== segmentBytes) return undefined
  if (start + count * segmentBytes > view.byteLength) return undefined
  return Array.from({ length: count }, (_, index) => {
    const at = start + index * segmentBytes
    return {
      header: at,
      kind: view.getUint32(at, true),
      flags: view.getUint32(at + 4, true),
      offset: wordAt(view, at + 8),
      address: wordAt(view, at + 16),
      bytes: wordAt(view, at + 32),
    }
  })
}

function readDynamic(view: DataView, segment: Segment): (readonly [number, number])[] | undefined {
  const count = Math.min(Math.floor(segment.bytes / dynamicBytes), dynamicEntriesMax)
  if (segment.offset + count * dynamicBytes > view.byteLength) return undefined
  const entries: (readonly [number, number])[] = []
  for (let index = 0; index < count; index += 1) {
    const at = segment.offset + index * dynamicBytes
    const kind = wordAt(view, at)
    if (kind === tag.end) break
    entries.push([kind, wordAt(view, at + 8)])
  }
  return entries
}

/** Where an address of the running program lies in the file. */
function offsetOf(segments: readonly Segment[], address: number | undefined): number | undefined {
  if (address === undefined) return undefined
  const home = segments.find(
    (one) =>
      one.kind === segmentKind.load && address >= one.address && address < one.address + one.bytes,
  )
  return home && address - home.address + home.offset
}

/** Offsets above 2^53 are nonsense in a file that fits in memory; they fail the bounds checks all the same. */
function wordAt(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true))
}

function textAt(file: Uint8Array, at: number): string | undefined {
  if (!(at >= 0 && at < file.length)) return undefined
  const end = file.subarray(at, at + nameBytesMax).indexOf(0)
  return end < 0 ? undefined : Buffer.from(file.subarray(at, at + end)).toString('latin1')
}
