// Why this file exists: the directory goes out as files of other programs, as a stream: 100,000 machines are no answer to
// be held in memory.
import type { ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import { exportFormats } from '../exchange-services.ts'
import type { Services } from '../services.ts'
import { type Api, failures } from './typed.ts'

const mediaType = 'text/plain; charset=utf-8'

export function addExportRoute(app: Api, { exports: out }: Services): void {
  app.get(
    '/v1/directory/export/:format',
    {
      schema: {
        tags: ['directory'],
        summary: 'The directory as a file of another program',
        produces: ['text/plain'],
        params: z.object({ format: z.enum(exportFormats) }),
        querystring: z.strictObject({
          zone: z
            .string()
            .max(253)
            .optional()
            .meta({ description: 'Of the format zone; absent: the domain of the appliance' }),
        }),
        response: { 200: z.string(), ...failures },
      },
    },
    ({ params, query }, reply) => {
      // What cannot be exported is told as any failure, before the first byte.
      const chunks = out.file(params.format, query.zone)
      reply.hijack()
      void send(reply.raw, chunks)
    },
  )
}

/** A client that goes away, or a failure half-way, ends the connection: what was sent is no whole file then. */
async function send(response: ServerResponse, chunks: Iterable<string>): Promise<void> {
  response.writeHead(200, { 'content-type': mediaType, 'cache-control': 'no-store' })
  try {
    await pipeline(Readable.from(chunks), response)
  } catch {
    response.destroy()
  }
}
