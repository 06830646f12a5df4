// Why this file exists: thousands of orders are carried out together, for a server that syncs its disk once for each
// is waited for once for all; and at the end it is known of each order what became of it.
import { Fault } from '#fault'
import { connectionLost } from '../client/fault.ts'
import { inLevels } from './levels.ts'
import type { DirectoryOrder } from './order.ts'
import { sendOrder, type SendEdges } from './send.ts'
import type { WriteSession } from './session.ts'

export type OrderOutcome =
  | { readonly order: DirectoryOrder; readonly kind: 'done' }
  | { readonly order: DirectoryOrder; readonly kind: 'failed'; readonly fault: Fault }
  | { readonly order: DirectoryOrder; readonly kind: 'not-tried' }

export interface CarryOutOptions {
  /** What is under way is ended; the rest is not tried. */
  readonly signal?: AbortSignal
  readonly onDone?: (done: number) => void
}

export interface CarryOutEdges extends SendEdges {
  readonly session: WriteSession
}

/** Less than a client takes at once, so that others get through. */
const underWayMax = 128

export async function carryOut(
  orders: readonly DirectoryOrder[],
  { signal, onDone }: CarryOutOptions,
  edges: CarryOutEdges,
): Promise<OrderOutcome[]> {
  const outcomes = orders.map((order): OrderOutcome => ({ order, kind: 'not-tried' }))
  let done = 0
  const one = async (place: number): Promise<void> => {
    const order = orders[place]
    if (order === undefined || signal?.aborted === true) return
    outcomes[place] = await attempt(order, edges)
    if (outcomes[place].kind === 'done') onDone?.((done += 1))
  }
  for (const level of inLevels(orders)) {
    const queue = level.values()
    const work = async (): Promise<void> => {
      for (const place of queue) await one(place)
    }
    await Promise.all(Array.from({ length: Math.min(underWayMax, level.length) }, work))
  }
  return outcomes
}

async function attempt(order: DirectoryOrder, edges: CarryOutEdges): Promise<OrderOutcome> {
  try {
    await sendOrder(await edges.session.client(), order, edges)
    return { order, kind: 'done' }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return {
      order,
      kind: 'failed',
      fault: error instanceof Fault ? error : connectionLost('', why),
    }
  }
}
