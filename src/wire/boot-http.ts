// Why this file exists: boot HTTP's routes: the entry script, the script of a machine, and our CA; all else is a file.
import { randomBytes } from 'node:crypto'
import { formatIp4, type Ip4 } from '#directory'
import { boundTcpDescriptor } from '#net'
import {
  answerBoot,
  BootHttpServer,
  defaultScriptPaths,
  entryScript,
  readBootRequest,
  type Route,
  type RouteAnswer,
} from '#pxe'
import { listeningPlaces } from './dns.ts'
import type { Closer, WireContext } from './context.ts'
import type { Place } from './place.ts'

const httpPort = 80
const claimBytes = 16

export async function openBootHttp(context: WireContext): Promise<Closer> {
  const { places, clock, files, onTransfer, log } = context
  const servers: BootHttpServer[] = []
  for (const place of places) {
    for (const at of listeningPlaces([place])) {
      const server = new BootHttpServer({
        files,
        routes: routesOf(place, context),
        onTransfer,
        onError: (error) => log(`boot HTTP: ${String(error)}`),
        clock: { now: () => clock().monotonicMs, wall: () => clock().wallMs },
      })
      await server.listen({ fd: boundTcpDescriptor({ ...at, port: httpPort }) })
      servers.push(server)
    }
  }
  return {
    async close() {
      await Promise.all(servers.map((server) => server.close()))
    },
  }
}

function routesOf(place: Place, context: WireContext): Readonly<Record<string, Route>> {
  return {
    'GET /boot.ipxe': ({ query, address }) => giveScript(query, address, place, context),
    'GET /ca.pem': () => {
      const picture = context.picture()
      return picture === undefined
        ? notYet
        : { contentType: 'application/x-pem-file', body: picture.boot.caPem }
    },
  }
}

const notYet: RouteAnswer = {
  status: 503,
  contentType: 'text/plain; charset=utf-8',
  body: 'the appliance is still reading its directory; ask again\n',
}

async function giveScript(
  query: URLSearchParams,
  from: Ip4 | undefined,
  place: Place,
  context: WireContext,
): Promise<RouteAnswer> {
  const picture = context.picture()
  if (picture === undefined || from === undefined) return notYet
  const request = readBootRequest(query)
  const now = context.clock()
  if (request === undefined) {
    const mac = context.book.holder(from, now)?.mac
    return { contentType: 'text/plain; charset=utf-8', body: entryScript(place.address, mac) }
  }
  const claim = randomBytes(claimBytes).toString('hex')
  const answer = answerBoot(
    { request, from, claim },
    {
      snapshot: picture.snapshot,
      leases: context.book,
      now,
      nextBoot: picture.nextBoot,
      place: { server: place.address, boot: picture.boot, ...defaultScriptPaths },
    },
  )
  if (answer.kind === 'refused') {
    await context.report(answer.alarm)
    context.log(`script for ${request.mac} refused to ${formatIp4(from)}: ${answer.why}`)
    return { status: 403, contentType: 'text/plain; charset=utf-8', body: `${answer.why}\n` }
  }
  // The claim is on the disk before the machine knows it: a claim that nobody remembers cannot be honoured.
  await context.report(answer.sighting)
  if (answer.alarm !== undefined) await context.report(answer.alarm)
  context.log(`script for ${request.mac} to ${formatIp4(from)}: ${answer.sighting.decision}`)
  return { contentType: 'text/plain; charset=utf-8', body: answer.script }
}
