// Why this file exists: work that takes longer than a request is a job; clusters and benchmarks have theirs, and people
// see one list.
import type { JobView, Services } from '#api'
import { parseLabel } from '#directory'
import { Fault } from '#fault'
import type { JobRecord } from '../clusters/engine.ts'
import { type ClusterContext, demandMembership } from './cluster-context.ts'
import { audited } from './context.ts'

export function jobServices(context: ClusterContext): Services['jobs'] {
  const { engine, benchmarks } = context
  const find = (id: string): JobView => {
    const ofEngine = engine.job(id)
    const job = ofEngine === undefined ? benchmarks.job(id) : engineJobView(ofEngine)
    if (job !== undefined) return job
    throw new Fault('CPC-VO-001', {
      what: `there is no job ${id}`,
      where: 'the jobs of the appliance',
      why: 'no job has this id, or it is so old that it was forgotten',
      todo: 'coppice job list shows the ids',
    })
  }
  return {
    list: () =>
      [...engine.jobs().map(engineJobView), ...benchmarks.jobs()].toSorted((one, other) =>
        other.startedAt.localeCompare(one.startedAt),
      ),
    show: find,
    cancel(id, caller) {
      const job = find(id)
      const vo = parseLabel(job.subject.split('/')[0] ?? '')
      if (vo !== undefined) demandMembership(caller, vo)
      const change = { caller, action: 'job cancel', target: id, before: job.subject }
      return audited(context, change, () =>
        job.kind === 'hpl' ? benchmarks.cancel(id) : engine.cancel(id),
      )
    },
  }
}

export function engineJobView(job: JobRecord): JobView {
  const { id, kind, vo, cluster, state, by, startedAt, endedAt, trouble } = job
  const { steps, doing, writes, changes, notes } = job
  return {
    id,
    kind,
    subject: `${vo}/${cluster}`,
    state,
    by,
    startedAt: new Date(startedAt).toISOString(),
    ...(endedAt !== undefined && { endedAt: new Date(endedAt).toISOString() }),
    steps,
    doing,
    writes,
    changes,
    notes,
    ...(trouble !== undefined && {
      trouble: {
        code: trouble.code,
        what: trouble.what,
        where: trouble.where,
        why: trouble.why,
        do: trouble.todo,
      },
    }),
  }
}
