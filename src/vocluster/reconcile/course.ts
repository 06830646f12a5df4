// Why this file exists: what is done to a node is told as events of its life, again and again after every restart; those
// that its life knows already, or that cannot follow, change nothing.
import { type LifeEvent, type LifeState, nextLife } from '../life/life.ts'

export function liveThrough(state: LifeState, events: readonly LifeEvent[]): LifeState {
  return events.reduce((now, event) => {
    const next = nextLife(now, event)
    return next.ok ? next.value : now
  }, state)
}
