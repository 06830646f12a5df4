// Why this file exists: an image takes longer than any other request and may be refused while it still comes; both need
// care with the connection that no other route needs (HOSTILE 28, 52).
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { PassThrough, Readable } from 'node:stream'
import type { ApiLimits } from './limits.ts'

/** The connections that may take longer for a request than others. */
export class Uploads {
  readonly #excused = new WeakSet<Socket>()
  readonly #answered = new WeakSet<Socket>()

  /** For this request; its connection is not used for another one. */
  excuse({ socket }: IncomingMessage): void {
    this.#excused.add(socket)
  }

  isExcused(socket: Socket): boolean {
    return this.#excused.has(socket)
  }

  /** Whatever is wrong with the rest of the request, there is no second answer. */
  markAnswered({ socket }: IncomingMessage): void {
    this.#answered.add(socket)
  }

  isAnswered(socket: Socket): boolean {
    return this.#answered.has(socket)
  }
}

/**
 * The body as it comes. It ends only if the request is whole: a client that goes away makes it fail. Who destroys it
 * leaves the connection alone, so that an answer can still be given.
 */
export function bodyOf(request: IncomingMessage): Readable {
  const body = new PassThrough()
  // It may fail before it is read, or after.
  body.on('error', () => undefined)
  const cutOff = (error?: Error): void => {
    if (!request.complete) body.destroy(error ?? new Error('the connection ended before the body'))
  }
  request.once('error', cutOff)
  request.once('close', cutOff)
  if (request.destroyed) cutOff()
  else request.pipe(body)
  return body
}

type Patience = Pick<ApiLimits, 'answeredBytesMax' | 'answeredMsMax'>

/**
 * The whole answer at once, but its end only after the client has stopped sending: a connection that is closed while
 * bytes still come in is reset, and the answer is lost with it.
 */
export function answerToSender(
  answer: string,
  request: IncomingMessage,
  limits: Patience,
): Readable {
  async function* parts(): AsyncGenerator<Buffer> {
    yield Buffer.from(answer)
    await silent(request, limits)
  }
  return Readable.from(parts(), { objectMode: false })
}

/** Reads what nobody wants, until it ends or there is too much of it. */
function silent(request: IncomingMessage, limits: Patience): Promise<void> {
  return new Promise((resolve) => {
    let bytesLeft = limits.answeredBytesMax
    const timer = setTimeout(resolve, limits.answeredMsMax)
    const done = (): void => {
      clearTimeout(timer)
      resolve()
    }
    request.on('data', (chunk: Buffer) => {
      bytesLeft -= chunk.length
      if (bytesLeft < 0) done()
    })
    for (const event of ['end', 'error', 'close']) request.once(event, done)
    if (request.destroyed) done()
    else request.resume()
  })
}
