// Why this file exists: boot HTTP's routes: the entry script, the script of a machine, and our CA; all else is a file.
import { randomBytes } from 'node:crypto'
import { formatIp4, type Ip4 } from '#directory'
import { boundTcpDescriptor } from '#net'
import {
  AlarmGate,
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
const plainText = 'text/plain; charset=utf-8'

export async function openBootHttp(context: WireContext): Promise<Closer> {
  const { places, clock, files, onTransfer, count, log } = context
  const servers: BootHttpServer[] = []
  const gate = new AlarmGate()
  for (const place of places) {
    for (const at of listeningPlaces([place])) {
      const server = new BootHttpServer({
        files,
        routes: routesOf(place, context, gate),
        onTransfer,
        count: (rule) => count(`http ${rule}`),
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

function routesOf(
  place: Place,
  context: WireContext,
  gate: AlarmGate,
): Readonly<Record<string, Route>> {
  return {
    'GET /boot.ipxe': ({ query, address }) =>
      giveScript({ query, from: address }, place, context, gate),
    'GET /ca.pem': ({ address }) => {
      const boot = context.picture()?.boot
      context.count('http authority')
      context.log(`ca.pem to ${address === undefined ? 'somebody' : formatIp4(address)}`)
      return boot === undefined
        ? notYet
        : { contentType: 'application/x-pem-file', body: boot.caPem }
    },
  }
}

const notYet: RouteAnswer = {
  status: 503,
  contentType: plainText,
  body: 'the appliance is still reading its directory; ask again\n',
}

interface Asked {
  readonly query: URLSearchParams
  readonly from: Ip4 | undefined
}

async function giveScript(
  { query, from }: Asked,
  place: Place,
  context: WireContext,
  gate: AlarmGate,
): Promise<RouteAnswer> {
  const picture = context.picture()
  // Without core nobody could enrol, and what somebody withheld is not known.
  if (picture?.boot === undefined || from === undefined) return notYet
  const request = readBootRequest(query)
  const now = context.clock()
  if (request === undefined) {
    context.count('script entry')
    context.log(`entry script to ${formatIp4(from)}`)
    return script(entryScript(place.address, context.book.holder(from, now)?.mac))
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
  const { alarm } = answer
  // A machine that waits asks every few seconds; one alarm a minute says it as well.
  if (alarm !== undefined && gate.admits(alarm, now.monotonicMs)) void context.report(alarm)
  if (answer.kind === 'refused') {
    context.count('script refused')
    context.log(`script for ${request.mac} refused to ${formatIp4(from)}: ${answer.why}`)
    return { status: 403, contentType: plainText, body: `${answer.why}\n` }
  }
  context.count(`script ${answer.sighting.decision}`)
  const { decision, why } = answer.sighting
  context.log(`script for ${request.mac} to ${formatIp4(from)}: ${decision} (${why})`)
  // The claim is on the disk before the machine knows it: a claim that nobody remembers cannot be honoured.
  return (await context.report(answer.sighting)) ? script(answer.script) : notYet
}

function script(body: string): RouteAnswer {
  return { contentType: plainText, body }
}
