// Why this file exists: a life comes back from the store after a restart, perhaps written by an older version; it is
// parsed like anything from outside.
import { parseUuid } from '#directory'
import { z } from 'zod'
import type { Life } from './life.ts'
import { isPhase, type Phase } from './phase.table.ts'

const phase = z.custom<Phase>((value) => typeof value === 'string' && isPhase(value))

const machine = z.string().transform((text, context) => {
  const id = parseUuid(text)
  if (id !== undefined) return id
  context.addIssue({ code: 'custom', message: 'not a UUID' })
  return z.NEVER
})

const life = z.object({
  machine,
  state: z.enum([
    'unknown',
    'off',
    'booting',
    'waiting',
    'enrolling',
    'probing',
    'ready',
    'failed',
    'disk',
    'rescue',
  ]),
  boot: z.number(),
  marks: z.array(z.object({ phase, at: z.number(), detail: z.string() })),
  countedFrom: z.number(),
  trail: z.array(z.string()),
  failure: z.object({ phase, reason: z.string(), at: z.number() }).exactOptional(),
  waitingFor: z.string().exactOptional(),
})

/** `undefined` for what no version of ours wrote: that machine starts as unknown. */
export function readLife(value: unknown): Life | undefined {
  return life.safeParse(value).data
}
