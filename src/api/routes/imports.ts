// Why this file exists: files of other programs come in as text, all of an import in one request, so that it is one order
// with one answer and one line in the audit log.
import { z } from 'zod'
import { troubleView } from '../cluster-schemas.ts'
import { exactly } from '../exactly.ts'
import type { ImportRequest, ImportView, LeftOutView } from '../exchange-services.ts'
import type { ApiLimits } from '../limits.ts'
import type { OrderWatch, Services } from '../services.ts'
import { type Api, failures } from './typed.ts'
import { answerWith, lines } from './watched.ts'

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

interface ImportParts {
  readonly imports: Services['imports']
  readonly limits: ApiLimits
}

export function addImportRoute(app: Api, { imports, limits }: ImportParts): void {
  const answer = answerWith(limits)
  app.post(
    '/v1/imports',
    {
      bodyLimit: bodyBytesMax,
      schema: {
        tags: ['directory'],
        summary:
          'Describes what files of other programs describe; dryRun tells what would be written, as LDIF',
        description:
          'With `Accept: application/x-ndjson`, an import that takes long is answered by lines, as orders for many are.',
        body: importRequest,
        produces: ['application/json', lines],
        response: { 200: importView, ...failures },
      },
    },
    (request, reply) => {
      const order = (watch: OrderWatch): Promise<ImportView> =>
        imports.run(request.body, request.caller, watch)
      return answer(request, reply, { order, unsaid })
    },
  )
}

const unsaid: ImportView = {
  format: '',
  understood: [],
  leftOut: [],
  already: [],
  conflicts: [],
  networks: [],
  machines: [],
  done: [],
  failed: [],
}
