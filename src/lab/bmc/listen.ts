// Why this file exists: the sockets around the emulated boards: bounded bodies, JSON answers, and the art of playing dead.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { RedfishAnswer, RedfishRequest } from './redfish.ts'

const bodyBytesMax = 64 * 1024

export type Answerer = (request: RedfishRequest) => Promise<RedfishAnswer>

/** `mute` is asked for each request: a dead board takes the connection and says nothing, for ever. */
export function jsonServer(answer: Answerer, mute: () => boolean = () => false): Server {
  return createServer((request, response) => {
    if (mute()) return
    void respond(answer, request, response)
  })
}

async function respond(
  answer: Answerer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const body = await bodyOf(request)
    const { authorization } = request.headers
    const { pathname } = new URL(request.url ?? '/', 'http://board')
    const asked = { method: request.method ?? '', path: pathname, body }
    send(response, await answer(authorization === undefined ? asked : { ...asked, authorization }))
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    send(response, { status: 500, body: { error: { code: 'Base.1.0.InternalError', message } } })
  }
}

function send(response: ServerResponse, { status, body, headers }: RedfishAnswer): void {
  const text = body === undefined ? '' : JSON.stringify(body)
  response.writeHead(status, {
    ...(text === '' ? {} : { 'Content-Type': 'application/json' }),
    'Content-Length': Buffer.byteLength(text),
    'OData-Version': '4.0',
    ...headers,
  })
  response.end(text)
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of request) {
    if (!(part instanceof Buffer)) continue
    bytes += part.length
    if (bytes > bodyBytesMax) throw new Error(`a body of more than ${bodyBytesMax} bytes`)
    parts.push(part)
  }
  return Buffer.concat(parts).toString('utf8')
}
