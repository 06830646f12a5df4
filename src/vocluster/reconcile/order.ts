// Why this file exists: which steps may be done now. What must come before is done, in the order of the plan, and no place
// is given more at once than it bears.
import type { DnsName } from '#directory'
import type { Step } from '../plan/step.ts'
import { hostOfAction } from './subject.ts'

export interface StepBounds {
  readonly stepsMax: number
  readonly stepsOnHostMax: number
  /** Waiting costs nobody anything, so it has a bound of its own and holds no other step back. */
  readonly awaitsMax: number
}

export interface StepOrder {
  /** Steps that may begin now; each is handed out once. */
  readonly take: () => readonly Step[]
  /** Its place is free again, and what waited for it may begin. */
  readonly done: (step: Step) => void
  /** Its place is free again; what waited for it never begins. */
  readonly failed: (step: Step) => void
}

interface Places {
  readonly fits: (step: Step) => boolean
  readonly enter: (step: Step) => void
  readonly leave: (step: Step) => void
}

export function orderOf(steps: readonly Step[], bounds: StepBounds): StepOrder {
  const places = placesFor(bounds)
  const waitsFor = new Map(steps.map(({ id, after }) => [id, after.length]))
  const followers = Map.groupBy(
    steps.flatMap((step) => step.after.map((before) => ({ before, step }))),
    ({ before }) => before,
  )
  const rank = new Map(steps.map(({ id }, at) => [id, at]))
  let ready = steps.filter(({ after }) => after.length === 0)
  return {
    take: () => {
      const taken = ready.filter((step) => {
        if (!places.fits(step)) return false
        places.enter(step)
        return true
      })
      const gone = new Set(taken)
      ready = ready.filter((step) => !gone.has(step))
      return taken
    },
    done: (step) => {
      places.leave(step)
      const freed = (followers.get(step.id) ?? []).flatMap(({ step: follower }) => {
        const left = (waitsFor.get(follower.id) ?? 0) - 1
        waitsFor.set(follower.id, left)
        return left === 0 ? [follower] : []
      })
      ready = [...ready, ...freed].toSorted(
        (one, other) => (rank.get(one.id) ?? 0) - (rank.get(other.id) ?? 0),
      )
    },
    failed: places.leave,
  }
}

function placesFor({ stepsMax, stepsOnHostMax, awaitsMax }: StepBounds): Places {
  const onHost = new Map<DnsName, number>()
  let [steps, awaits] = [0, 0]
  const change = ({ action }: Step, by: 1 | -1): void => {
    if (action.kind === 'await') {
      awaits += by
      return
    }
    const host = hostOfAction(action)
    steps += by
    if (host !== undefined) onHost.set(host, (onHost.get(host) ?? 0) + by)
  }
  return {
    fits: ({ action }) => {
      if (action.kind === 'await') return awaits < awaitsMax
      const host = hostOfAction(action)
      return steps < stepsMax && (host === undefined || (onHost.get(host) ?? 0) < stepsOnHostMax)
    },
    enter: (step) => change(step, 1),
    leave: (step) => change(step, -1),
  }
}
