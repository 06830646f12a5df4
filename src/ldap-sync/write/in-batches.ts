// Why this file exists: thousands of orders are carried out in large batches, many of them under way at once; and at the
// end it is known of each order what became of it.
import type { Fault } from '#fault'
import { Batch, type CarryOutEdges, type Placed } from './batch.ts'
import { inLevels } from './levels.ts'
import type { DirectoryOrder } from './order.ts'

export type OrderOutcome =
  | { readonly order: DirectoryOrder; readonly kind: 'done' }
  | { readonly order: DirectoryOrder; readonly kind: 'failed'; readonly fault: Fault }
  | { readonly order: DirectoryOrder; readonly kind: 'not-tried' }

export interface CarryOutOptions {
  /** The batch that is under way is ended; the rest is not tried. */
  readonly signal?: AbortSignal
  /** After each batch: how many are done by now. */
  readonly onDone?: (done: number) => void
  /** Writes of others may be refused meanwhile, if they are many: for what a person asked for, and waits for. */
  readonly mayHoldOthers?: boolean
}

/** Long enough that one sync of a disk among so many does not count, short enough that other writers get through. */
const batchOrdersMax = 500

export async function inBatches(
  orders: readonly DirectoryOrder[],
  { signal, onDone }: CarryOutOptions,
  edges: CarryOutEdges,
): Promise<OrderOutcome[]> {
  const outcomes = orders.map((order): OrderOutcome => ({ order, kind: 'not-tried' }))
  let done = 0
  for (const batch of batchesOf(orders)) {
    if (signal?.aborted === true) break
    const [verdicts, lost] = await edges.session.inTurn(() => new Batch(batch, edges).carryOut())
    for (const [{ order, place }, verdict] of verdicts) {
      outcomes[place] = { order, ...verdict }
      if (verdict.kind === 'done') done += 1
    }
    onDone?.(done)
    if (lost) break
  }
  return outcomes
}

/** Level after level: what an order needs stands in an earlier batch, or before it in its own. */
function* batchesOf(orders: readonly DirectoryOrder[]): Generator<readonly Placed[]> {
  let batch: Placed[] = []
  for (const [level, places] of inLevels(orders).entries()) {
    for (const place of places) {
      const order = orders[place]
      if (order) batch.push({ order, place, level })
      if (batch.length < batchOrdersMax) continue
      yield batch
      batch = []
    }
  }
  if (batch.length > 0) yield batch
}
