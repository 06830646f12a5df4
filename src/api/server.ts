// Why this file exists: the HTTP API as one Fastify instance per door: what is common to all routes, their limits, their
// admission and their errors stand here, so that a route says only what it is about.
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import swagger from '@fastify/swagger'
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import {
  jsonSchemaTransform,
  serializerCompiler,
  validatorCompiler,
  type ZodTypeProvider,
} from 'fastify-type-provider-zod'
import { Fault } from '#fault'
import {
  admit,
  type DoorKind,
  foreignHost,
  isOwnHost,
  openRoutes,
  socketOwner,
} from './admission.ts'
import { clientErrors } from './client-errors.ts'
import { type ApiLimits, apiLimits } from './limits.ts'
import { tell } from './problem.ts'
import { addRoutes } from './routes/all.ts'
import type { Caller, Services } from './services.ts'
import { Uploads } from './uploads.ts'
import { asksForConsole, Upgrades } from './upgrades.ts'

export interface ApiParts {
  readonly services: Services
  readonly version: string
  readonly log: (line: string) => void
  readonly door: DoorKind
  readonly limits?: ApiLimits
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller
  }
}

const bodyBytesMax = 256 * 1024
const headerBytesMax = 16 * 1024
const idleMsMax = 60_000
const connectionsMax = 512
const parameterLengthMax = 300

/** Ready to listen or to be asked by `inject`. */
export async function buildApi(parts: ApiParts): Promise<FastifyInstance> {
  const { services, limits = apiLimits } = parts
  const answerError = errorAnswers(parts.log)
  const uploads = new Uploads()
  const upgrades = new Upgrades()
  const app = fastify({
    bodyLimit: bodyBytesMax,
    requestTimeout: limits.requestMsMax,
    keepAliveTimeout: idleMsMax,
    http: {
      maxHeaderSize: headerBytesMax,
      headersTimeout: limits.headersMsMax,
      connectionsCheckingInterval: limits.deadlineCheckMs,
      shouldUpgradeCallback: asksForConsole,
    },
    clientErrorHandler: clientErrors(uploads),
    routerOptions: { maxParamLength: parameterLengthMax },
    // An address that cannot be decoded reaches no route and no hook.
    frameworkErrors: (error, request, reply) => void answerError(error, request, reply),
    // A follower of events would keep us from ending.
    forceCloseConnections: true,
  })
  app.server.maxConnections = connectionsMax
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  // A form, which any web page can send, is text/plain or urlencoded: we take JSON only.
  app.removeContentTypeParser('text/plain')
  app.setErrorHandler(answerError)
  app.setNotFoundHandler((request, reply) => answerError(nothingHere(request), request, reply))
  guard(app, parts)
  await app.register(swagger, {
    openapi: openApiHead(parts.version),
    transform: jsonSchemaTransform,
  })
  app.server.on('upgrade', (request, socket, head) =>
    upgrades.receive(request, { socket, head }, (asked, response) => app.routing(asked, response)),
  )
  app.addHook('preClose', (done) => {
    upgrades.close()
    done()
  })
  addRoutes(app.withTypeProvider<ZodTypeProvider>(), { services, uploads, upgrades, limits })
  await app.ready()
  return app
}

function guard(app: FastifyInstance, { services, door }: ApiParts): void {
  app.decorateRequest('caller')
  app.addHook('onRequest', (request, _reply, done) => {
    const { method, routeOptions, headers } = request
    const ownNames = [hostname().toLowerCase(), services.status().domain]
    if (door === 'network' && !isOwnHost(headers.host, ownNames)) throw foreignHost(headers.host)
    const route = routeOptions.url ?? ''
    const { authorization } = headers
    const asked = { method, route, vo: voOf(request.params), authorization }
    request.caller = openRoutes.has(route)
      ? socketOwner
      : admit(door, asked, (secret) => services.tokens.caller(secret))
    done()
  })
}

function voOf(params: unknown): string | undefined {
  const named = typeof params === 'object' && params !== null && 'vo' in params
  return named && typeof params.vo === 'string' ? params.vo : undefined
}

type AnswerError = (error: unknown, request: FastifyRequest, reply: FastifyReply) => FastifyReply

function errorAnswers(log: (line: string) => void): AnswerError {
  return (error, request, reply) => {
    const told = tell(error, placeOf(request), () => randomUUID().slice(0, 8))
    if (told.details !== undefined) log(`error: ${told.details}`)
    if (told.problem.status === 401) void reply.header('www-authenticate', 'Bearer')
    return reply
      .code(told.problem.status)
      .type('application/problem+json')
      .serializer((body: unknown) => JSON.stringify(body))
      .send(told.problem)
  }
}

function nothingHere(request: FastifyRequest): Fault {
  return new Fault('CPC-API-003', {
    what: 'there is nothing at this address',
    where: placeOf(request),
    why: 'the API has no such path, or not with this method',
    todo: 'look it up in /openapi.json',
  })
}

function placeOf({ method, url }: FastifyRequest): string {
  return `${method} ${url.split('?')[0] ?? ''}`
}

function openApiHead(version: string) {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Coppice',
      version,
      description:
        'Bare machines become KVM hosts, and virtual clusters run on them. Errors are application/problem+json with a code that "coppice explain-error" expands.',
    },
    components: { securitySchemes: { token: { type: 'http' as const, scheme: 'bearer' } } },
    security: [{ token: [] }],
  }
}
