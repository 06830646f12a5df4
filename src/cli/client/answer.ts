// Why this file exists: an answer has an end in time and in size, and where none comes, people are told which of the many
// ways of not being answered it was.
import type { ClientRequest, IncomingMessage } from 'node:http'
import { Fault } from '#fault'
import { describePlace, type Place } from './place.ts'

export interface Question {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  readonly path: string
  readonly body?: unknown
  /** Where the usual time is too short. */
  readonly answerMsMax?: number
  /** Lines may come as the work goes on, each within the usual time after the one before; the last is the answer. */
  readonly onLine?: (line: string) => void
}

export interface Answer {
  readonly status: number
  readonly text: string
}

/** Starts a request; its body, if it has one, is for the caller to send. */
export type Start = (question: Question, headers: Readonly<Record<string, string>>) => ClientRequest

/** Powering a machine or waiting for a directory takes long, but not for ever. */
export const usualAnswerMsMax = 120_000
/** To read a whole disk, or to bring the last of one from memory to its place. */
export const diskAnswerMsMax = 3_600_000
export const lineType = 'application/x-ndjson'
const lineEnd = 0x0a
const answerBytesMax = 256 * 1024 * 1024
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

export interface Awaited {
  readonly answer: Promise<Answer>
  /** From now on it may take so long. */
  readonly allow: (ms: number) => void
}

/** The whole answer to a request that was started. */
export function answerTo(request: ClientRequest, question: Question, place: Place): Awaited {
  const { promise: answer, resolve, reject } = Promise.withResolvers<Answer>()
  let deadline: NodeJS.Timeout | undefined
  let isOver = false
  const allow = (ms: number): void => {
    clearTimeout(deadline)
    if (isOver) return
    deadline = setTimeout(() => request.destroy(late(question, place, ms)), ms)
  }
  allow(question.answerMsMax ?? usualAnswerMsMax)
  request.on('error', (error) => reject(unanswered(error, place)))
  request.once('close', () => {
    isOver = true
    clearTimeout(deadline)
  })
  request.once('response', (response) => {
    const onLine = (line: string): void => {
      allow(usualAnswerMsMax)
      question.onLine?.(line)
    }
    const isLines = response.headers['content-type'] === lineType
    const reading = isLines ? readLines(response, onLine) : read(response)
    reading.then(
      (text) => resolve({ status: response.statusCode ?? 0, text }),
      (error: unknown) => reject(unanswered(error, place)),
    )
  })
  return { answer, allow }
}

/** The last line that has an end. */
async function readLines(
  response: IncomingMessage,
  onLine: (line: string) => void,
): Promise<string> {
  let last = ''
  let begun: Buffer[] = []
  let bytes = 0
  for await (const part of response) {
    if (!Buffer.isBuffer(part)) continue
    let from = 0
    for (let end = part.indexOf(lineEnd); end >= 0; end = part.indexOf(lineEnd, from)) {
      last = Buffer.concat([...begun, part.subarray(from, end)]).toString('utf8')
      onLine(last)
      begun = []
      bytes = 0
      from = end + 1
    }
    begun.push(part.subarray(from))
    bytes += part.length - from
    if (bytes > answerBytesMax) throw new Error(`the answer has more than ${answerBytesMax} bytes`)
  }
  return last
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

function late({ method, path }: Question, place: Place, ms: number): Fault {
  return new Fault('CPC-CLI-004', {
    what: 'the appliance did not answer in time',
    where: `${describePlace(place)} ${method} ${path}`,
    why: `no answer within ${ms / 1000} s`,
    todo: 'look with "coppice status" whether it was done before you repeat it',
  })
}

export function unanswered(error: unknown, place: Place): Fault {
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
