// Why this file exists: a console is no question with an answer but bytes both ways; HTTP lets a connection become that
// when both sides agree (RFC 9110, section 7.8).
import type { Duplex } from 'node:stream'
import { type Answer, answerTo, type Question, type Start } from './answer.ts'
import type { Place } from './place.ts'

export type Upgraded =
  | { readonly kind: 'open'; readonly socket: Duplex }
  /** The other side did not agree, and says why. */
  | { readonly kind: 'answered'; readonly answer: Answer }

export function upgrade(
  path: string,
  protocol: string,
  { place, start }: { readonly place: Place; readonly start: Start },
): Promise<Upgraded> {
  const question: Question = { method: 'GET', path }
  const request = start(question, {
    accept: 'application/json',
    connection: 'Upgrade',
    upgrade: protocol,
  })
  const { promise, resolve, reject } = Promise.withResolvers<Upgraded>()
  request.once('upgrade', (_response, socket, head) => {
    // What came together with the head of the answer is the beginning of what follows.
    if (head.length > 0) socket.unshift(head)
    resolve({ kind: 'open', socket })
  })
  answerTo(request, question, place).answer.then(
    (answer) => resolve({ kind: 'answered', answer }),
    reject,
  )
  request.end()
  return promise
}
