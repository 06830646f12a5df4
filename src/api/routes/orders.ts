// Why this file exists: an order for many is one request. Who accepts JSON lines hears how far it is, and who goes away
// ends it.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { randomUUID } from 'node:crypto'
import type { ApiLimits } from '../limits.ts'
import { machineOrders, networkOrders, ordersView } from '../order-schemas.ts'
import { tell } from '../problem.ts'
import { machineView, networkView } from '../schemas.ts'
import type { OrdersView, OrderWatch, Services } from '../services.ts'
import { type Api, failures } from './typed.ts'

const tags = ['orders']
const lines = 'application/x-ndjson'
/** A hundred thousand machines with all that can be said of each. */
const bodyBytesMax = 64 * 1024 * 1024

const description =
  'All of it is checked before any of it is written: nothing is done when a name, a MAC or an address is wrong or taken. What fails after that is in `failed`, and the rest is done. With `Accept: application/x-ndjson`, an order that takes long is answered by lines: `{"kind":"progress","progress":{"done":500,"of":10000}}`, and last `{"kind":"result","result":…}` or `{"kind":"problem","problem":…}`. Closing the connection ends it: what is under way is done, the rest is not tried.'

interface OrderParts {
  readonly services: Services
  readonly limits: ApiLimits
}

export function addOrderRoutes(app: Api, { services, limits }: OrderParts): void {
  const { machines, networks } = services
  const answer = answerWith(limits)
  app.post(
    '/v1/machine-orders',
    {
      bodyLimit: bodyBytesMax,
      schema: {
        tags,
        summary:
          'Adds, changes and removes many machines by one order, or shows what it would write',
        description,
        body: machineOrders,
        produces: ['application/json', lines],
        response: { 200: ordersView(machineView), ...failures },
      },
    },
    (request, reply) =>
      answer(request, reply, (watch) => machines.order(request.body, request.caller, watch)),
  )
  app.post(
    '/v1/network-orders',
    {
      bodyLimit: bodyBytesMax,
      schema: {
        tags,
        summary:
          'Adds, changes and removes many networks by one order, or shows what it would write',
        description,
        body: networkOrders,
        produces: ['application/json', lines],
        response: { 200: ordersView(networkView), ...failures },
      },
    },
    (request, reply) =>
      answer(request, reply, (watch) => networks.order(request.body, request.caller, watch)),
  )
}

type Asked = Pick<FastifyRequest, 'headers' | 'method' | 'url'>

type Answer = <View>(
  asked: Asked,
  reply: FastifyReply,
  order: (watch: OrderWatch) => Promise<OrdersView<View>>,
) => Promise<OrdersView<View>>

function answerWith({ orderProgressMs }: ApiLimits): Answer {
  return async ({ headers, method, url }, reply, order) => {
    const gone = new AbortController()
    reply.raw.once('close', () => gone.abort())
    const wantsLines = headers.accept?.includes(lines) === true
    let toldAt = Date.now()
    let begun = false
    const write = (line: object): void => {
      if (!begun) {
        begun = true
        reply.hijack()
        reply.raw.writeHead(200, { 'content-type': lines, 'cache-control': 'no-store' })
      }
      reply.raw.write(`${JSON.stringify(line)}\n`)
    }
    const onProgress: OrderWatch['onProgress'] = (progress) => {
      if (!wantsLines || Date.now() - toldAt < orderProgressMs) return
      toldAt = Date.now()
      write({ kind: 'progress', progress })
    }
    try {
      const result = await order({ signal: gone.signal, onProgress })
      if (begun) write({ kind: 'result', result })
      return result
    } catch (error) {
      if (!begun) throw error
      const { problem } = tell(error, `${method} ${url}`, () => randomUUID().slice(0, 8))
      write({ kind: 'problem', problem })
      return { done: [], failed: [] }
    } finally {
      if (begun) reply.raw.end()
    }
  }
}
