// Why this file exists: a job ends in one transaction: what it leaves wanted, booked and remembered changes with its record.
import { Fault } from '#fault'
import type { Job } from './job.ts'
import { save, show } from './progress.ts'
import { type Ending, goesDown } from './run-job.ts'
import { troubleOf } from './faults.ts'
import type { Workshop } from './workshop.ts'

/** Never rejects: a full disk leaves the job for the next core. */
export function endJob(job: Job, ending: Ending, shop: Workshop): void {
  const { parts, planning } = shop
  planning.unclaim(job.of)
  try {
    shop.ledger.together(() => write(job, ending, shop))
  } catch (error) {
    if (error instanceof Fault) parts.tell('alarm', 'store', error.message)
    else parts.onBug(error)
    show(job, shop, { state: 'failed', endedAt: parts.now(), doing: [] })
  }
  tellEnd(job, shop)
  job.end()
}

function write(job: Job, ending: Ending, shop: Workshop): void {
  const end = { endedAt: shop.parts.now(), doing: [] }
  switch (ending.kind) {
    case 'stopped':
      if (job.stopReason === 'cancelled') save(job, shop, { ...end, state: 'cancelled' })
      else save(job, shop, { doing: [] })
      return
    case 'failed':
      save(job, shop, { ...end, state: 'failed', trouble: troubleOf(ending.fault) })
      return
    case 'done':
      if (goesDown(job, shop)) clearAway(job, shop)
      else settle(job, shop)
      // Undone, because it had to be: that is no success.
      save(job, shop, { ...end, state: job.record.trouble === undefined ? 'done' : 'failed' })
  }
}

/** Nothing is left of it, so nothing is remembered. */
function clearAway({ of }: Job, { ledger, chronicle, parts }: Workshop): void {
  for (const vcn of chronicle.vcns(of)) chronicle.forget({ ...of, vcn })
  ledger.forget(of)
  parts.forgetKeys(of.vo, of.cluster)
}

/** It is whole; nodes that the file has no longer are forgotten. */
function settle({ of }: Job, { ledger, chronicle }: Workshop): void {
  const cluster = ledger.cluster(of)
  if (cluster === undefined) throw new Error('a cluster that nobody wants is whole')
  ledger.want({ ...cluster, wanted: 'up' })
  const wanted = new Set(ledger.demandSpec(of).vcns.map(({ name }) => name))
  for (const vcn of chronicle.vcns(of)) if (!wanted.has(vcn)) chronicle.forget({ ...of, vcn })
}

function tellEnd({ record, stopReason }: Job, { parts }: Workshop): void {
  const { vo, cluster, kind, state, trouble } = record
  if (stopReason === 'stopped' && state === 'running') return
  const why = trouble === undefined ? '' : `: ${trouble.code} ${trouble.why}`
  parts.tell('job', `${vo}/${cluster}`, `${kind} ${state}${why}`)
}
