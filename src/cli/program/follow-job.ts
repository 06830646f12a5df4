// Why this file exists: long work is a job of the appliance, and whoever ordered it wants to see it through: also past a
// restart of the appliance, which the job survives.
import type { JobView } from '#api'
import { Fault } from '#fault'
import { toldFault } from '../client/told-fault.ts'
import { printThing } from '../output/print.ts'
import { type Progress, progressOn } from '../output/progress.ts'
import { plainText } from '../output/table.ts'
import { type Call, tell } from './call.ts'

const pollMs = 500
/** How long nobody may answer before we stop asking; the job goes on without us. */
const silentMsMax = 60_000
/** Nothing takes longer; what does is looked at with "job watch". */
const followMsMax = 7 * 24 * 3_600_000
const doingShownMax = 3

/** Asks until the job has ended, telling how far it is. What it came to is for the caller to judge. */
export async function followJob(call: Call<unknown>, begun: JobView): Promise<JobView> {
  const { io, flags } = call
  const progress = progressOn(io, flags.quiet === true, io.clock.now)
  const startedAt = io.clock.now()
  try {
    let job = begun
    while (job.state === 'running') {
      if (io.stop.aborted || io.clock.now() - startedAt > followMsMax) throw unfinished(job)
      showJob(progress, job)
      await io.clock.pause(pollMs, io.stop)
      job = await patiently(call, job, async () => (await call.appliance()).jobs.show(begun.id))
    }
    return job
  } finally {
    progress.end()
  }
}

/** Asks again while nobody answers: whoever restarts the appliance does not end our job. */
export async function patiently<T>(
  { io }: Call<unknown>,
  job: JobView,
  ask: () => Promise<T>,
): Promise<T> {
  const silentSince = io.clock.now()
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      if (!isSilence(error)) throw error
      if (io.stop.aborted || io.clock.now() - silentSince > silentMsMax) throw goesOn(job, error)
      await io.clock.pause(pollMs, io.stop)
    }
  }
}

/** Its notes for people, the whole of it for programs; its trouble becomes ours. */
export async function concludeJob(call: Call<unknown>, job: JobView): Promise<void> {
  for (const note of job.notes) tell(call, `note: ${plainText(note)}`)
  if (call.flags.output !== 'table') await printThing(call.io, call.flags, job, job.id)
  demandDone(job)
}

/** Throws what the job failed of. */
export function demandDone(job: JobView): void {
  const { id, subject, state, trouble } = job
  if (state === 'done') return
  if (state === 'running') throw unfinished(job)
  if (state === 'cancelled') {
    throw new Fault('CPC-CLI-015', {
      what: `the job was cancelled`,
      where: `job ${id}, ${subject}`,
      why: trouble?.why ?? 'somebody ended it before it was done',
      todo: `see what stands with: coppice cluster list; coppice job show ${id}`,
    })
  }
  if (trouble !== undefined) throw toldFault(trouble)
  throw new Fault('CPC-CLI-016', {
    what: 'the job failed',
    where: `job ${id}, ${subject}`,
    why: 'it does not say why',
    todo: 'look into the log of the appliance',
  })
}

function showJob(progress: Progress, { kind, steps, doing }: JobView): void {
  const more = doing.length > doingShownMax ? ` and ${doing.length - doingShownMax} more` : ''
  const now = doing.slice(0, doingShownMax).map(plainText).join('; ')
  const detail = `step ${steps.done} of ${steps.total}${now === '' ? '' : `: ${now}${more}`}`
  progress.show({ what: kind, ...steps, detail })
}

/** Nobody is there, or somebody who does not answer. */
function isSilence(error: unknown): boolean {
  return (
    error instanceof Fault && (error.entry.exit === 'unreachable' || error.code === 'CPC-CLI-004')
  )
}

function goesOn({ id, subject }: JobView, cause: unknown): Fault {
  const why = cause instanceof Fault ? cause.text.why : String(cause)
  return new Fault(
    'CPC-CLI-002',
    {
      what: 'the appliance cannot be reached any more',
      where: `job ${id}, ${subject}`,
      why: `nobody answered for ${silentMsMax / 1000} s: ${why}`,
      todo: `the job goes on by itself as soon as the appliance runs; follow it with: coppice job watch ${id}`,
    },
    { cause },
  )
}

function unfinished({ id, subject }: JobView): Fault {
  return new Fault('CPC-CLI-004', {
    what: 'the job has not ended yet',
    where: `job ${id}, ${subject}`,
    why: 'we were told to stop following it, or followed it for very long',
    todo: `it goes on by itself; follow it with: coppice job watch ${id}`,
  })
}
