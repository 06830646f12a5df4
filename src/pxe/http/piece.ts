// Why this file exists: a part of a file as pieces of a bounded size, whether it lies in memory or on the disk.
import type { BootFile, DiskReader } from '../files/boot-files.ts'

export interface Part {
  readonly file: BootFile
  /** Both ends included. */
  readonly from: number
  readonly to: number
}

export interface Pieces {
  readonly bytes: number
  readonly each: AsyncIterable<Uint8Array> | Iterable<Uint8Array>
}

/** Memory is only lent: a piece of it costs nothing. */
const heldPieceBytes = 1_048_576
/** One buffer for each transfer from the disk. */
const diskPieceBytes = 262_144

/** Rejects when the file is not there any more as it was. */
export async function piecesOf({ file, from, to }: Part): Promise<Pieces> {
  const bytes = to - from + 1
  const each =
    file.kind === 'held'
      ? heldPieces(file.bytes.subarray(from, to + 1))
      : diskPieces(await file.open(), from, to + 1)
  return { bytes, each }
}

function* heldPieces(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += heldPieceBytes)
    yield bytes.subarray(at, at + heldPieceBytes)
}

/** Each piece must have left before the next one is asked for: they share a buffer. */
async function* diskPieces(
  reader: DiskReader,
  from: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  try {
    const buffer = new Uint8Array(Math.min(diskPieceBytes, end - from))
    for (let at = from; at < end; at += buffer.length) {
      const piece = buffer.subarray(0, Math.min(buffer.length, end - at))
      await reader.fill(piece, at)
      yield piece
    }
  } finally {
    await reader.close()
  }
}
