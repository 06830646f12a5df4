// Why this file exists: the routes about disk images that are there; image-upload.ts is how they come.
import { demand, maySee } from '../admission.ts'
import { imageQuery, imageView, verdictView } from '../cluster-schemas.ts'
import { pageOfItems } from '../page.ts'
import { pageOf } from '../schemas.ts'
import type { Services } from '../services.ts'
import { type Api, byImage, failures, nothing } from './typed.ts'

const tags = ['images']
const versionDigits = 9

export function addImageRoutes(app: Api, { images }: Services): void {
  app.get(
    '/v1/images',
    {
      schema: {
        tags,
        summary: 'All images, or those of a VO; a member sees those of his own',
        querystring: imageQuery,
        response: { 200: pageOf(imageView), ...failures },
      },
    },
    ({ query, caller }) => {
      if (query.vo !== undefined)
        demand(caller, { action: 'read-vo', vo: query.vo, where: 'GET /v1/images' })
      const visible = images.list(query.vo).filter(({ vo }) => maySee(caller, vo))
      return pageOfItems(visible, keyOf, query)
    },
  )
  app.post(
    '/v1/images/:vo/:id/verify',
    {
      schema: {
        tags,
        summary: 'Reads the bytes of an image again and compares their digest',
        params: byImage,
        response: { 200: verdictView, ...failures },
      },
    },
    ({ params, caller }) => images.verify(params.vo, params.id, caller),
  )
  addOneImageRoutes(app, images)
}

function addOneImageRoutes(app: Api, images: Services['images']): void {
  const url = '/v1/images/:vo/:id'
  const one = { tags, params: byImage }
  app.get(
    url,
    {
      schema: {
        ...one,
        summary: 'One image; without a version the newest of its name',
        response: { 200: imageView, ...failures },
      },
    },
    ({ params }) => images.show(params.vo, params.id),
  )
  app.delete(
    url,
    {
      schema: {
        ...one,
        summary: 'Removes an image that nothing uses; its number stays spent',
        response: { 204: nothing, ...failures },
      },
    },
    async ({ params, caller }, reply) => {
      await images.remove(params.vo, params.id, caller)
      return reply.code(204).send(null)
    },
  )
}

interface Known {
  readonly vo: string
  readonly name: string
  readonly version: number
}

/** By VO and name; `@10` comes after `@9`. */
function keyOf({ vo, name, version }: Known): string {
  return `${vo}\n${name}\n${String(version).padStart(versionDigits, '0')}`
}
