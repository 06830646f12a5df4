// Why this file exists: the process that looks at a stranger's bytes may be led astray by them, and a file on a disk by
// anybody; so its answer and our own records are read as strictly as if they came from outside.
import { z } from 'zod'
import { type Inspection, virtualBytesLimit } from './inspect.ts'
import { refusalKinds } from './refusal.ts'

const virtualBytes = z.int().positive().max(virtualBytesLimit)

export const factsForm = z.discriminatedUnion('format', [
  z.strictObject({ format: z.literal('raw'), virtualBytes }),
  z.strictObject({
    format: z.literal('qcow2'),
    virtualBytes,
    version: z.literal([2, 3]),
    clusterBits: z.int().min(9).max(21),
    compression: z.enum(['zlib', 'zstd']),
    extendedL2: z.boolean(),
    l1Offset: z.int().nonnegative(),
    l1Entries: z.int().nonnegative(),
  }),
])

const inspectionForm = z.discriminatedUnion('ok', [
  z.strictObject({ ok: z.literal(true), facts: factsForm }),
  z.strictObject({
    ok: z.literal(false),
    refusal: z.strictObject({
      kind: z.enum(refusalKinds),
      fact: z
        .string()
        .max(200)
        .regex(/^[\x20-\x7e]*$/),
    }),
  }),
])

export function readInspection(value: unknown): Inspection | undefined {
  return inspectionForm.safeParse(value).data
}
