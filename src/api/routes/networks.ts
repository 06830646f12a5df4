// Why this file exists: the routes about networks.
import { pageOfItems } from '../page.ts'
import { networkChange, networkRequest, networkView, pageOf, pageQuery } from '../schemas.ts'
import type { Services } from '../services.ts'
import { type Api, byName, failures, nothing } from './typed.ts'

const tags = ['networks']

export function addNetworkRoutes(app: Api, { networks }: Services): void {
  app.get(
    '/v1/networks',
    {
      schema: {
        tags,
        summary: 'All networks',
        querystring: pageQuery,
        response: { 200: pageOf(networkView), ...failures },
      },
    },
    ({ query }) => pageOfItems(networks.list(), ({ name }) => name, query),
  )
  app.post(
    '/v1/networks',
    {
      schema: {
        tags,
        summary: 'Describes a new network in the directory',
        body: networkRequest,
        response: { 201: networkView, ...failures },
      },
    },
    async ({ body, caller }, reply) => {
      const added = await networks.add(body, caller)
      return reply
        .code(201)
        .header('location', `/v1/networks/${encodeURIComponent(added.name)}`)
        .send(added)
    },
  )
  addOneNetworkRoutes(app, networks)
}

function addOneNetworkRoutes(app: Api, networks: Services['networks']): void {
  const url = '/v1/networks/:name'
  const one = { tags, params: byName }
  app.get(
    url,
    { schema: { ...one, summary: 'One network', response: { 200: networkView, ...failures } } },
    ({ params }) => networks.show(params.name),
  )
  app.patch(
    url,
    {
      schema: {
        ...one,
        summary: 'Changes what is given; null takes a value away',
        body: networkChange,
        response: { 200: networkView, ...failures },
      },
    },
    ({ params, body, caller }) => networks.change(params.name, body, caller),
  )
  app.delete(
    url,
    {
      schema: {
        ...one,
        summary: 'Removes a network from the directory',
        response: { 204: nothing, ...failures },
      },
    },
    async ({ params, caller }, reply) => {
      await networks.remove(params.name, caller)
      return reply.code(204).send(null)
    },
  )
}
