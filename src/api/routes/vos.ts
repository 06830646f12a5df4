// Why this file exists: the routes about virtual organizations themselves.
import { maySee } from '../admission.ts'
import { voChange, voRequest, voView } from '../cluster-schemas.ts'
import { pageOfItems } from '../page.ts'
import { pageOf, pageQuery } from '../schemas.ts'
import type { Services } from '../services.ts'
import { type Api, byVo, failures, nothing } from './typed.ts'

const tags = ['vos']

export function addVoRoutes(app: Api, { vos }: Services): void {
  app.get(
    '/v1/vos',
    {
      schema: {
        tags,
        summary: 'All VOs; a member of one sees that one',
        querystring: pageQuery,
        response: { 200: pageOf(voView), ...failures },
      },
    },
    ({ query, caller }) => {
      const visible = vos.list().filter(({ name }) => maySee(caller, name))
      return pageOfItems(visible, ({ name }) => name, query)
    },
  )
  app.post(
    '/v1/vos',
    {
      schema: {
        tags,
        summary: 'Makes a VO, with its network',
        body: voRequest,
        response: { 201: voView, ...failures },
      },
    },
    async ({ body, caller }, reply) => {
      const added = await vos.add(body, caller)
      return reply
        .code(201)
        .header('location', `/v1/vos/${encodeURIComponent(added.name)}`)
        .send(added)
    },
  )
  addOneVoRoutes(app, vos)
}

function addOneVoRoutes(app: Api, vos: Services['vos']): void {
  const url = '/v1/vos/:vo'
  const one = { tags, params: byVo }
  const shown = { 200: voView, ...failures }
  app.get(url, { schema: { ...one, summary: 'One VO', response: shown } }, ({ params }) =>
    vos.show(params.vo),
  )
  app.patch(
    url,
    {
      schema: {
        ...one,
        summary: 'Changes what is given; null takes a value away',
        body: voChange,
        response: shown,
      },
    },
    ({ params, body, caller }) => vos.change(params.vo, body, caller),
  )
  app.delete(
    url,
    {
      schema: {
        ...one,
        summary: 'Removes a VO that has neither clusters nor images',
        response: { 204: nothing, ...failures },
      },
    },
    async ({ params, caller }, reply) => {
      await vos.remove(params.vo, caller)
      return reply.code(204).send(null)
    },
  )
}
