// Why this file exists: events are sent as they happen, to a bounded number of followers, none of whom may make the
// appliance hold what he does not read.
import type { ServerResponse } from 'node:http'
import { Fault } from '#fault'
import type { EventView, Services } from '../services.ts'
import { type Api, failures } from './typed.ts'

const followersMax = 64
const unreadBytesMax = 1024 * 1024
/** Proxies and clients take a silent connection for a dead one. */
const heartbeatMs = 15_000

interface Format {
  readonly type: string
  readonly line: (event: EventView) => string
  readonly heartbeat: string
}

const asStream: Format = {
  type: 'text/event-stream',
  line: (event) =>
    `event: ${event.kind.replaceAll(/\s/g, ' ')}\ndata: ${JSON.stringify(event)}\n\n`,
  heartbeat: ': still here\n\n',
}
const asLines: Format = {
  type: 'application/x-ndjson',
  line: (event) => `${JSON.stringify(event)}\n`,
  heartbeat: '\n',
}

export function addEventRoute(app: Api, services: Services): void {
  let followers = 0
  app.get(
    '/v1/events',
    {
      schema: {
        tags: ['events'],
        summary:
          'What happens, as it happens: text/event-stream, or JSON lines if those are accepted',
        produces: [asStream.type, asLines.type],
        response: { ...failures },
      },
    },
    (request, reply) => {
      if (followers >= followersMax) throw tooMany()
      followers += 1
      reply.hijack()
      reply.raw.once('close', () => (followers -= 1))
      const wantsLines = request.headers.accept?.includes(asLines.type) === true
      send(reply.raw, services, wantsLines ? asLines : asStream)
    },
  )
}

function send(response: ServerResponse, services: Services, format: Format): void {
  const gone = new AbortController()
  const write = (text: string): void => {
    // He may ask again; what he missed is in the states.
    if (response.writableLength > unreadBytesMax) response.destroy()
    else response.write(text)
  }
  const heartbeat = setInterval(() => write(format.heartbeat), heartbeatMs)
  response.once('close', () => {
    clearInterval(heartbeat)
    gone.abort()
  })
  response.writeHead(200, { 'content-type': format.type, 'cache-control': 'no-store' })
  response.flushHeaders()
  services.events((event) => write(format.line(event)), gone.signal)
}

function tooMany(): Fault {
  return new Fault('CPC-API-008', {
    what: 'the events cannot be followed now',
    where: 'GET /v1/events',
    why: `${followersMax} connections follow them already`,
    todo: 'close one of them, or ask for states instead',
  })
}
