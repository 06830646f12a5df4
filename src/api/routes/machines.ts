// Why this file exists: the routes about machines: what they are, what they do, and what they did last.
import { pageOfItems } from '../page.ts'
import {
  bootRequest,
  confirmOffRequest,
  machineChange,
  machineQuery,
  machineRequest,
  machineView,
  pageOf,
  powerAnswer,
  powerRequest,
  timelineView,
} from '../schemas.ts'
import type { Services } from '../services.ts'
import { type Api, byName, failures, nothing } from './typed.ts'

const tags = ['machines']

export function addMachineRoutes(app: Api, { machines }: Services): void {
  addDescriptionRoutes(app, machines)
  app.get(
    '/v1/machines/:name/timeline',
    {
      schema: {
        tags,
        summary: 'The latest boot of a machine, phase by phase',
        params: byName,
        response: { 200: timelineView, ...failures },
      },
    },
    ({ params }) => machines.timeline(params.name),
  )
  addPowerRoutes(app, machines)
  app.post(
    '/v1/machines/:name/boot',
    {
      schema: {
        tags,
        summary: 'Says what the machine boots next, once',
        params: byName,
        body: bootRequest,
        response: { 204: nothing, ...failures },
      },
    },
    async ({ params, body, caller }, reply) => {
      await machines.nextBoot(params.name, body.next, caller)
      return reply.code(204).send(null)
    },
  )
}

function addPowerRoutes(app: Api, machines: Services['machines']): void {
  app.post(
    '/v1/machines/:name/power',
    {
      schema: {
        tags,
        summary: 'Switches a machine, or asks whether it is on',
        params: byName,
        body: powerRequest,
        response: { 200: powerAnswer, ...failures },
      },
    },
    ({ params, body, caller }) => machines.power(params.name, body.action, caller),
  )
  app.post(
    '/v1/machines/:name/confirm-off',
    {
      schema: {
        tags,
        summary:
          'Says that a person has looked and the machine is off, so its nodes may go elsewhere',
        params: byName,
        body: confirmOffRequest,
        response: { 204: nothing, ...failures },
      },
    },
    async ({ params, caller }, reply) => {
      await machines.confirmOff(params.name, caller)
      return reply.code(204).send(null)
    },
  )
}

function addDescriptionRoutes(app: Api, machines: Services['machines']): void {
  app.get(
    '/v1/machines',
    {
      schema: {
        tags,
        summary: 'All machines, or those with a tag',
        querystring: machineQuery,
        response: { 200: pageOf(machineView), ...failures },
      },
    },
    ({ query }) => pageOfItems(machines.list(query.tag), ({ name }) => name, query),
  )
  app.post(
    '/v1/machines',
    {
      schema: {
        tags,
        summary: 'Describes a new machine in the directory',
        body: machineRequest,
        response: { 201: machineView, ...failures },
      },
    },
    async ({ body, caller }, reply) => {
      const added = await machines.add(body, caller)
      return reply
        .code(201)
        .header('location', `/v1/machines/${encodeURIComponent(added.name)}`)
        .send(added)
    },
  )
  addOneMachineRoutes(app, machines)
}

function addOneMachineRoutes(app: Api, machines: Services['machines']): void {
  const url = '/v1/machines/:name'
  const one = { tags, params: byName }
  const shown = { 200: machineView, ...failures }
  app.get(url, { schema: { ...one, summary: 'One machine', response: shown } }, ({ params }) =>
    machines.show(params.name),
  )
  app.patch(
    url,
    {
      schema: {
        ...one,
        summary: 'Changes what is given; null takes a value away',
        body: machineChange,
        response: shown,
      },
    },
    ({ params, body, caller }) => machines.change(params.name, body, caller),
  )
  app.delete(
    url,
    {
      schema: {
        ...one,
        summary: 'Removes a machine from the directory',
        response: { 204: nothing, ...failures },
      },
    },
    async ({ params, caller }, reply) => {
      await machines.remove(params.name, caller)
      return reply.code(204).send(null)
    },
  )
}
