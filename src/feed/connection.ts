// Why this file exists: both ends of the feed treat a socket alike: frames in, frames out, and a peer that
// neither reads nor makes sense is cut off, never waited for.
import type { Duplex } from 'node:stream'
import { encodeFrame, FrameReader } from './frames.ts'
import type { ReadResult } from './read.ts'

/** A peer this far behind gets a fresh snapshot after it has reconnected. */
const unsentBytesMax = 64 * 1024 * 1024
/** What is told at length waits here for its listener. */
const unsentBytesWanted = 256 * 1024

export interface FeedHandlers<In> {
  readonly read: (value: unknown) => ReadResult<In>
  readonly onMessage: (message: In) => void
  /** Called once, with the reason, when the connection is over. */
  readonly onEnd: (reason: string) => void
}

export interface FeedConnection<Out> {
  send(message: Out): void
  /** Resolves when there is room for more, or the connection is over. */
  drained(): Promise<void>
  close(reason: string): void
}

export function attachFeed<In, Out>(
  socket: Duplex,
  handlers: FeedHandlers<In>,
): FeedConnection<Out> {
  const reader = new FrameReader()
  let over = false
  const end = (reason: string): void => {
    if (over) return
    over = true
    socket.destroy()
    handlers.onEnd(reason)
  }
  const handle = (value: unknown): void => {
    if (over) return
    const message = handlers.read(value)
    if (message.ok) handlers.onMessage(message.value)
    else end(`a message that cannot be read: ${message.refusal}`)
  }
  socket.on('data', (chunk: Buffer) => {
    const frames = reader.push(chunk)
    if (frames.ok) frames.messages.forEach(handle)
    else end(frames.refusal)
  })
  let room = Promise.withResolvers<void>()
  const makeRoom = (): void => {
    room.resolve()
    room = Promise.withResolvers()
  }
  socket.on('drain', makeRoom)
  socket.on('close', makeRoom)
  socket.on('error', (error) => end(error.message))
  socket.on('close', () => end('the other process closed the feed'))
  return {
    send(message) {
      if (over) return
      socket.write(encodeFrame(message))
      if (socket.writableLength > unsentBytesMax) end('the other process does not read')
    },
    drained: () =>
      over || socket.writableLength < unsentBytesWanted ? Promise.resolve() : room.promise,
    close: end,
  }
}
