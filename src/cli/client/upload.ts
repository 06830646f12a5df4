// Why this file exists: an image is longer than memory, takes longer than any answer, and may be refused while we still
// send; the refusal is what people must see, not the broken pipe behind it.
import type { ClientRequest } from 'node:http'
import { setImmediate } from 'node:timers/promises'
import {
  type Answer,
  answerTo,
  diskAnswerMsMax,
  type Question,
  type Start,
  usualAnswerMsMax,
} from './answer.ts'
import type { Place } from './place.ts'

export interface Upload {
  readonly path: string
  readonly bytes: number
  /** Exactly so many bytes, or it throws. */
  readonly body: AsyncIterable<Uint8Array>
  readonly onSent: (bytes: number) => void
}

export async function upload(order: Upload, place: Place, start: Start): Promise<Answer> {
  const question: Question = { method: 'POST', path: order.path }
  const request = start(question, {
    accept: 'application/json',
    'content-type': 'application/octet-stream',
    'content-length': String(order.bytes),
  })
  const { answer, allow } = answerTo(request, question, place)
  // It may end before the sending does; who waits for it is told then.
  answer.catch(() => undefined)
  try {
    await send(request, order, allow)
    return await answer
  } finally {
    // A connection with half a request on it is of no use to the next one.
    request.destroy()
  }
}

async function send(
  request: ClientRequest,
  { body, onSent }: Upload,
  allow: (ms: number) => void,
): Promise<void> {
  let isAnswered = false
  request.once('response', () => (isAnswered = true))
  let sent = 0
  for await (const part of body) {
    // A write to a closed connection breaks it before its last words are read, so these are read first.
    await setImmediate()
    if (isAnswered || request.destroyed) return
    if (!request.write(part)) await drained(request)
    sent += part.length
    allow(usualAnswerMsMax)
    onSent(sent)
  }
  allow(diskAnswerMsMax)
  request.end()
}

const writableAgain = ['drain', 'close', 'response'] as const

function drained(request: ClientRequest): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      for (const event of writableAgain) request.off(event, go)
      resolve()
    }
    for (const event of writableAgain) request.on(event, go)
  })
}
