// Why this file exists: why a cluster is not as it was asked for, in the four lines that a person reads.
import { Fault, type FaultText, type Problem } from '#fault'
import {
  type ClusterRef,
  explainRefusal,
  hostOfAction,
  type PlanRefusal,
  type Step,
} from '#vocluster'
import type { JobRecord, RefusalToFault } from './engine.ts'

export type Trouble = NonNullable<JobRecord['trouble']>

export function refusalFault(refusal: PlanRefusal, of: ClusterRef): Fault {
  return problemFault(explainRefusal(refusal, of))
}

export function refusalsOf(of: ClusterRef): RefusalToFault {
  return (refusal) => refusalFault(refusal, of)
}

export function problemFault({ code, text }: Problem): Fault {
  return new Fault(code, text)
}

export function troubleOf({ code, text }: Pick<Fault, 'code' | 'text'>): Trouble {
  return { code, ...text }
}

function whereOf({ vo, cluster }: ClusterRef): string {
  return `cluster ${vo}/${cluster}`
}

const goOn = 'apply the same file again, which goes on from there; cluster down takes all away'

/** `why` of the last attempt. */
export function stepFault({ id, action }: Step, why: string, of: ClusterRef): Fault {
  const host = hostOfAction(action)
  return new Fault('CPC-CLU-001', {
    what: 'a step of the cluster failed',
    where: `${whereOf(of)}, ${host === undefined ? 'the appliance' : `host ${host}`}, step "${id}"`,
    why,
    todo: `mend that, then ${goOn}`,
  })
}

export function unfencedFault(host: string, why: string, of: ClusterRef): Fault {
  return new Fault('CPC-CLU-002', {
    what: `${host} is silent and may still run nodes of the cluster`,
    where: `${whereOf(of)}, host ${host}`,
    why: `nobody can make sure that it is off: ${why}`,
    todo: `bring ${host} back, or look that it is off (coppice machine confirm-off ${host} --i-looked), then ${goOn}`,
  })
}

export function undoneFault(refusal: PlanRefusal, of: ClusterRef): Fault {
  const { text } = explainRefusal(refusal, of)
  return new Fault('CPC-CLU-003', {
    what: 'the cluster lost its room on the way, and all of it was undone',
    where: whereOf(of),
    why: text.why,
    todo: text.todo,
  })
}

export function busyFault(job: string, of: ClusterRef): Fault {
  return new Fault('CPC-CLU-004', {
    what: 'the cluster is being worked on',
    where: whereOf(of),
    why: job,
    todo: 'coppice job list shows it: wait for it, cancel it, or take the cluster down',
  })
}

export function noClusterFault(of: ClusterRef): Fault {
  return new Fault('CPC-CLU-005', {
    what: `there is no cluster ${of.vo}/${of.cluster}`,
    where: 'the directory, the hosts and what was applied',
    why: 'nothing of it is left, or never was',
    todo: 'coppice cluster list shows those that are there',
  })
}

export function noJobFault(id: string): Fault {
  return new Fault('CPC-CLU-005', {
    what: `there is no job ${id}`,
    where: 'the jobs of clusters',
    why: 'no job has this id, or it is so old that it was forgotten',
    todo: 'coppice job list shows the ids',
  })
}

export function crowdedFault(waiting: number): Fault {
  return new Fault('CPC-CLU-006', {
    what: 'no further job is taken',
    where: 'the jobs of clusters',
    why: `${waiting} jobs are waiting already, or the appliance is stopping`,
    todo: 'try again when some have ended; coppice job list shows them',
  })
}

export function bugFault(error: unknown, of: ClusterRef): Fault {
  return new Fault('CPC-CLU-007', {
    what: 'the job was ended by a bug',
    where: whereOf(of),
    why: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
    todo: `report it with the log of the appliance; then ${goOn}`,
  })
}

export function restlessFault(rounds: number, doing: string, of: ClusterRef): Fault {
  return new Fault('CPC-CLU-008', {
    what: 'the cluster does not come to rest',
    where: whereOf(of),
    why: `after ${rounds} rounds there is still something to do: ${doing}`,
    todo: `find out who else changes it, then ${goOn}`,
  })
}

export function endedFault(id: string, state: string): Fault {
  const text: FaultText = {
    what: `job ${id} cannot be cancelled`,
    where: 'the jobs of clusters',
    why: `it has ended: ${state}`,
    todo: 'nothing is left to cancel',
  }
  return new Fault('CPC-CLU-009', text)
}
