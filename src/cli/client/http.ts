// Why this file exists: one exchange with the appliance, over its socket or over TCP, with an end in time and in size.
import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { Fault } from '#fault'
import { describePlace, type Place } from './place.ts'

export interface Question {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body?: unknown
}

export interface Answer {
  readonly status: number
  readonly text: string
}

export interface Exchange {
  readonly place: Place
  ask(question: Question): Promise<Answer>
  /** Resolves at the head of an answer that has no end yet; its body is not read. */
  follow(path: string, accept: string, signal: AbortSignal): Promise<IncomingMessage>
}

/** Powering a machine or waiting for a directory takes long, but not for ever. */
export const answerMsMax = 120_000
const answerBytesMax = 256 * 1024 * 1024
export const connectionsMax = 8
/** Failures before anybody has seen the request. */
const unreachableCodes = new Set([
  'ENOENT',
  'ECONNREFUSED',
  'EACCES',
  'EPERM',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTSOCK',
  'ENOTDIR',
])

export function openExchange(place: Place, token: string | undefined): Exchange {
  const options = { keepAlive: true, maxSockets: connectionsMax }
  const isTls = place.kind === 'url' && place.url.protocol === 'https:'
  const agent = isTls ? new HttpsAgent(options) : new HttpAgent(options)
  const start = (question: Question, headers: Readonly<Record<string, string>>) => {
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

type Start = (
  question: Question,
  headers: Readonly<Record<string, string>>,
) => ReturnType<typeof httpRequest>

function ask(question: Question, place: Place, start: Start): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const body = question.body === undefined ? undefined : JSON.stringify(question.body)
  const request = start(question, {
    accept: 'application/json',
    ...(body === undefined
      ? {}
      : {
          'content-type': 'application/json',
          'content-length': String(Buffer.byteLength(body)),
        }),
  })
  const deadline = setTimeout(() => request.destroy(late(question, place)), answerMsMax)
  request.once('error', (error) => reject(unanswered(error, place)))
  request.once('close', () => clearTimeout(deadline))
  request.once('response', (response) => {
    read(response).then(
      (text) => resolve({ status: response.statusCode ?? 0, text }),
      (error: unknown) => reject(unanswered(error, place)),
    )
  })
  request.end(body)
  return promise
}

async function read(response: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of response) {
    if (!Buffer.isBuffer(part)) continue
    bytes += part.length
    if (bytes > answerBytesMax) throw new Error(`the answer has more than ${answerBytesMax} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}

function late({ method, path }: Question, place: Place): Fault {
  return new Fault('CPC-CLI-004', {
    what: 'the appliance did not answer in time',
    where: `${describePlace(place)} ${method} ${path}`,
    why: `no answer within ${answerMsMax / 1000} s`,
    todo: 'look with "coppice status" whether it was done before you repeat it',
  })
}

function unanswered(error: unknown, place: Place): Fault {
  if (error instanceof Fault) return error
  const why = error instanceof Error ? error.message || error.name : String(error)
  return new Fault(
    'CPC-CLI-002',
    {
      what: 'the appliance cannot be reached',
      where: describePlace(place),
      why: isUnreachable(error) ? why : `the connection broke: ${why}`,
      todo: 'start it with "coppice serve", or name the right place with --server',
    },
    { cause: error },
  )
}

export function isUnreachable(error: unknown): boolean {
  const cause = error instanceof Fault ? error.cause : error
  if (cause instanceof AggregateError) return cause.errors.every(isUnreachable)
  return cause instanceof Error && 'code' in cause && unreachableCodes.has(String(cause.code))
}
