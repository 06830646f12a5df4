// Why this file exists: all routes are added to the same kind of server and answer with the same failures; this names both once.
import type {
  FastifyBaseLogger,
  FastifyInstance,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { problem } from '../schemas.ts'

export type Api = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>

export const failures = { '4xx': problem, '5xx': problem } as const
export const nothing = z.null().meta({ description: 'Done; there is no body' })
export const byName = z.object({ name: z.string().min(1).max(253) })
