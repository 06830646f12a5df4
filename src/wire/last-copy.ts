// Why this file exists: after a power cut machines ask before core has read its directory, and core may wait long for it.
// So wire keeps a copy of what it served, whose every byte is checked (HOSTILE 38). JSON lines: a header, parts of the
// snapshot, a checksum.
import { readLines, saveLines, setAside } from '#checked-file'
import {
  type DnsName,
  type EntryId,
  emptySnapshot,
  parseUuid,
  readDelta,
  readDeviceText,
  type Snapshot,
  SnapshotBuilder,
} from '#directory'
import { type NextBoot, nextBoots } from '#feed'

export interface PictureCopy {
  readonly snapshot: Snapshot
  readonly serial: number
  readonly chosen: ReadonlyMap<EntryId, NextBoot>
  /** Wall clock. */
  readonly savedAt: number
}

export type LoadedPicture =
  | { readonly kind: 'loaded'; readonly copy: PictureCopy }
  | { readonly kind: 'none' }
  /** Set aside under another name. */
  | { readonly kind: 'damaged'; readonly why: string }

const copyVersion = 2
/** Between two blocks packets are answered. */
const linesPerBlock = 200

export function savePicture(path: string, copy: PictureCopy): Promise<void> {
  return saveLines(path, blocksOf(copy))
}

function* blocksOf({ snapshot, serial, chosen, savedAt }: PictureCopy): Generator<string> {
  const { domain, number, entries, setAside: aside } = snapshot
  const count = entries.size + aside.size
  const header = { version: copyVersion, domain, number, serial, savedAt, chosen: [...chosen] }
  yield `${JSON.stringify({ ...header, count })}\n`
  let block: string[] = []
  for (const line of linesOf(snapshot)) {
    block.push(`${line}\n`)
    if (block.length < linesPerBlock) continue
    yield block.join('')
    block = []
  }
  yield block.join('')
}

/** A device as it rests, which is a list; everything else as a delta. */
function* linesOf({ entries, setAside: aside }: Snapshot): Generator<string> {
  for (const rest of entries.allAtRest()) {
    yield typeof rest === 'string' ? rest : JSON.stringify({ kind: 'put', entry: rest })
  }
  for (const item of aside.values()) yield JSON.stringify({ kind: 'set-aside', item })
}

/** A copy of another domain is none of ours. */
export function loadPicture(path: string, domain: DnsName): LoadedPicture {
  const read = readLines(path)
  if (read.kind === 'none') return read
  const copy = read.kind === 'damaged' ? read.why : readPicture(read.lines, domain)
  if (copy === undefined) return { kind: 'none' }
  if (typeof copy !== 'string') return { kind: 'loaded', copy }
  setAside(path)
  return { kind: 'damaged', why: copy }
}

/** The copy, or why it is none; `undefined` for somebody else's. */
function readPicture(all: Iterable<string>, domain: DnsName): PictureCopy | string | undefined {
  const lines = Iterator.from(all)
  const header = parsedLine(lines.next().value ?? '')
  if (!isRecord(header) || header['version'] !== copyVersion) return 'it has another version'
  if (header['domain'] !== domain) return undefined
  const { number, serial, savedAt, chosen, count } = header
  const isWhole = typeof number === 'number' && typeof serial === 'number'
  if (!isWhole || typeof savedAt !== 'number' || typeof count !== 'number')
    return 'its header is incomplete'
  const builder = new SnapshotBuilder(emptySnapshot(domain), count)
  for (const line of lines) {
    const why = takeLine(builder, line)
    if (why !== undefined) return why
  }
  const snapshot = builder.done(number)
  return snapshot.entries.size + snapshot.setAside.size === count
    ? { snapshot, serial, chosen: readChosen(chosen), savedAt }
    : 'it does not hold as many entries as it says'
}

function takeLine(builder: SnapshotBuilder, line: string): string | undefined {
  if (line.startsWith('[')) {
    const device = readDeviceText(line)
    if (device.ok) builder.take([{ kind: 'put', entry: device.value, rest: line }])
    return device.ok ? undefined : device.refusal
  }
  const delta = readDelta(parsedLine(line))
  if (delta.ok) builder.take([delta.value])
  return delta.ok ? undefined : delta.refusal
}

function readChosen(value: unknown): ReadonlyMap<EntryId, NextBoot> {
  const pairs = Array.isArray(value) ? value.map((each: unknown) => each) : []
  return new Map(
    pairs.flatMap((pair) => {
      if (!Array.isArray(pair)) return []
      const [idText, choiceText]: readonly unknown[] = pair.map((each: unknown) => each)
      const id = typeof idText === 'string' ? parseUuid(idText) : undefined
      const choice = nextBoots.find((each) => each === choiceText)
      return id === undefined || choice === undefined ? [] : [[id, choice] as const]
    }),
  )
}

function parsedLine(line: string): unknown {
  try {
    const value: unknown = JSON.parse(line)
    return value
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
