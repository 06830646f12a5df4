// Why this file exists: an order for many is checked as a whole, carried out as a batch, and answered when our own feed
// has shown it; what that means is the same for machines and for networks.
import type { OrdersView, OrderWatch } from '#api'
import { foldNodeSet, type Snapshot } from '#directory'
import { Fault } from '#fault'
import { type DirectoryOrder, dnKey, ldifOf, type OrderOutcome } from '#ldap-sync'
import type { OrderContext } from './context.ts'

/** What becomes of one name. */
export interface Item {
  readonly name: string
  readonly dn: string
  readonly orders: readonly DirectoryOrder[]
  readonly isShown: (snapshot: Snapshot) => boolean
}

export interface Failed {
  readonly name: string
  readonly fault: Fault
}

export interface Result {
  readonly done: readonly string[]
  readonly failed: readonly Failed[]
}

interface OrderParts {
  readonly snapshot: () => Snapshot
  readonly sync: { readonly writer: Pick<OrderContext['sync']['writer'], 'carryOut'> }
  readonly directory: Pick<OrderContext['directory'], 'untilShown'>
}

/** Shown together, so that the directory is looked through a few times only. */
const shownTogetherMax = 500
const problemsToldMax = 20

/** Nobody watches, and nobody may end it. */
export const unwatched: OrderWatch = {
  signal: new AbortController().signal,
  onProgress: () => undefined,
}

/** Phase after phase: a server that refuses doubles must have seen one go before it sees the other come. */
export async function carryOutItems(
  phases: readonly (readonly Item[])[],
  parts: OrderParts,
  watch: OrderWatch,
): Promise<Result> {
  const items = phases.flat()
  const failed = new Map<Item, Fault>()
  const of = items.reduce((sum, { orders }) => sum + orders.length, 0)
  let before = 0
  for (const phase of phases) {
    const orders = phase.flatMap((item) => item.orders)
    const outcomes = await parts.sync.writer.carryOut(orders, {
      signal: watch.signal,
      mayHoldOthers: true,
      onDone: (done) => watch.onProgress({ done: before + done, of }),
    })
    noteFailures(phase, outcomes, failed)
    before += orders.length
  }
  const written = items.filter((item) => !failed.has(item))
  for (const [item, fault] of await untilShown(written, parts)) failed.set(item, fault)
  return {
    done: items.filter((item) => !failed.has(item)).map(({ name }) => name),
    failed: items.flatMap((item) => {
      const fault = failed.get(item)
      return fault ? [{ name: item.name, fault }] : []
    }),
  }
}

function noteFailures(
  items: readonly Item[],
  outcomes: readonly OrderOutcome[],
  failed: Map<Item, Fault>,
): void {
  let at = 0
  for (const item of items) {
    const own = outcomes.slice(at, at + item.orders.length)
    const fault = own.map(faultOf).find(isFault)
    if (fault) failed.set(item, fault)
    at += own.length
  }
}

/** Those that do not show, with the reason. */
async function untilShown(
  items: readonly Item[],
  { directory, snapshot }: OrderParts,
): Promise<ReadonlyMap<Item, Fault>> {
  const failed = new Map<Item, Fault>()
  const entriesWritten = items.reduce((sum, { orders }) => sum + orders.length, 0)
  let late: Fault | undefined
  for (let at = 0; at < items.length; at += shownTogetherMax) {
    let missing = items.slice(at, at + shownTogetherMax)
    const look = (now: Snapshot): boolean => {
      missing = missing.filter((item) => !item.isShown(now))
      if (missing.length > 0)
        for (const [item, fault] of asideOf(missing, now)) failed.set(item, fault)
      missing = missing.filter((item) => !failed.has(item))
      return missing.length === 0
    }
    if (look(snapshot())) continue
    try {
      // One wait in vain is enough.
      if (late === undefined)
        await directory.untilShown(missing[0]?.name ?? '', look, entriesWritten)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      late = error
    }
    for (const item of missing) if (late) failed.set(item, late)
  }
  return failed
}

function* asideOf(items: readonly Item[], { setAside }: Snapshot): Generator<[Item, Fault]> {
  if (setAside.size === 0) return
  const reasons = new Map([...setAside.values()].map(({ dn, reason }) => [dnKey(dn), reason]))
  for (const item of items) {
    const why = reasons.get(dnKey(item.dn))
    if (why === undefined) continue
    yield [
      item,
      new Fault('CPC-DIR-002', {
        what: `${item.name} was written, but is set aside`,
        where: item.dn,
        why,
        todo: 'correct the entry; it is served as soon as it can be',
      }),
    ]
  }
}

function faultOf(outcome: OrderOutcome): Fault | undefined {
  if (outcome.kind === 'done') return undefined
  if (outcome.kind === 'failed') return outcome.fault
  return new Fault('CPC-DIR-083', {
    what: 'this was not tried any more',
    where: outcome.order.dn,
    why: 'whoever ordered it went away, or the directory could not be reached',
    todo: 'repeat the order for these names',
  })
}

function isFault(fault: Fault | undefined): fault is Fault {
  return fault !== undefined
}

export function ordersView<View>(
  { done, failed }: Result,
  more: { readonly views?: readonly View[] } = {},
): OrdersView<View> {
  return {
    done,
    failed: failed.map(({ name, fault: { code, text } }) => {
      const { what, where, why, todo } = text
      return { name, trouble: { code, what, where, why, do: todo } }
    }),
    ...more,
  }
}

export function dryView<View>(phases: readonly (readonly Item[])[]): OrdersView<View> {
  return { done: [], failed: [], ldif: ldifOf(phases.flat().flatMap(({ orders }) => orders)) }
}

/** For the audit log. */
export function resultLine({ done, failed }: Result): string {
  const [first] = failed
  if (!first) return 'done'
  const { code, text } = first.fault
  if (done.length === 0) return `${code} ${text.why}`
  return `${done.length} done, ${failed.length} failed, the first with ${code} ${text.why}`
}

/** The one thing that was ordered, or why not. */
export function onlyDone({ failed: [first] }: Result): void {
  if (first) throw first.fault
}

/** Everything that is wrong with an order, told at once. */
export class Problems {
  readonly #found: Failed[] = []

  /** What `read` makes of it; a fault is noted as this name's. */
  reading<T>(name: string, read: () => T): T | undefined {
    try {
      return read()
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      this.note(name, error)
      return undefined
    }
  }

  note(name: string, fault: Fault): void {
    this.#found.push({ name, fault })
  }

  demandNone(): void {
    const [first, ...others] = this.#found
    if (first && others.length === 0) throw first.fault
    if (first) throw together(this.#found, first.fault)
  }
}

function together(found: readonly Failed[], first: Fault): Fault {
  const isAlike = found.every(({ fault }) => fault.code === first.code)
  const told = found.slice(0, problemsToldMax).map(({ name, fault }) => {
    const { what, why } = fault.text
    return `${name}: ${what}, ${why}`
  })
  const more = found.length - told.length
  return new Fault(isAlike ? first.code : 'CPC-DIR-080', {
    what: `nothing was written, for ${found.length} things are wrong with the order`,
    where: foldNodeSet(new Set(found.map(({ name }) => name))),
    why: [...told, ...(more > 0 ? [`and ${more} more`] : [])].join('; '),
    todo: isAlike ? first.text.todo : 'correct all of them and send the order again',
  })
}
