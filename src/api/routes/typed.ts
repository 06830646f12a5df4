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

const segment = z.string().min(1).max(253)
export const byName = z.object({ name: segment })
export const byId = z.object({ id: segment })
export const byVo = z.object({ vo: segment })
export const byImage = z.object({
  vo: segment,
  id: segment.meta({ example: 'voc-compute@3' }),
})
export const byUpload = z.object({ vo: segment, name: segment })
export const byCluster = z.object({ vo: segment, cluster: segment })
export const byVcn = byCluster.extend({ vcn: segment })

export function jobPath({ id }: { readonly id: string }): string {
  return `/v1/jobs/${encodeURIComponent(id)}`
}

/** The key of what is listed with the newest first. */
export function newestFirst(one: { readonly startedAt: string; readonly id: string }): string {
  return `${one.startedAt}\n${one.id}`
}

/** `physics/hpl` is of physics; machines are of no VO. */
export function voOf(subject: string): string | undefined {
  const slash = subject.indexOf('/')
  return slash > 0 ? subject.slice(0, slash) : undefined
}
