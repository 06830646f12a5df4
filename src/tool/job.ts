// Why this file exists: what one process asks of the other and gets back is read on either side as if a stranger had sent it.
import { type ImageDigest, parseImageDigest } from '#vocluster'
import { z } from 'zod'
import type { ToolJob } from './run.ts'

const jobForm = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('inspect'),
    path: z.string().startsWith('/'),
    format: z.enum(['qcow2', 'raw']),
  }),
  z.strictObject({ kind: z.literal('hash'), path: z.string().startsWith('/') }),
])

export function readJob(line: string): ToolJob | undefined {
  return jobForm.safeParse(parseLine(line)).data
}

export interface HashAnswer {
  readonly digest: ImageDigest
  readonly bytes: number
}

const hashForm = z.strictObject({ digest: z.string(), bytes: z.int().nonnegative() })

export function readHashAnswer(value: unknown): HashAnswer | undefined {
  const answer = hashForm.safeParse(value).data
  const digest = answer === undefined ? undefined : parseImageDigest(answer.digest)
  return answer === undefined || digest === undefined ? undefined : { ...answer, digest }
}

/** `undefined` for what is no JSON. */
export function parseLine(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}
