// Why this file exists: whatever file the command line names, a person learns in the same words why it cannot be read,
// and one that never ends is not read for ever.
import { closeSync, openSync, readSync } from 'node:fs'
import { Fault } from '#fault'

export interface GivenFile {
  /** `the cluster file`. */
  readonly what: string
  readonly bytesMax: number
  readonly todo?: string
}

const pieceBytes = 65_536

/** All of it, which must be UTF-8. */
export function readGivenFile(path: string, { what, bytesMax, todo }: GivenFile): string {
  try {
    const bytes = startOf(path, bytesMax + 1)
    if (bytes.length > bytesMax) {
      throw new Error(`it has more than ${bytesMax} bytes, which are the most that are read`)
    }
    return utf8Of(bytes)
  } catch (cause) {
    throw unreadable(path, { what, ...(todo !== undefined && { todo }) }, cause)
  }
}

/** No more than is going to be used, whatever lies there, one character for each byte. */
export function readGivenStart(path: string, { what, bytesMax }: GivenFile): string {
  try {
    return startOf(path, bytesMax).toString('latin1')
  } catch (cause) {
    throw unreadable(path, { what }, cause)
  }
}

export function unreadable(
  path: string,
  { what, todo = 'give a file that you may read' }: Pick<GivenFile, 'what' | 'todo'>,
  cause: unknown,
): Fault {
  const text = { what: `${what} cannot be read`, where: path, why: reasonOf(cause), todo }
  return new Fault('CPC-CLI-007', text, { cause })
}

/** In pieces: a pipe has no length, and a device may lie about it. */
function startOf(path: string, bytesMax: number): Buffer {
  const descriptor = openSync(path, 'r')
  try {
    const pieces: Buffer[] = []
    for (let read = 0; read < bytesMax;) {
      const piece = Buffer.allocUnsafe(Math.min(pieceBytes, bytesMax - read))
      const count = readSync(descriptor, piece, 0, piece.length, null)
      if (count === 0) break
      pieces.push(piece.subarray(0, count))
      read += count
    }
    return Buffer.concat(pieces)
  } finally {
    closeSync(descriptor)
  }
}

function utf8Of(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    const why = 'it is not UTF-8 text; iconv makes it so, as: iconv -f ISO-8859-1 -t UTF-8'
    throw new Error(why, { cause })
  }
}

/** The system's words name calls that the reader did not make. */
const reasons: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['ENOTDIR', 'a part of its path is no directory'],
  ['EISDIR', 'it is a directory'],
  ['EACCES', 'this user may not read it'],
])

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  return ('code' in cause ? reasons.get(cause.code) : undefined) ?? cause.message
}
