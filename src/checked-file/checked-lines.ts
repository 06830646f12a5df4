// Why this file exists: what an appliance starts with when everything else is away must be whole (HOSTILE 38). A file of
// lines ends with a checksum over all of them; it is written beside the old one, and takes its place when it is on the disk.
import { createHash } from 'node:crypto'
import { readFileSync, renameSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'

export type CheckedLines =
  | { readonly kind: 'whole'; readonly lines: Iterable<string> }
  | { readonly kind: 'none' }
  | { readonly kind: 'damaged'; readonly why: string }

const newline = 0x0a

/** Each block is whole lines. Between two of them others have their turn. */
export async function saveLines(path: string, blocks: Iterable<string>): Promise<void> {
  const fresh = `${path}.new`
  const file = await open(fresh, 'w', 0o600)
  try {
    const hash = createHash('sha256')
    for (const block of blocks) {
      hash.update(block)
      await file.write(block)
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

/** Lines are made one by one: all of it as one text, and then as many, would be twice its size in memory. */
export function readLines(path: string): CheckedLines {
  const bytes = readIfThere(path)
  if (bytes === undefined) return { kind: 'none' }
  const bodyEnd = bytes.lastIndexOf(newline, bytes.length - 2) + 1
  const expected = createHash('sha256').update(bytes.subarray(0, bodyEnd)).digest('hex')
  const last = bytes.toString('latin1', bodyEnd)
  return last === `${JSON.stringify({ sha256: expected })}\n`
    ? { kind: 'whole', lines: linesIn(bytes.subarray(0, bodyEnd)) }
    : { kind: 'damaged', why: 'its checksum is wrong' }
}

/** A damaged one is kept under another name, for a person to look at. */
export function setAside(path: string): void {
  renameSync(path, `${path}.damaged`)
}

function* linesIn(bytes: Buffer): Generator<string> {
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(newline, at)
    yield bytes.toString('utf8', at, end)
    at = end + 1
  }
}

function readIfThere(path: string): Buffer | undefined {
  try {
    return readFileSync(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
