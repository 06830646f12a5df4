// Why this file exists: the instant in which a plan becomes what will be: its room is booked and its nodes' lives begin,
// before anybody else is asked for anything.
import type { ChangeKind, ClusterRef, Plan, Step } from '#vocluster'
import type { Job } from './job.ts'
import type { Workshop } from './workshop.ts'

const broughtUp: ReadonlySet<ChangeKind> = new Set([
  'create',
  'move',
  'replace',
  'restart',
  'start',
])

/** Call it in the same breath as the planning, within a transaction. */
export function bookRoom({ steps }: Plan, { ledger }: Workshop): void {
  for (const { action } of steps.filter(isBooking)) {
    if (action.kind === 'reserve') ledger.reserve(action.reservation)
  }
}

/** Room is taken before all else; giving some back comes after what left it. */
export function isBooking({ action, after }: Step): boolean {
  return action.kind === 'reserve' && after.length === 0
}

/** After the room is on the disk: lives and marks may be lost, room may not. */
export function beginLives(plan: Plan, job: Job, { chronicle, planning }: Workshop): void {
  planning.claim(plan)
  const awaited = new Set(plan.steps.flatMap(awaitedIn))
  for (const { vcn, kind, host } of plan.changes) {
    const ref = { ...refOf(plan), vcn }
    if (kind === 'remove') chronicle.live(ref, ['stop'])
    if (host === undefined || kind === 'remove') continue
    // It was brought up, and that is its timeline still.
    if (kind === 'resume' && chronicle.life(ref) === 'running') continue
    const isBroughtUp = broughtUp.has(kind)
    const goesOn = (job.isContinuing || !isBroughtUp) && chronicle.isOnItsWay(ref, host)
    const isUnanswered = isBroughtUp || awaited.has(vcn)
    if (isUnanswered && !goesOn) chronicle.begin(ref, host)
  }
}

function awaitedIn({ id, action }: Step): readonly string[] {
  return action.kind === 'await' ? [id.slice('await '.length)] : []
}

function refOf({ vo, cluster }: Plan): ClusterRef {
  return { vo, cluster }
}

export function changesIn({ changes }: Plan): number {
  return changes.filter(({ kind }) => kind !== 'keep').length
}

/** Nodes that go elsewhere than they were meant to. */
export function movesIn({ changes }: Plan): readonly string[] {
  return changes
    .filter(({ kind }) => kind === 'move')
    .map(({ vcn, host, why }) => `${vcn} goes to ${host ?? 'another host'}: ${why}`)
}
