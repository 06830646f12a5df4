// Why this file exists: the routes about the nodes of clusters, and the way to their serial consoles.
import { Fault } from '#fault'
import { demand, maySee } from '../admission.ts'
import { vcnQuery, vcnView } from '../cluster-schemas.ts'
import { joinConsole } from '../join-console.ts'
import type { ApiLimits } from '../limits.ts'
import { pageOfItems } from '../page.ts'
import { pageOf } from '../schemas.ts'
import type { Services } from '../services.ts'
import { consoleProtocol, type Upgrades } from '../upgrades.ts'
import { type Api, byVcn, failures, nothing } from './typed.ts'

const tags = ['vcns']

export interface VcnParts {
  readonly vcns: Services['vcns']
  readonly upgrades: Upgrades
  readonly limits: ApiLimits
}

export function addVcnRoutes(app: Api, parts: VcnParts): void {
  const { vcns } = parts
  app.get(
    '/v1/vcns',
    {
      schema: {
        tags,
        summary: 'All nodes, or those of a VO or of a cluster; a member sees those of his VO',
        querystring: vcnQuery,
        response: { 200: pageOf(vcnView), ...failures },
      },
    },
    ({ query, caller }) => {
      const { vo, cluster } = query
      if (vo !== undefined) demand(caller, { action: 'read-vo', vo, where: 'GET /v1/vcns' })
      const visible = vcns.list(vo, cluster).filter((vcn) => maySee(caller, vcn.vo))
      return pageOfItems(visible, (vcn) => `${vcn.vo}\n${vcn.cluster}\n${vcn.name}`, query)
    },
  )
  app.get(
    '/v1/vcns/:vo/:cluster/:vcn',
    {
      schema: {
        tags,
        summary: 'One node',
        params: byVcn,
        response: { 200: vcnView, ...failures },
      },
    },
    ({ params: { vo, cluster, vcn } }) => vcns.show(vo, cluster, vcn),
  )
  addConsoleRoute(app, parts)
}

function addConsoleRoute(app: Api, { vcns, upgrades, limits }: VcnParts): void {
  let consoles = 0
  app.get(
    '/v1/vcns/:vo/:cluster/:vcn/console',
    {
      schema: {
        tags,
        summary: `The serial console of a node: with "Upgrade: ${consoleProtocol}" the connection becomes it, byte for byte`,
        params: byVcn,
        response: { 101: nothing, ...failures },
      },
    },
    async ({ raw, params: { vo, cluster, vcn }, caller }, reply) => {
      if (!upgrades.isAsked(raw)) {
        void reply.headers({ connection: 'upgrade', upgrade: consoleProtocol })
        throw noUpgrade()
      }
      if (consoles >= limits.consolesMax) throw tooMany(limits.consolesMax)
      consoles += 1
      raw.socket.once('close', () => (consoles -= 1))
      const serial = await vcns.console(vo, cluster, vcn, caller)
      reply.hijack()
      joinConsole(upgrades.accept(raw), serial, limits)
      return reply
    },
  )
}

function noUpgrade(): Fault {
  return new Fault('CPC-API-009', {
    what: 'a console is no answer of HTTP',
    where: 'GET /v1/vcns/:vo/:cluster/:vcn/console',
    why: `the request does not ask to change the connection to ${consoleProtocol}`,
    todo: 'use "coppice vcn console", or send "Connection: Upgrade" and that protocol in Upgrade',
  })
}

function tooMany(consolesMax: number): Fault {
  return new Fault('CPC-API-010', {
    what: 'the console cannot be opened now',
    where: 'GET /v1/vcns/:vo/:cluster/:vcn/console',
    why: `${consolesMax} consoles are open already`,
    todo: 'close one of them',
  })
}
