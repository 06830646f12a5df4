// Why this file exists: the shapes of an order for many: what it may hold, how much of it, and what comes back.
import { z } from 'zod'
import { troubleView } from './cluster-schemas.ts'
import { exactly } from './exactly.ts'
import {
  machineChangeShape,
  machineRequest,
  networkChangeShape,
  networkRequest,
  problem,
  text,
} from './schemas.ts'
import type {
  MachineOrders,
  NetworkOrders,
  OrderManner,
  OrderProgress,
  OrdersView,
} from './services.ts'

/** As many machines as one site has. */
export const ordersMax = 100_000

const tooMany = `an order is for ${ordersMax} at most, all together`
const nothing = 'an order names at least one'

const manner = {
  dryRun: z
    .boolean()
    .optional()
    .meta({ description: 'Write nothing; answer with the LDIF of what would be written' }),
  views: z.boolean().optional().meta({ description: 'Answer with what each is now' }),
}

export const machineOrders = exactly<MachineOrders & OrderManner>()(
  ordersOf(machineRequest, machineChangeShape.extend({ name: text })),
)

export const networkOrders = exactly<NetworkOrders & OrderManner>()(
  ordersOf(networkRequest, networkChangeShape.extend({ name: text })),
)

function ordersOf<Add extends z.ZodType, Change extends z.ZodType>(add: Add, change: Change) {
  return z
    .strictObject({
      add: z.array(add).max(ordersMax, tooMany).optional(),
      change: z.array(change).max(ordersMax, tooMany).optional(),
      remove: z.array(text).max(ordersMax, tooMany).optional(),
      ...manner,
    })
    .refine(isSomething, nothing)
    .refine(isBounded, tooMany)
}

interface Lists {
  readonly add?: readonly unknown[] | undefined
  readonly change?: readonly unknown[] | undefined
  readonly remove?: readonly unknown[] | undefined
}

function countOf({ add = [], change = [], remove = [] }: Lists): number {
  return add.length + change.length + remove.length
}

function isSomething(lists: Lists): boolean {
  return countOf(lists) > 0
}

function isBounded(lists: Lists): boolean {
  return countOf(lists) <= ordersMax
}

export function ordersView<View>(view: z.ZodType<View>): z.ZodType<OrdersView<View>> {
  return z.object({
    done: z.array(z.string()),
    failed: z.array(z.object({ name: z.string(), trouble: troubleView })),
    views: z.array(view).exactOptional(),
    ldif: z.string().exactOptional(),
  })
}

const orderProgress = exactly<OrderProgress>()(z.object({ done: z.int(), of: z.int() }))

/** A line of an answer that is given while the order is carried out; the last one is no progress. */
export type OrderLine<Result> =
  | { readonly kind: 'progress'; readonly progress: OrderProgress }
  | { readonly kind: 'result'; readonly result: Result }
  | { readonly kind: 'problem'; readonly problem: z.output<typeof problem> }

export function orderLine<Result>(result: z.ZodType<Result>): z.ZodType<OrderLine<Result>> {
  return z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('progress'), progress: orderProgress }),
    z.object({ kind: z.literal('result'), result }),
    z.object({ kind: z.literal('problem'), problem }),
  ])
}
