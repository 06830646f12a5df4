// Why this file exists: files of other programs come in as text, all of an import in one request, so that it is one order
// with one answer and one line in the audit log.
import { z } from 'zod'
import { troubleView } from '../cluster-schemas.ts'
import { exactly } from '../exactly.ts'
import type { ImportRequest, ImportView, LeftOutView } from '../exchange-services.ts'
import type { Services } from '../services.ts'
import { type Api, failures } from './typed.ts'

/** 64 Mi characters, of which some take several bytes in JSON. */
const bodyBytesMax = 128 * 1024 * 1024
const textCharactersMax = 64 * 1024 * 1024
const filesMax = 256
const nameLengthMax = 4096
const domainsMax = 16

const importRequest = exactly<ImportRequest>()(
  z.strictObject({
    format: z.string().max(64).optional(),
    files: z
      .array(
        z.strictObject({
          name: z.string().min(1).max(nameLengthMax),
          text: z.string().max(textCharactersMax),
        }),
      )
      .min(1)
      .max(filesMax),
    domains: z.array(z.string().max(253)).max(domainsMax).optional(),
    role: z.enum(['host', 'other']).optional(),
    dryRun: z.boolean().optional(),
  }),
)

const leftOutView = exactly<LeftOutView>()(
  z.object({ where: z.string(), what: z.string(), why: z.string() }),
)

export const importView = exactly<ImportView>()(
  z.object({
    format: z.string(),
    understood: z.array(z.string()),
    leftOut: z.array(leftOutView),
    already: z.array(z.string()),
    conflicts: z.array(leftOutView),
    networks: z.array(z.string()),
    machines: z.array(z.string()),
    done: z.array(z.string()),
    failed: z.array(z.object({ name: z.string(), trouble: troubleView })),
    ldif: z.string().exactOptional(),
  }),
)

export function addImportRoute(app: Api, { imports }: Services): void {
  app.post(
    '/v1/imports',
    {
      bodyLimit: bodyBytesMax,
      schema: {
        tags: ['directory'],
        summary:
          'Describes what files of other programs describe; dryRun tells what would be written, as LDIF',
        body: importRequest,
        response: { 200: importView, ...failures },
      },
    },
    async ({ body, caller, raw }) => {
      const gone = new AbortController()
      // The request ends long before its answer does; the connection does not.
      const end = (): void => gone.abort()
      raw.socket.once('close', end)
      try {
        return await imports.run(body, caller, { signal: gone.signal, onProgress: () => undefined })
      } finally {
        raw.socket.off('close', end)
      }
    },
  )
}
