// Why this file exists: a server syncs its disk for each write. Our own slapd lends a copy for a large order instead,
// which is synced once; a server that lends none, or cannot now, gets the orders one by one.
import { LdapRefusal } from '../client/fault.ts'
import { parseLdapUrl } from '../client/url.ts'
import type { CarryOutEdges } from './batch.ts'
import type { BulkPlace, LentCopy } from './bulk-place.ts'
import { type CarryOutOptions, inBatches, type OrderOutcome } from './in-batches.ts'
import type { DirectoryOrder } from './order.ts'

export interface WriterEdges extends CarryOutEdges {
  readonly bulk?: BulkPlace
}

type InCopy =
  | { readonly kind: 'settled'; readonly outcomes: OrderOutcome[] }
  /** The directory is as it was. */
  | { readonly kind: 'nothing-done' }
  | { readonly kind: 'unknown' }

/** About as long one by one as in a copy, whose slapd must be started and put in the place of the other. */
const bulkOrdersMin = 500
/** RFC 4511 4.1.9: operationsError, busy, unavailable, other. They tell of the server, not of the order. */
const serversTrouble: ReadonlySet<number> = new Set([1, 51, 52, 80])

export async function carryOut(
  orders: readonly DirectoryOrder[],
  options: CarryOutOptions,
  edges: WriterEdges,
): Promise<OrderOutcome[]> {
  const { bulk, ...rest } = edges
  const isLarge = options.mayHoldOthers === true && orders.length >= bulkOrdersMin
  if (bulk === undefined || !isLarge) return inBatches(orders, options, rest)
  const { session } = rest
  const result = await session.inTurn(() =>
    session.alone(async () => {
      await using copy = await bulk.open(orders.length)
      if (copy === undefined) return nothingDone
      return await inCopy(orders, options, rest, copy)
    }),
  )
  if (result.kind === 'settled') return result.outcomes
  return inBatches(orders, options, { ...rest, areDoubtful: result.kind === 'unknown' })
}

const nothingDone = { kind: 'nothing-done' } as const satisfies InCopy

async function inCopy(
  orders: readonly DirectoryOrder[],
  options: CarryOutOptions,
  edges: CarryOutEdges,
  copy: LentCopy,
): Promise<InCopy> {
  const session = edges.session.atCopy(parseLdapUrl(copy.url))
  try {
    const outcomes = await inBatches(orders, options, { ...edges, session, triesMax: 0 })
    if (!outcomes.every((outcome) => isSettled(outcome, options))) return nothingDone
    const isChanged = outcomes.some(({ kind }) => kind === 'done')
    if (!isChanged || (await copy.publish())) return { kind: 'settled', outcomes }
    return { kind: 'unknown' }
  } finally {
    session.close()
  }
}

/** The served slapd would say the same. */
function isSettled(outcome: OrderOutcome, { signal }: CarryOutOptions): boolean {
  switch (outcome.kind) {
    case 'done':
      return true
    case 'not-tried':
      return signal?.aborted === true
    case 'failed': {
      const { fault } = outcome
      return fault instanceof LdapRefusal && !serversTrouble.has(fault.resultCode)
    }
  }
}
