// Why this file exists: a job goes round: look, plan, do, look again, until there is nothing left to do. So it ends whole
// whatever happened on the way, also when an earlier core began it.
import { Fault } from '#fault'
import type { Plan, Planned, PlanRefusal } from '#vocluster'
import { beginLives, bookRoom, changesIn, movesIn } from './adopt.ts'
import type { StepFailure } from './attempt.ts'
import { carryRound } from './carry-round.ts'
import {
  bugFault,
  refusalFault,
  restlessFault,
  stepFault,
  troubleOf,
  undoneFault,
} from './faults.ts'
import type { Observation } from './hands.ts'
import type { Job } from './job.ts'
import { observeSurely } from './observe.ts'
import { note, save } from './progress.ts'
import { regainHost } from './regain-host.ts'
import type { Workshop } from './workshop.ts'

/** stopped: ended from outside. */
export type Ending =
  | { readonly kind: 'done' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly fault: Fault }

/** Never rejects. */
export async function runJob(job: Job, shop: Workshop): Promise<Ending> {
  try {
    return await goRound(job, shop)
  } catch (error) {
    if (job.signal.aborted) return { kind: 'stopped' }
    if (error instanceof Fault) return { kind: 'failed', fault: error }
    shop.parts.onBug(error)
    return { kind: 'failed', fault: bugFault(error, job.of) }
  }
}

/** All of it goes: asked for, or because there is no room for the whole. */
export function goesDown(job: Job, { ledger }: Workshop): boolean {
  return job.record.kind === 'down' || ledger.cluster(job.of)?.wanted === 'down'
}

async function goRound(job: Job, shop: Workshop): Promise<Ending> {
  const { limits } = shop
  let failure: StepFailure | undefined
  let last = ''
  for (let round = 0; round < limits.roundsMax; round += 1) {
    const observation = job.firstPlan === undefined ? await observeSurely(job, shop) : undefined
    if (job.signal.aborted) return { kind: 'stopped' }
    // Nothing is awaited from here until the room is booked.
    const planned = planNow(job, shop, observation)
    if (!planned.ok) {
      const ending = await overcome(planned.refusal, job, shop)
      if (ending !== undefined) return ending
      failure = undefined
      continue
    }
    const plan = planned.value
    if (plan.steps.length === 0) return { kind: 'done' }
    // All hosts are there, so it is the step's own failure.
    if (failure !== undefined) return failed(failure, job, shop)
    last = plan.steps[0]?.id ?? ''
    if (observation !== undefined) adopt(plan, job, shop)
    job.firstPlan = undefined
    job.isContinuing = true
    failure = await carryRound(plan, job, shop)
    if (job.signal.aborted) return { kind: 'stopped' }
    if (failure?.kind === 'silent') {
      note(job, shop, `${failure.step.id}: ${failure.why}`)
      failure = undefined
    }
  }
  return { kind: 'failed', fault: restlessFault(limits.roundsMax, last, job.of) }
}

function adopt(plan: Plan, job: Job, shop: Workshop): void {
  shop.ledger.together(() => bookRoom(plan, shop))
  beginLives(plan, job, shop)
  if (job.record.steps.total === 0 && job.record.changes === 0)
    save(job, shop, { changes: changesIn(plan) })
  for (const move of movesIn(plan)) note(job, shop, move)
}

function planNow(job: Job, shop: Workshop, observation: Observation | undefined): Planned {
  if (observation === undefined) {
    if (job.firstPlan === undefined) throw new Error('a plan needs an observation')
    return { ok: true, value: job.firstPlan.plan }
  }
  const { ledger, planning } = shop
  if (goesDown(job, shop)) return planning.down(job.of, observation)
  return planning.up(ledger.demandSpec(job.of), observation)
}

/** `undefined`: look and plan again. */
async function overcome(
  refusal: PlanRefusal,
  job: Job,
  shop: Workshop,
): Promise<Ending | undefined> {
  const { ledger } = shop
  if (refusal.kind === 'host-away') {
    const fault = await regainHost(refusal.host, job, shop)
    if (job.signal.aborted) return { kind: 'stopped' }
    return fault && { kind: 'failed', fault }
  }
  const cluster = ledger.cluster(job.of)
  const isFirst = cluster?.wanted === 'new'
  if (refusal.kind !== 'no-room' || !isFirst)
    return { kind: 'failed', fault: refusalFault(refusal, job.of) }
  const trouble = troubleOf(undoneFault(refusal, job.of))
  ledger.together(() => {
    ledger.want({ ...cluster, wanted: 'down' })
    save(job, shop, { trouble })
  })
  note(job, shop, 'there is no room left for the whole: all of it is undone')
  return undefined
}

function failed(failure: StepFailure, job: Job, shop: Workshop): Ending {
  const { step, why, cause, kind } = failure
  if (kind !== 'bug') return { kind: 'failed', fault: stepFault(step, why, job.of) }
  if (cause instanceof Fault) return { kind: 'failed', fault: cause }
  shop.parts.onBug(cause)
  return { kind: 'failed', fault: bugFault(cause, job.of) }
}
