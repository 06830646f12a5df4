// Why this file exists: an order for many is one request.
import type { z } from 'zod'
import type { ApiLimits } from '../limits.ts'
import { machineOrders, networkOrders, ordersView } from '../order-schemas.ts'
import { machineView, networkView } from '../schemas.ts'
import type { OrderWatch, Services } from '../services.ts'
import { type Api, failures } from './typed.ts'
import { answerWith, lines } from './watched.ts'

const tags = ['orders']
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
    routeOf('machines', machineOrders, machineView),
    (request, reply) => {
      const order = (watch: OrderWatch) => machines.order(request.body, request.caller, watch)
      return answer(request, reply, { order, unsaid })
    },
  )
  app.post(
    '/v1/network-orders',
    routeOf('networks', networkOrders, networkView),
    (request, reply) => {
      const order = (watch: OrderWatch) => networks.order(request.body, request.caller, watch)
      return answer(request, reply, { order, unsaid })
    },
  )
}

const unsaid = { done: [], failed: [] }

function routeOf<Orders, View>(nouns: string, body: z.ZodType<Orders>, view: z.ZodType<View>) {
  const schema = {
    tags,
    summary: `Adds, changes and removes many ${nouns} by one order, or shows what it would write`,
    description,
    body,
    produces: ['application/json', lines],
    response: { 200: ordersView(view), ...failures },
  }
  return { bodyLimit: bodyBytesMax, schema }
}
