// Why this file exists: the routes that need no token: for monitoring, and for programs that want to know the API.
import { z } from 'zod'
import { readiness } from '../schemas.ts'
import type { Services } from '../services.ts'
import type { Api } from './typed.ts'

const tags = ['monitoring']
const security: { readonly [scheme: string]: readonly string[] }[] = []

export function addOpenRoutes(app: Api, services: Services): void {
  app.get('/openapi.json', { schema: { hide: true } }, () => app.swagger())
  app.get(
    '/healthz',
    {
      schema: {
        tags,
        security,
        summary: 'Answers as long as the process lives',
        response: { 200: z.object({ alive: z.literal(true) }) },
      },
    },
    () => ({ alive: true as const }),
  )
  app.get(
    '/readyz',
    {
      schema: {
        tags,
        security,
        summary: '200 when machines can be served, 503 with the reason when not',
        response: { 200: readiness, 503: readiness },
      },
    },
    async (_request, reply) => {
      const state = services.ready()
      return reply.code(state.ready ? 200 : 503).send(state)
    },
  )
  app.get(
    '/metrics',
    {
      schema: {
        tags,
        security,
        summary: 'Figures for Prometheus',
        produces: ['text/plain'],
        response: { 200: z.string() },
      },
      serializerCompiler: () => (body: unknown) => String(body),
    },
    async (_request, reply) =>
      reply.type('text/plain; version=0.0.4; charset=utf-8').send(services.metrics()),
  )
}
