// Why this file exists: the routes about tokens, which only an admin may use; a secret leaves here once, when it is made.
import { z } from 'zod'
import { pageOfItems } from '../page.ts'
import { newTokenView, pageOf, pageQuery, tokenRequest, tokenView } from '../schemas.ts'
import type { Services } from '../services.ts'
import { type Api, failures, nothing } from './typed.ts'

const schemaTags = ['tokens']

export function addTokenRoutes(app: Api, { tokens }: Services): void {
  app.get(
    '/v1/tokens',
    {
      schema: {
        tags: schemaTags,
        summary: 'All tokens, without their secrets',
        querystring: pageQuery,
        response: { 200: pageOf(tokenView), ...failures },
      },
    },
    ({ query }) => pageOfItems(tokens.list(), ({ id }) => id, query),
  )
  app.post(
    '/v1/tokens',
    {
      schema: {
        tags: schemaTags,
        summary: 'Makes a token; its secret is told here and never again',
        body: tokenRequest,
        response: { 201: newTokenView, ...failures },
      },
    },
    async ({ body, caller }, reply) => {
      const made = await tokens.add(body.name, body.role, caller, body.vo)
      return reply.code(201).header('cache-control', 'no-store').send(made)
    },
  )
  app.delete(
    '/v1/tokens/:id',
    {
      schema: {
        tags: schemaTags,
        summary: 'Revokes a token at once',
        params: z.object({ id: z.string().min(1).max(128) }),
        response: { 204: nothing, ...failures },
      },
    },
    async ({ params, caller }, reply) => {
      await tokens.revoke(params.id, caller)
      return reply.code(204).send(null)
    },
  )
}
