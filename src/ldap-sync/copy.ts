// Why this file exists: with LDAP down at the start, a site still boots: from the last good copy, whose age is
// known and whose every byte is checked (HOSTILE 38). JSON lines: a header, an entry each, a checksum.
import { readLines, saveLines, setAside } from '#checked-file'
import { parseUuid } from '#directory'
import { CopyLineReader } from './copy-line.ts'
import { rawEntry, type RawEntry } from './raw-entry.ts'
import type { TreeContent } from './sync/tree.ts'

export interface Copy extends TreeContent {
  /** Absent when the next refresh must be a full one. */
  readonly cookie?: string
  /** When the server last confirmed this, wall clock. */
  readonly heardAt: number
  /** A copy of another tree is none of ours. */
  readonly base: string
  /** Server and attribute list: a cookie is good for the same question only. */
  readonly question: string
}

export type LoadedCopy =
  | { readonly kind: 'loaded'; readonly copy: Copy }
  | { readonly kind: 'none' }
  /** Set aside under another name, for a person to look at. */
  | { readonly kind: 'damaged'; readonly why: string }

const copyVersion = 1
const linesPerWrite = 500

/** What it returns from is on disk. */
export function saveCopy(path: string, copy: Copy): Promise<void> {
  return saveLines(path, blocksOf(copy))
}

function* blocksOf(copy: Copy): Generator<string> {
  const { entries, ...rest } = copy
  const header = { version: copyVersion, count: entries.length, ...rest }
  yield `${JSON.stringify(header)}\n`
  let block: string[] = []
  for (const entry of entries) {
    block.push(lineOf(entry))
    if (block.length < linesPerWrite) continue
    yield block.join('')
    block = []
  }
  yield block.join('')
}

function lineOf({ id, dn, attributes }: RawEntry): string {
  return `${JSON.stringify([id, dn, [...attributes]])}\n`
}

export function loadCopy(path: string): LoadedCopy {
  const read = readLines(path)
  if (read.kind === 'none') return read
  const copy = read.kind === 'damaged' ? read.why : parseCopy(read.lines)
  if (typeof copy !== 'string') return { kind: 'loaded', copy }
  setAside(path)
  return { kind: 'damaged', why: copy }
}

/** The copy, or why it is none. */
function parseCopy(lines: Iterable<string>): Copy | string {
  let header: unknown
  const reader = new CopyLineReader()
  const entries: RawEntry[] = []
  for (const line of lines) {
    if (header === undefined) {
      header = parseLine(line)
      if (!isRecord(header) || header['version'] !== copyVersion) return 'it has another version'
    } else {
      const entry = reader.read(line) ?? parseEntry(parseLine(line))
      if (entry) entries.push(entry)
    }
  }
  if (!isRecord(header)) return 'it has another version'
  const { count, base, question, heardAt, cookie, held, heldSince } = header
  if (entries.length !== count) return 'it does not hold as many entries as it says'
  if (typeof base !== 'string' || typeof question !== 'string' || typeof heardAt !== 'number') {
    return 'its header is incomplete'
  }
  return {
    entries,
    held: isTextList(held) ? held.flatMap((id) => parseUuid(id) ?? []) : [],
    ...(typeof heldSince === 'number' ? { heldSince } : {}),
    ...(typeof cookie === 'string' && /^([0-9a-f]{2})*$/.test(cookie) ? { cookie } : {}),
    heardAt,
    base,
    question,
  }
}

function parseEntry(line: unknown): RawEntry | undefined {
  if (!Array.isArray(line)) return undefined
  const [idText, dn, pairs]: readonly unknown[] = line.map((each: unknown) => each)
  const id = typeof idText === 'string' ? parseUuid(idText) : undefined
  if (id === undefined || typeof dn !== 'string' || !Array.isArray(pairs)) return undefined
  const attributes: (readonly [string, readonly string[]])[] = []
  for (const pair of pairs.map((each: unknown) => each)) {
    if (!Array.isArray(pair)) return undefined
    const [name, values]: readonly unknown[] = pair.map((each: unknown) => each)
    if (typeof name !== 'string' || !isTextList(values)) return undefined
    attributes.push([name, values])
  }
  return rawEntry(id, dn, new Map(attributes))
}

function parseLine(line: string): unknown {
  try {
    const value: unknown = JSON.parse(line)
    return value
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}
