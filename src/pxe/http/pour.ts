// Why this file exists: a slow client must not make us queue a whole initrd for it: one piece is handed over when the
// piece before it has left.
import type { Writable } from 'node:stream'

export interface Poured {
  readonly bytes: number
  readonly whole: boolean
}

const pieceBytes = 1_048_576

/** Writes all of it and ends the stream. Never rejects: a client that goes away is an outcome. */
export async function pour(
  stream: Writable,
  bytes: Uint8Array,
  { millisMax }: { readonly millisMax: number },
): Promise<Poured> {
  const outOfTime = setTimeout(() => stream.destroy(), millisMax)
  const gone = Promise.withResolvers<false>()
  const onGone = () => gone.resolve(false)
  stream.once('close', onGone).once('error', onGone)
  try {
    let left = 0
    while (left < bytes.length) {
      const piece = bytes.subarray(left, left + pieceBytes)
      if (!(await Promise.race([written(stream, piece), gone.promise]))) break
      left += piece.length
    }
    if (left < bytes.length) return { bytes: left, whole: false }
    return { bytes: left, whole: await Promise.race([finished(stream), gone.promise]) }
  } finally {
    clearTimeout(outOfTime)
  }
}

function written(stream: Writable, piece: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => stream.write(piece, (error) => resolve(!error)))
}

function finished(stream: Writable): Promise<boolean> {
  return new Promise((resolve) => stream.end(() => resolve(!stream.errored)))
}
