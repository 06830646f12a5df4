// Why this file exists: the steps of one round, told to the job's record and to the lives of the nodes as they are done.
import { type Plan, type Step, vcnOfAction, hostOfAction } from '#vocluster'
import { isBooking } from './adopt.ts'
import type { StepFailure } from './attempt.ts'
import { carryOut } from './carry-out.ts'
import type { VcnRef } from './chronicle.ts'
import type { Job } from './job.ts'
import { homesOf } from './planning.ts'
import { note, show } from './progress.ts'
import type { Workshop } from './workshop.ts'

const namesShownMax = 20

export function carryRound(plan: Plan, job: Job, shop: Workshop): Promise<StepFailure | undefined> {
  const { parts, limits } = shop
  const homes = homesOf(plan)
  const doing = new Set<string>()
  const before = parts.hands.writes()
  const already = job.record
  const progress = (doneNow: number): void => {
    const now = parts.hands.writes()
    show(job, shop, {
      doing: [...doing].slice(0, namesShownMax),
      steps: { ...job.record.steps, done: job.record.steps.done + doneNow },
      writes: {
        libvirt: already.writes.libvirt + now.libvirt - before.libvirt,
        ldap: already.writes.ldap + now.ldap - before.ldap,
      },
    })
  }
  const { done } = already.steps
  show(job, shop, { steps: { done, total: done + plan.steps.length } })
  return carryOut(plan.steps, {
    parts,
    limits,
    signal: job.signal,
    hostOf: (step) => hostOfAction(step.action) ?? homeOfAwait(step, homes),
    perform: (step, signal) => perform(step, signal, { job, shop }),
    onRetry: (step, why) => note(job, shop, `${step.id} was tried again: ${why}`),
    onBegin: (step) => {
      doing.add(step.id)
      tellBegin(step, job, shop)
      progress(0)
    },
    onDone: (step) => {
      tellDone(step, job, shop)
      progress(1)
    },
    onEnd: (step) => {
      doing.delete(step.id)
      progress(0)
    },
  })
}

/** Waiting for a node ends with its host. */
function homeOfAwait({ action }: Step, homes: ReturnType<typeof homesOf>) {
  const vcn = action.kind === 'await' ? vcnOfAction(action) : undefined
  return vcn === undefined ? undefined : homes.get(vcn)
}

interface Place {
  readonly job: Job
  readonly shop: Workshop
}

async function perform(step: Step, signal: AbortSignal, { job, shop }: Place): Promise<void> {
  const { action } = step
  const { ledger, parts, chronicle } = shop
  switch (action.kind) {
    case 'reserve':
      // What takes room was booked with the plan.
      if (!isBooking(step)) ledger.together(() => ledger.reserve(action.reservation))
      return
    case 'release':
      ledger.together(() => ledger.release(action))
      return
    default: {
      const ref = refOf(step, job)
      await parts.hands.perform(action, {
        signal,
        mark: (phase) => ref && chronicle.mark(ref, phase),
      })
    }
  }
}

function refOf({ action }: Step, { of }: Job): VcnRef | undefined {
  const vcn = vcnOfAction(action)
  return vcn === undefined ? undefined : { ...of, vcn }
}

function tellBegin(step: Step, job: Job, { chronicle }: Workshop): void {
  const ref = refOf(step, job)
  if (ref !== undefined && step.action.kind === 'start') chronicle.starting(ref)
}

function tellDone(step: Step, job: Job, { chronicle }: Workshop): void {
  const ref = refOf(step, job)
  if (ref === undefined) return
  switch (step.action.kind) {
    case 'put-entry':
      return chronicle.mark(ref, 'entry-shown')
    case 'create-overlay':
      return chronicle.mark(ref, 'overlay')
    case 'define':
      return chronicle.mark(ref, 'defined')
    case 'start':
      return chronicle.mark(ref, 'started')
    case 'await':
      chronicle.mark(ref, 'reachable')
      return chronicle.live(ref, ['reserved', 'prepared', 'reachable'])
    case 'destroy':
      return chronicle.live(ref, ['stopped'])
    case 'undefine':
      return chronicle.live(ref, ['stopped', 'cleaned'])
    default:
      return undefined
  }
}
