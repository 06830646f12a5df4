// Why this file exists: the routes about the directory as a whole: its state and its faults.
import { pageOfItems } from '../page.ts'
import { heldRequest, heldView, lintView, pageOf, pageQuery, statusView } from '../schemas.ts'
import type { Services } from '../services.ts'
import { type Api, failures, nothing } from './typed.ts'

const tags = ['directory']

export function addDirectoryRoutes(app: Api, services: Services): void {
  app.get(
    '/v1/status',
    {
      schema: {
        tags,
        summary: 'How the appliance is',
        response: { 200: statusView, ...failures },
      },
    },
    () => services.status(),
  )
  app.get(
    '/v1/lint',
    {
      schema: {
        tags,
        summary: 'Entries that are set aside or deserve a look, with the reason',
        querystring: pageQuery,
        response: { 200: pageOf(lintView), ...failures },
      },
    },
    ({ query }) =>
      pageOfItems(services.directory.lint(), ({ where, reason }) => `${where}\n${reason}`, query),
  )
  addHeldRoutes(app, services)
}

function addHeldRoutes(app: Api, services: Services): void {
  app.get(
    '/v1/directory/held',
    {
      schema: {
        tags,
        summary:
          'Entries that vanished from the directory together with too many others, and are served on',
        querystring: pageQuery,
        response: { 200: pageOf(heldView), ...failures },
      },
    },
    ({ query }) => pageOfItems(services.directory.held(), ({ dn }) => dn, query),
  )
  app.post(
    '/v1/directory/held',
    {
      schema: {
        tags,
        summary: 'Applies or rejects removals that were held because they were too many',
        body: heldRequest,
        response: { 204: nothing, ...failures },
      },
    },
    async ({ body, caller }, reply) => {
      await services.directory.decideHeld(body.decision, caller)
      return reply.code(204).send(null)
    },
  )
}
