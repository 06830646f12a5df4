// Why this file exists: the routes about who holds which address.
import { z } from 'zod'
import { leaseView, pageOf, pageQuery } from '../schemas.ts'
import type { Services } from '../services.ts'
import { type Api, failures, nothing } from './typed.ts'

const tags = ['networks']
const byAddress = z.object({ address: z.string().min(1).max(15).meta({ example: '10.1.200.7' }) })
const expected = z.strictObject({
  mac: z
    .string()
    .max(32)
    .optional()
    .meta({ description: 'Whose it is expected to be; 409 when it is not' }),
})

export function addLeaseRoutes(app: Api, { leases }: Services): void {
  app.get(
    '/v1/leases',
    {
      schema: {
        tags,
        summary: 'Who holds which address, in the order of the addresses',
        querystring: pageQuery,
        response: { 200: pageOf(leaseView), ...failures },
      },
    },
    ({ query }) => leases.page(query),
  )
  const url = '/v1/leases/:address'
  const one = { tags, params: byAddress }
  app.get(
    url,
    { schema: { ...one, summary: 'Who holds it', response: { 200: leaseView, ...failures } } },
    ({ params }) => leases.show(params.address),
  )
  app.delete(
    url,
    {
      schema: {
        ...one,
        summary: 'Takes an address back, as if its holder had released it',
        querystring: expected,
        response: { 204: nothing, ...failures },
      },
    },
    async ({ params, query, caller }, reply) => {
      await leases.release(params.address, query.mac, caller)
      return reply.code(204).send(null)
    },
  )
}
