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
const neighbourBytes = 256 * 1024

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

/** Lines are made as they are asked for. */
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

/**
 * Many lines are one text, of which each is a part: nothing is copied for it. As long as one of them is kept, so are its
 * neighbours, but no more than these.
 */
function* linesIn(bytes: Buffer): Generator<string> {
  for (let from = 0; from < bytes.length;) {
    const to = bytes.indexOf(newline, Math.min(from + neighbourBytes, bytes.length - 1)) + 1
    const text = bytes.toString('utf8', from, to)
    for (let at = 0; at < text.length;) {
      const end = text.indexOf('\n', at)
      yield text.slice(at, end)
      at = end + 1
    }
    from = to
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
