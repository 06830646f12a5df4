// Why this file exists: one exchange with the appliance, over its socket or over TCP, with an end in time and in size.
import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { type Answer, answerTo, lineType, type Question, type Start, unanswered } from './answer.ts'
import type { Place } from './place.ts'
import { type Upgraded, upgrade } from './upgrade.ts'
import { upload, type Upload } from './upload.ts'

export interface Exchange {
  readonly place: Place
  ask(question: Question): Promise<Answer>
  /** Resolves at the head of an answer that has no end yet; its body is not read. */
  follow(path: string, accept: string, signal: AbortSignal): Promise<IncomingMessage>
  /** Sends a body that is too long for memory, and heeds an answer that comes before its end. */
  upload(order: Upload): Promise<Answer>
  /** Leaves HTTP for another protocol, if the other side agrees. */
  upgrade(path: string, protocol: string): Promise<Upgraded>
}

export const connectionsMax = 8

export function openExchange(place: Place, token: string | undefined): Exchange {
  const options = { keepAlive: true, maxSockets: connectionsMax }
  const isTls = place.kind === 'url' && place.url.protocol === 'https:'
  const agent = isTls ? new HttpsAgent(options) : new HttpAgent(options)
  const start: Start = (question, headers) => {
    const { method, path } = question
    const all = { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) }
    const common = { method, agent, headers: all }
    if (place.kind === 'socket') {
      return httpRequest({ ...common, socketPath: place.path, path, host: 'localhost' })
    }
    const url = new URL(path, place.url)
    return isTls ? httpsRequest(url, common) : httpRequest(url, common)
  }
  return {
    place,
    ask: (question) => ask(question, place, start),
    upload: (order) => upload(order, place, start),
    upgrade: (path, protocol) => upgrade(path, protocol, { place, start }),
    follow: (path, accept, signal) =>
      new Promise((resolve, reject) => {
        const request = start({ method: 'GET', path }, { accept })
        const end = (): void => void request.destroy()
        signal.addEventListener('abort', end, { once: true })
        request.once('close', () => signal.removeEventListener('abort', end))
        request.once('response', resolve)
        request.once('error', (error) => reject(unanswered(error, place)))
        request.end()
      }),
  }
}

function ask(question: Question, place: Place, start: Start): Promise<Answer> {
  const body = question.body === undefined ? undefined : JSON.stringify(question.body)
  const request = start(question, {
    accept: question.onLine ? `${lineType}, application/json` : 'application/json',
    ...(body === undefined
      ? {}
      : {
          'content-type': 'application/json',
          'content-length': String(Buffer.byteLength(body)),
        }),
  })
  const { answer } = answerTo(request, question, place)
  request.end(body)
  return answer
}
