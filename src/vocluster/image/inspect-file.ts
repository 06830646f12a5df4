// Why this file exists: the edge of the header reader: it opens one file, reads its two ends and its L1 table, and holds
// no more than 2 MiB of it. It runs in the tool process only.
import { type FileHandle, open } from 'node:fs/promises'
import { type Inspection, inspectHeader, type Qcow2Facts } from './header/inspect.ts'
import { checkL1Piece, l1EntryBytes } from './header/l1-table.ts'
import { headBytesMax, tailBytesMax } from './header/sample.ts'
import { headerFault, type Refusal } from './header/refusal.ts'

const pieceBytes = 64 * 1024

export async function inspectFile(path: string, declared: string): Promise<Inspection> {
  const file = await open(path, 'r')
  try {
    const { size: fileBytes } = await file.stat()
    const head = await readAt(file, 0, Math.min(fileBytes, headBytesMax))
    const tailBytes = Math.min(fileBytes, tailBytesMax)
    const tail = await readAt(file, fileBytes - tailBytes, tailBytes)
    const inspection = inspectHeader({ head, tail, fileBytes }, declared)
    if (!inspection.ok || inspection.facts.format === 'raw') return inspection
    const refusal = await checkL1(file, inspection.facts, fileBytes)
    return refusal === undefined ? inspection : { ok: false, refusal }
  } finally {
    await file.close()
  }
}

/** May be shorter than asked when the file became shorter meanwhile. */
async function readAt(file: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(length)
  let filled = 0
  while (filled < length) {
    const { bytesRead } = await file.read(buffer, filled, length - filled, position + filled)
    if (bytesRead === 0) break
    filled += bytesRead
  }
  return buffer.subarray(0, filled)
}

async function checkL1(
  file: FileHandle,
  facts: Qcow2Facts,
  fileBytes: number,
): Promise<Refusal | undefined> {
  const tableBytes = facts.l1Entries * l1EntryBytes
  for (let at = 0; at < tableBytes; at += pieceBytes) {
    const length = Math.min(pieceBytes, tableBytes - at)
    const bytes = await readAt(file, facts.l1Offset + at, length)
    if (bytes.length < length) return headerFault('L1 table', 'the file ended while it was read')
    const bad = checkL1Piece({ bytes, firstEntry: at / l1EntryBytes }, facts, fileBytes)
    if (bad !== undefined) return bad
  }
  return undefined
}
