// Why this file exists: after a power cut machines ask before core has read its directory, and core may wait long for it.
// So wire keeps a copy of what it served, whose every byte is checked (HOSTILE 38). JSON lines: a header, parts of the
// snapshot, a checksum.
import { createHash } from 'node:crypto'
import { readFileSync, renameSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import {
  type DnsName,
  type EntryId,
  emptySnapshot,
  parseUuid,
  readDelta,
  type Snapshot,
  SnapshotBuilder,
} from '#directory'
import { deltasOf, deltasPerPart, type NextBoot, nextBoots } from '#feed'

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

const copyVersion = 1
const newline = 0x0a

/** Replaces the file at once or not at all. Between two parts packets are answered. */
export async function savePicture(path: string, copy: PictureCopy): Promise<void> {
  const fresh = `${path}.new`
  const file = await open(fresh, 'w', 0o600)
  try {
    const hash = createHash('sha256')
    for (const line of linesOf(copy)) {
      hash.update(line)
      await file.write(line)
    }
    await file.write(`${JSON.stringify({ sha256: hash.digest('hex') })}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
  renameSync(fresh, path)
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

function* linesOf({ snapshot, serial, chosen, savedAt }: PictureCopy): Generator<string> {
  const { domain, number, entries, setAside } = snapshot
  const count = entries.size + setAside.size
  const header = {
    version: copyVersion,
    domain,
    number,
    serial,
    savedAt,
    chosen: [...chosen],
    count,
  }
  yield `${JSON.stringify(header)}\n`
  let part: unknown[] = []
  for (const delta of deltasOf(snapshot)) {
    part.push(delta)
    if (part.length < deltasPerPart) continue
    yield `${JSON.stringify(part)}\n`
    part = []
  }
  if (part.length > 0) yield `${JSON.stringify(part)}\n`
}

/** A copy of another domain is none of ours. */
export function loadPicture(path: string, domain: DnsName): LoadedPicture {
  const bytes = readIfThere(path)
  if (bytes === undefined) return { kind: 'none' }
  const copy = readPicture(bytes, domain)
  if (copy === undefined) return { kind: 'none' }
  if (typeof copy !== 'string') return { kind: 'loaded', copy }
  renameSync(path, `${path}.damaged`)
  return { kind: 'damaged', why: copy }
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

/** The copy, or why it is none; `undefined` for somebody else's. */
function readPicture(bytes: Buffer, domain: DnsName): PictureCopy | string | undefined {
  const bodyEnd = bytes.lastIndexOf(newline, bytes.length - 2) + 1
  const sum = parsedLine(bytes, bodyEnd)
  const expected = createHash('sha256').update(bytes.subarray(0, bodyEnd)).digest('hex')
  if (!isRecord(sum) || sum['sha256'] !== expected) return 'its checksum is wrong'
  const header = parsedLine(bytes, 0)
  if (!isRecord(header) || header['version'] !== copyVersion) return 'it has another version'
  if (header['domain'] !== domain) return undefined
  const { number, serial, savedAt, chosen, count } = header
  if (typeof number !== 'number' || typeof serial !== 'number' || typeof savedAt !== 'number')
    return 'its header is incomplete'
  const builder = new SnapshotBuilder(emptySnapshot(domain))
  for (let at = bytes.indexOf(newline) + 1; at < bodyEnd; at = bytes.indexOf(newline, at) + 1) {
    const why = takePart(builder, parsedLine(bytes, at))
    if (why !== undefined) return why
  }
  const snapshot = builder.done(number)
  return snapshot.entries.size + snapshot.setAside.size === count
    ? { snapshot, serial, chosen: readChosen(chosen), savedAt }
    : 'it does not hold as many entries as it says'
}

function takePart(builder: SnapshotBuilder, part: unknown): string | undefined {
  if (!Array.isArray(part)) return 'a line of it is no part of a snapshot'
  for (const item of part.map((each: unknown) => each)) {
    const delta = readDelta(item)
    if (!delta.ok) return delta.refusal
    builder.take([delta.value])
  }
  return undefined
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

function parsedLine(bytes: Buffer, from: number): unknown {
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8', from, bytes.indexOf(newline, from)))
    return value
  } catch {
    return undefined
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
