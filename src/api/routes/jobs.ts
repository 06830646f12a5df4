// Why this file exists: the routes about work that takes longer than an answer may.
import type { Action } from '#access'
import { demand, maySee } from '../admission.ts'
import { jobView } from '../cluster-schemas.ts'
import { pageOfItems } from '../page.ts'
import { pageOf, pageQuery } from '../schemas.ts'
import type { Services } from '../services.ts'
import { type Api, byId, failures, newestFirst, nothing, voOf } from './typed.ts'

const tags = ['jobs']

export function addJobRoutes(app: Api, { jobs }: Services): void {
  app.get(
    '/v1/jobs',
    {
      schema: {
        tags,
        summary: 'All jobs, the newest first; a member sees those of his VO',
        querystring: pageQuery,
        response: { 200: pageOf(jobView), ...failures },
      },
    },
    ({ query, caller }) => {
      const visible = jobs.list().filter(({ subject }) => maySee(caller, voOf(subject)))
      return pageOfItems(visible, newestFirst, query, 'descending')
    },
  )
  app.get(
    '/v1/jobs/:id',
    {
      schema: {
        tags,
        summary: 'One job: how far it is, and what came of it',
        params: byId,
        response: { 200: jobView, ...failures },
      },
    },
    ({ params, caller }) => {
      const job = jobs.show(params.id)
      demand(caller, { action: 'read-vo', vo: voOf(job.subject), where: 'GET /v1/jobs/:id' })
      return job
    },
  )
  app.post(
    '/v1/jobs/:id/cancel',
    {
      schema: {
        tags,
        summary: 'Ends a job before it is done',
        params: byId,
        response: { 204: nothing, ...failures },
      },
    },
    async ({ params, caller }, reply) => {
      const vo = voOf(jobs.show(params.id).subject)
      // One without a VO works on machines.
      const action: Action = vo === undefined ? 'operate-machines' : 'use-vo'
      demand(caller, { action, vo, where: 'POST /v1/jobs/:id/cancel' })
      await jobs.cancel(params.id, caller)
      return reply.code(204).send(null)
    },
  )
}
