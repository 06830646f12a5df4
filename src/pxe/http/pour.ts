// Why this file exists: a slow client must not make us queue a whole initrd for it: one piece is handed over when the
// piece before it has left.
import type { Duplex, Writable } from 'node:stream'
import type { Pieces } from './piece.ts'

export interface Poured {
  readonly bytes: number
  readonly whole: boolean
}

export interface PourLimits {
  /** An answer that waits behind another is not told when its connection ends: so the connection is asked. */
  readonly connection: Duplex
  readonly millisMax: number
}

/** Writes all of it and ends the stream. Never rejects: a client that goes away, or a file, is an outcome. */
export async function pour(
  stream: Writable,
  { bytes, each }: Pieces,
  { connection, millisMax }: PourLimits,
): Promise<Poured> {
  const gone = Promise.withResolvers<false>()
  const onGone = () => gone.resolve(false)
  const outOfTime = setTimeout(() => connection.destroy(), millisMax)
  stream.once('close', onGone).once('error', onGone)
  connection.once('close', onGone)
  if (stream.destroyed || connection.destroyed) onGone() // it went before we listened
  let left = 0
  try {
    for await (const piece of each) {
      if (!(await Promise.race([gone.promise, written(stream, piece)]))) break
      left += piece.length
    }
    if (left < bytes) return { bytes: left, whole: false }
    return { bytes: left, whole: await Promise.race([gone.promise, finished(stream)]) }
  } catch {
    // Reading failed: the client knows by the length that something is missing.
    stream.destroy()
    return { bytes: left, whole: false }
  } finally {
    clearTimeout(outOfTime)
    connection.off('close', onGone)
  }
}

function written(stream: Writable, piece: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => stream.write(piece, (error) => resolve(!error)))
}

function finished(stream: Writable): Promise<boolean> {
  return new Promise((resolve) => stream.end(() => resolve(!stream.errored)))
}
