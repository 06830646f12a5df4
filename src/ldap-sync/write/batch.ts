// Why this file exists: one batch of orders, from the first try to a verdict on each of them, whatever the server
// refuses and wherever the connection breaks.
import { Fault } from '#fault'
import type { LdapClient } from '../client/client.ts'
import { isAsOrdered } from './as-ordered.ts'
import type { DirectoryOrder } from './order.ts'
import { inParallel } from './parallel.ts'
import { announce, recant, refusalOf, type SendEdges, sendOrder } from './send.ts'
import type { WriteSession } from './session.ts'

export interface CarryOutEdges extends SendEdges {
  readonly session: WriteSession
  /** Somebody may have carried the orders out already: the directory is asked about each before it is sent. */
  readonly areDoubtful?: boolean
  /** After this many lost connections it is left. */
  readonly triesMax?: number
}

export interface Placed {
  readonly order: DirectoryOrder
  /** In the list that was given. */
  readonly place: number
  readonly level: number
}

export type Verdict = { readonly kind: 'done' } | { readonly kind: 'failed'; readonly fault: Fault }

const pauseMillisFirst = 250
const pauseMillisMax = 2_000
/** With its pauses about a quarter of a minute: a server that died is long up again. */
const triesMax = 10
const done = { kind: 'done' } as const

export class Batch {
  readonly #edges: CarryOutEdges
  readonly #verdicts = new Map<Placed, Verdict>()
  /** Sent at least once without an answer. */
  readonly #doubtful = new Set<Placed>()
  #left: readonly Placed[]

  constructor(orders: readonly Placed[], edges: CarryOutEdges) {
    this.#left = orders
    this.#edges = edges
    if (edges.areDoubtful === true) for (const each of orders) this.#doubtful.add(each)
  }

  /** Resolves with a verdict on each. Its second part: the connection is gone, and no more is to be tried. */
  async carryOut(): Promise<readonly [ReadonlyMap<Placed, Verdict>, Fault | undefined]> {
    let lost: Fault | undefined
    const most = this.#edges.triesMax ?? triesMax
    for (let tries = 0; this.#left.length > 0 && tries <= most; tries += 1) {
      if (tries > 0) await this.#pause(tries)
      lost = await this.#attempt()
      if (this.#doubtful.size === 0) break
    }
    for (const each of this.#left) {
      this.#verdicts.set(each, { kind: 'failed', fault: this.#unknown(each, lost) })
    }
    return [this.#verdicts, lost]
  }

  /** The fault that it ended with; none: each of those that were left was answered. */
  async #attempt(): Promise<Fault | undefined> {
    let client: LdapClient | undefined
    try {
      client = await this.#edges.session.client()
      await this.#settle(client)
      for (const level of inLevelsOf(this.#left)) await this.#carryOut(client, level)
      return undefined
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      // Also one that is only slow: what it still does would come between our next questions.
      client?.close()
      return error
    } finally {
      this.#forgetJudged()
    }
  }

  /** What became of those that were never answered. */
  async #settle(client: LdapClient): Promise<void> {
    const doubtful = this.#left.filter((each) => this.#doubtful.has(each))
    const settle = async (each: Placed): Promise<void> => {
      if (await isAsOrdered(client, each.order)) this.#judge(each, done)
    }
    await inParallel(doubtful, settle, this.#edges.session.underWayMax)
    this.#forgetJudged()
  }

  async #carryOut(client: LdapClient, level: readonly Placed[]): Promise<void> {
    const { underWayMax } = this.#edges.session
    await inParallel(level, (each) => this.#send(client, each), underWayMax)
  }

  async #send(client: LdapClient, each: Placed): Promise<void> {
    const { order } = each
    const wasDoubtful = this.#doubtful.has(each)
    announce(order, this.#edges)
    this.#doubtful.add(each)
    const result = await sendOrder(client, order)
    const fault = refusalOf(order, result)
    // It may be refused because it was carried out the first time.
    const isDone = !fault || (wasDoubtful && (await isAsOrdered(client, order)))
    if (result.code !== 0 && !wasDoubtful) recant(order, this.#edges)
    this.#judge(each, isDone ? done : { kind: 'failed', fault })
  }

  #judge(each: Placed, verdict: Verdict): void {
    this.#verdicts.set(each, verdict)
    this.#doubtful.delete(each)
  }

  #forgetJudged(): void {
    this.#left = this.#left.filter((each) => !this.#verdicts.has(each))
  }

  #unknown(each: Placed, lost: Fault | undefined): Fault {
    if (lost && !this.#doubtful.has(each)) return lost
    return new Fault(
      'CPC-DIR-081',
      {
        what: 'it is not known whether an order was carried out',
        where: each.order.dn,
        why: lost?.text.why ?? 'the connection was lost before the answer came',
        todo: 'look at the entry, and repeat the order if it is not as it should be',
      },
      { cause: lost },
    )
  }

  async #pause(tries: number): Promise<void> {
    const millis = Math.min(pauseMillisMax, pauseMillisFirst * 2 ** (tries - 1))
    await new Promise<void>((resolve) => void this.#edges.clock.after(millis, resolve))
  }
}

function inLevelsOf(orders: readonly Placed[]): readonly (readonly Placed[])[] {
  return [...Map.groupBy(orders, ({ level }) => level)]
    .toSorted(([one], [other]) => one - other)
    .map(([, level]) => level)
}
