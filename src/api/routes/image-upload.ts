// Why this file exists: an image comes as the raw body of one request and goes on to the store as it comes: no memory holds
// it, and no limit of time but the store's own patience with a silent sender.
import type { FastifyInstance } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { pushedView, pushQuery } from '../cluster-schemas.ts'
import type { ApiLimits } from '../limits.ts'
import type { Services } from '../services.ts'
import { answerToSender, bodyOf, type Uploads } from '../uploads.ts'
import { type Api, byUpload, failures } from './typed.ts'

const mediaType = 'application/octet-stream'

export interface UploadParts {
  readonly images: Services['images']
  readonly uploads: Uploads
  readonly limits: ApiLimits
}

/** In a scope of its own: what it does with bodies and answers is for this route alone. */
export function addImageUpload(app: Api, parts: UploadParts): void {
  app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser(mediaType, (_request, _body, parsed) => parsed(null))
    answerEarly(scope, parts)
    addRoute(scope.withTypeProvider<ZodTypeProvider>(), parts)
    done()
  })
}

/** A refusal must reach a client that still sends; this is for those of admission too. */
function answerEarly(scope: FastifyInstance, { uploads, limits }: UploadParts): void {
  scope.addHook('onSend', (request, reply, payload, done) => {
    void reply.header('connection', 'close')
    const { raw } = request
    if (typeof payload !== 'string' || raw.complete || raw.destroyed) {
      done()
      return
    }
    uploads.markAnswered(raw)
    void reply.header('content-length', Buffer.byteLength(payload))
    done(null, answerToSender(payload, raw, limits))
  })
}

function addRoute(app: Api, { images, uploads }: UploadParts): void {
  app.post(
    '/v1/images/:vo/:name',
    {
      schema: {
        tags: ['images'],
        summary: 'Stores the body as an image: 201 when it is new, 200 when it was there already',
        consumes: [mediaType],
        // For the document only: the handler takes the bytes from the connection.
        body: z.unknown().meta({ type: 'string', format: 'binary' }),
        params: byUpload,
        querystring: pushQuery,
        response: { 200: pushedView, 201: pushedView, ...failures },
      },
    },
    async ({ raw, headers, params, query, caller }, reply) => {
      uploads.excuse(raw)
      const body = bodyOf(raw)
      const bytes = query.bytes ?? announced(headers['content-length'])
      const push = { ...params, ...query, bytes }
      const pushed = await images.push(body, push, caller).finally(() => body.destroy())
      const { vo, id, isNew } = pushed
      return reply
        .code(isNew ? 201 : 200)
        .header('location', `/v1/images/${encodeURIComponent(vo)}/${encodeURIComponent(id)}`)
        .send(pushed)
    },
  )
}

/** A length that HTTP knows is as good as one in the address: what does not fit is refused before it is sent. */
function announced(contentLength: string | undefined): number | undefined {
  return contentLength === undefined ? undefined : Number(contentLength)
}
