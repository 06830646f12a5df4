// Why this file exists: the routes about benchmark runs, on clusters and on the bare hosts, and about both side by side.
import { demand, maySee } from '../admission.ts'
import {
  comparisonQuery,
  hplComparisonView,
  hplRequest,
  hplRunView,
  jobView,
} from '../cluster-schemas.ts'
import type { HplRequest } from '../cluster-services.ts'
import { pageOfItems } from '../page.ts'
import { pageOf, pageQuery } from '../schemas.ts'
import type { Caller, Services } from '../services.ts'
import { type Api, byId, failures, jobPath, newestFirst, voOf } from './typed.ts'

const tags = ['hpl']

export function addHplRoutes(app: Api, { hpl }: Services): void {
  app.get(
    '/v1/hpl-runs',
    {
      schema: {
        tags,
        summary: 'All runs, the newest first; a member sees those of his VO',
        querystring: pageQuery,
        response: { 200: pageOf(hplRunView), ...failures },
      },
    },
    ({ query, caller }) => {
      const visible = hpl.list().filter(({ subject }) => maySee(caller, voOf(subject)))
      return pageOfItems(visible, newestFirst, query, 'descending')
    },
  )
  app.post(
    '/v1/hpl-runs',
    {
      schema: {
        tags,
        summary:
          'Starts a run on a cluster or on bare hosts; what is not given follows from their memory',
        body: hplRequest,
        response: { 202: jobView, ...failures },
      },
    },
    async ({ body, caller }, reply) => {
      demandNodes(caller, body.on)
      const job = await hpl.run(body, caller)
      return reply.code(202).header('location', jobPath(job)).send(job)
    },
  )
  addOneRunRoute(app, hpl)
  addComparisonRoute(app, hpl)
}

function demandNodes(caller: Caller, on: HplRequest['on']): void {
  const where = 'POST /v1/hpl-runs'
  if (on.kind === 'cluster') demand(caller, { action: 'use-vo', vo: on.vo, where })
  else demand(caller, { action: 'operate-machines', vo: undefined, where })
}

function addOneRunRoute(app: Api, hpl: Services['hpl']): void {
  app.get(
    '/v1/hpl-runs/:id',
    {
      schema: {
        tags,
        summary: 'One run and its figure',
        params: byId,
        response: { 200: hplRunView, ...failures },
      },
    },
    ({ params, caller }) => {
      const run = hpl.show(params.id)
      demand(caller, { action: 'read-vo', vo: voOf(run.subject), where: 'GET /v1/hpl-runs/:id' })
      return run
    },
  )
}

function addComparisonRoute(app: Api, hpl: Services['hpl']): void {
  app.get(
    '/v1/hpl-comparisons',
    {
      schema: {
        tags,
        summary: 'A run on a cluster beside the same problem on bare hosts',
        querystring: comparisonQuery,
        response: { 200: hplComparisonView, ...failures },
      },
    },
    ({ query, caller }) => {
      const vo = voOf(hpl.show(query.virtual).subject)
      demand(caller, { action: 'read-vo', vo, where: 'GET /v1/hpl-comparisons' })
      return hpl.compare(query.virtual, query.physical)
    },
  )
}
