// Why this file exists: with LDAP down at the start, a site still boots: from the last good copy, whose age is
// known and whose every byte is checked (HOSTILE 38). JSON lines: a header, an entry each, a checksum.
import { createHash } from 'node:crypto'
import { open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { parseUuid } from '#directory'
import { attributeList } from './attribute-list.ts'
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
const newline = 0x0a

/** Replaces the file at once or not at all; what it returns from is on disk. */
export async function saveCopy(path: string, copy: Copy): Promise<void> {
  const fresh = `${path}.new`
  const file = await open(fresh, 'w', 0o600)
  try {
    const hash = createHash('sha256')
    for (const block of blocksOf(copy)) {
      hash.update(block)
      await file.write(block)
    }
    await file.write(`${JSON.stringify({ sha256: hash.digest('hex') })}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(fresh, path)
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
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

export async function loadCopy(path: string): Promise<LoadedCopy> {
  const bytes = await readFile(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  })
  if (bytes === undefined) return { kind: 'none' }
  const copy = parseCopy(bytes)
  if (typeof copy !== 'string') return { kind: 'loaded', copy }
  await rename(path, `${path}.damaged`)
  return { kind: 'damaged', why: copy }
}

/** The copy, or why it is none. */
function parseCopy(bytes: Buffer): Copy | string {
  const bodyEnd = bytes.lastIndexOf(newline, bytes.length - 2) + 1
  const sum: unknown = parseLine(bytes, bodyEnd)
  const expected = createHash('sha256').update(bytes.subarray(0, bodyEnd)).digest('hex')
  if (!isRecord(sum) || sum['sha256'] !== expected) return 'its checksum is wrong'
  const header: unknown = parseLine(bytes, 0)
  if (!isRecord(header) || header['version'] !== copyVersion) return 'it has another version'
  const entries: RawEntry[] = []
  // A line at a time: all of it as one text, and then as many, would be twice its size in memory.
  for (let at = bytes.indexOf(newline) + 1; at < bodyEnd; at = bytes.indexOf(newline, at) + 1) {
    const entry = parseEntry(parseLine(bytes, at))
    if (entry) entries.push(entry)
  }
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
  return rawEntry(id, dn, attributeList(attributes))
}

function parseLine(bytes: Buffer, from: number): unknown {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8', from, bytes.indexOf(newline, from)))
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
