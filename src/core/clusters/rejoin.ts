// Why this file exists: our ends of the VOs' networks are gone when the appliance was restarted while clusters run; they
// are made again before anybody asks for a lease.
import type { Label } from '#directory'
import { missingApplianceEnds } from '#vocluster'
import { carryOut } from './carry-out.ts'
import type { Workshop } from './workshop.ts'

/** Never rejects: clusters go on without us for a while. */
export async function rejoin(vo: Label, signal: AbortSignal, shop: Workshop): Promise<void> {
  const { parts, limits, ledger } = shop
  const { hands, snapshot, applianceTunnel, digest, tell } = parts
  try {
    const { observed, hosts } = await hands.observe()
    const book = new Map([...ledger.book].filter(([, reservation]) => reservation.vo === vo))
    const known = { observed, hosts, book, directory: snapshot(), applianceTunnel, digest }
    const failure = await carryOut(missingApplianceEnds(known), {
      parts,
      limits,
      signal,
      hostOf: () => undefined,
      perform: async ({ action }, end) => {
        if (action.kind === 'join-network')
          await hands.perform(action, { signal: end, mark: () => {} })
      },
      onRetry: (step, why) => tell('vo', vo, `${step.id} was tried again: ${why}`),
      onBegin: () => {},
      onDone: (step) => tell('vo', vo, `${step.id}: done`),
      onEnd: () => {},
    })
    if (failure !== undefined && !signal.aborted)
      tell('alarm', vo, `${failure.step.id}: ${failure.why}`)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    tell('alarm', vo, `the networks of the VO could not be looked at: ${why}`)
  }
}
