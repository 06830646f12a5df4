// Why this file exists: an order for 128 machines is one request, checked as a whole; some may still fail, and the user
// must know which, why, and that the rest is done.
import type { OrderManner, OrderProgress, OrdersView } from '#api'
import { foldNodeSet } from '#directory'
import { toldFault } from '../client/told-fault.ts'
import { type Listing, printList } from '../output/print.ts'
import { progressOn } from '../output/progress.ts'
import { type Call, type Outcome, tell } from './call.ts'
import { inOrderOf, verdict } from './many.ts'

export interface ManyWork<View> {
  /** "adding", while it goes on. */
  readonly doing: string
  /** "added". */
  readonly done: string
  /** How what each is now is shown; absent: there is nothing to show. */
  readonly listing?: Listing<View>
  readonly order: (
    manner: OrderManner,
    onProgress: (progress: OrderProgress) => void,
  ) => Promise<OrdersView<View>>
}

/** With --dry-run it prints LDIF, as `ldapmodify` takes it. */
export async function orderMany<View>(
  call: Call<{ readonly dryRun?: boolean }>,
  work: ManyWork<View>,
): Promise<Outcome> {
  const { io, flags } = call
  const { listing } = work
  const wantsViews = listing !== undefined && flags.output !== 'table'
  const progress = progressOn(io, flags.quiet === true, io.clock.now)
  const order = async (): Promise<OrdersView<View>> => {
    try {
      const manner = flags.dryRun === true ? { dryRun: true } : { views: wantsViews }
      return await work.order(manner, ({ done, of }) => {
        progress.show({ what: work.doing, done, total: of, detail: `${done} of ${of}` })
      })
    } finally {
      progress.end()
    }
  }
  const { done, failed, views = [], ldif } = await order()
  if (ldif !== undefined) {
    io.out(ldif.trimEnd())
    return undefined
  }
  if (done.length > 0) tell(call, `${work.done} ${foldNodeSet(done)}`)
  if (wantsViews) {
    const inOrder = inOrderOf(done, views, listing.nameOf)
    await printList(io, flags, inOrder, listing)
  }
  return verdict(
    call,
    done.length + failed.length,
    failed.map(({ name, trouble }) => ({ name, fault: toldFault(trouble) })),
  )
}
