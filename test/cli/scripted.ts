// Why this file exists: what the command line makes of an appliance's answers is tried against a real server on a unix
// socket that answers as the test says, also late, broken or not at all.
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { text } from 'node:stream/consumers'
import { type Ran, run, type Surroundings } from './terminal.ts'

export interface Heard {
  /** `GET /v1/jobs/j1` */
  readonly what: string
  readonly query: Readonly<Record<string, string>>
  /** JSON that came along, as far as it was read. */
  readonly body?: unknown
}

/** What is answered: JSON, or done by hand; a function is asked each time. */
export type Answer =
  | { readonly status?: number; readonly json: unknown }
  | { readonly byHand: (request: IncomingMessage, response: ServerResponse) => void }
export type Answers = Readonly<Record<string, Answer | ((heard: Heard) => Answer)>>

export interface Scripted extends AsyncDisposable {
  readonly folder: string
  readonly socketPath: string
  readonly heard: Heard[]
  answers: Answers
  /** Takes over connections that ask for it. */
  onUpgrade: ((request: IncomingMessage, socket: Duplex) => void) | undefined
  /** Nobody is there for the next so many connections. */
  refuse: number
  readonly coppice: (words: readonly string[], around?: Surroundings) => Promise<Ran>
  /** What was asked, without looking. */
  readonly changes: () => readonly string[]
}

export function page(items: readonly unknown[]): Answer {
  return { json: { items } }
}

export function problem(code: string, status: number, why = 'because'): Answer {
  const told = { type: 't', title: 't', status, detail: 'd', code }
  return { status, json: { ...told, what: 'it was refused', where: 'there', why, do: 'change it' } }
}

export async function scripted(): Promise<Scripted> {
  const folder = mkdtempSync(join(tmpdir(), 'cpc-scripted-'))
  const socketPath = join(folder, 'api.sock')
  const heard: Heard[] = []
  const server = createServer((request, response) => {
    answerTo(request, response).catch((error: unknown) => response.destroy(asError(error)))
  })
  const answerTo = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost')
    const what = `${request.method} ${pathname}`
    const isJson = request.headers['content-type'] === 'application/json'
    const body: unknown = isJson ? JSON.parse(await text(request)) : undefined
    const told = { what, query: Object.fromEntries(searchParams), body }
    heard.push(told)
    const known = one.answers[what]
    const answer = typeof known === 'function' ? known(told) : known
    if (answer === undefined) return send(response, problem('CPC-API-003', 404, `no ${what}`))
    if ('byHand' in answer) answer.byHand(request, response)
    else send(response, answer)
  }
  server.on('connection', (socket) => {
    if (one.refuse <= 0) return
    one.refuse -= 1
    socket.destroy()
  })
  server.on('upgrade', (request, socket) => {
    heard.push({ what: `UPGRADE ${request.url}`, query: {} })
    one.onUpgrade?.(request, socket)
  })
  const one: Scripted = {
    folder,
    socketPath,
    heard,
    answers: {},
    onUpgrade: undefined,
    refuse: 0,
    coppice: (words, around = {}) =>
      run(words, { ...around, env: { COPPICE_SERVER: `unix:${socketPath}`, ...around.env } }),
    changes: () => heard.map(({ what }) => what).filter((what) => !what.startsWith('GET ')),
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
      rmSync(folder, { recursive: true })
    },
  }
  await new Promise<void>((resolve) => server.listen(socketPath, resolve))
  return one
}

export function send(response: ServerResponse, answer: Answer): void {
  if ('byHand' in answer) return
  const { status = 200, json } = answer
  const type = status < 400 ? 'application/json' : 'application/problem+json'
  response.writeHead(status, { 'content-type': type }).end(JSON.stringify(json))
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
