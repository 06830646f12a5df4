// Why this file exists: the routes about virtual clusters: what a file would change, the change itself as a job, and what
// there is. Core looks into the file, so core refuses one of another VO.
import { maySee } from '../admission.ts'
import {
  applyRequest,
  clusterTimelineView,
  clusterView,
  jobView,
  planRequest,
  planView,
} from '../cluster-schemas.ts'
import { pageOfItems } from '../page.ts'
import { pageOf, pageQuery } from '../schemas.ts'
import type { Services } from '../services.ts'
import { type Api, byCluster, failures, jobPath } from './typed.ts'

const tags = ['clusters']
/** A cluster file has up to a million characters, and JSON may write each as several bytes. */
const bodyLimit = 4 * 1024 * 1024

export function addClusterRoutes(app: Api, { clusters }: Services): void {
  app.get(
    '/v1/clusters',
    {
      schema: {
        tags,
        summary: 'All clusters; a member sees those of his VO',
        querystring: pageQuery,
        response: { 200: pageOf(clusterView), ...failures },
      },
    },
    ({ query, caller }) => {
      const visible = clusters.list().filter(({ vo }) => maySee(caller, vo))
      return pageOfItems(visible, ({ vo, name }) => `${vo}\n${name}`, query)
    },
  )
  addFileRoutes(app, clusters)
  addOneClusterRoutes(app, clusters)
  addLookRoutes(app, clusters)
}

function addFileRoutes(app: Api, clusters: Services['clusters']): void {
  app.post(
    '/v1/plans',
    {
      bodyLimit,
      schema: {
        tags,
        summary: 'What would be done to make a cluster as the file says; changes nothing',
        body: planRequest,
        response: { 200: planView, ...failures },
      },
    },
    ({ body, caller }) => clusters.plan(body.file, caller),
  )
  app.post(
    '/v1/clusters',
    {
      bodyLimit,
      schema: {
        tags,
        summary: 'Makes a cluster as the file says; answers once all room is reserved',
        body: applyRequest,
        response: { 202: jobView, ...failures },
      },
    },
    async ({ body, caller }, reply) => {
      const job = await clusters.apply(body.file, caller, body.hash)
      return reply.code(202).header('location', jobPath(job)).send(job)
    },
  )
}

const url = '/v1/clusters/:vo/:cluster'
const one = { tags, params: byCluster }

function addOneClusterRoutes(app: Api, clusters: Services['clusters']): void {
  app.get(
    url,
    { schema: { ...one, summary: 'One cluster', response: { 200: clusterView, ...failures } } },
    ({ params: { vo, cluster } }) => clusters.show(vo, cluster),
  )
  app.delete(
    url,
    {
      schema: {
        ...one,
        summary: 'Takes a cluster down until nothing of it is left; ends an apply that is running',
        response: { 202: jobView, ...failures },
      },
    },
    async ({ params: { vo, cluster }, caller }, reply) => {
      const job = await clusters.down(vo, cluster, caller)
      return reply.code(202).header('location', jobPath(job)).send(job)
    },
  )
}

function addLookRoutes(app: Api, clusters: Services['clusters']): void {
  app.get(
    `${url}/plan-down`,
    {
      schema: {
        ...one,
        summary: 'What would be done to take a cluster down',
        response: { 200: planView, ...failures },
      },
    },
    ({ params: { vo, cluster } }) => clusters.planDown(vo, cluster),
  )
  app.get(
    `${url}/timeline`,
    {
      schema: {
        ...one,
        summary: 'How long each node took from phase to phase',
        response: { 200: clusterTimelineView, ...failures },
      },
    },
    ({ params: { vo, cluster } }) => clusters.timeline(vo, cluster),
  )
}
