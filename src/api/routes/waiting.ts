// Why this file exists: the routes about machines that booted without being known, or whose identity is in doubt.
import { z } from 'zod'
import { pageOfItems } from '../page.ts'
import { adoptRequest, machineView, pageOf, pageQuery, waitingView } from '../schemas.ts'
import type { Services } from '../services.ts'
import { type Api, failures } from './typed.ts'

const tags = ['waiting']

export function addWaitingRoutes(app: Api, { machines }: Services): void {
  app.get(
    '/v1/waiting',
    {
      schema: {
        tags,
        summary: 'Machines that wait for a person',
        querystring: pageQuery,
        response: { 200: pageOf(waitingView), ...failures },
      },
    },
    ({ query }) => pageOfItems(machines.waiting(), ({ mac }) => mac, query),
  )
  app.post(
    '/v1/waiting/:mac/adopt',
    {
      schema: {
        tags,
        summary: 'Gives a waiting machine a name, or confirms a doubtful one under its own',
        params: z.object({ mac: z.string().min(1).max(64) }),
        body: adoptRequest,
        response: { 200: machineView, ...failures },
      },
    },
    ({ params, body, caller }) => machines.adopt(params.mac, body.name, caller),
  )
}
