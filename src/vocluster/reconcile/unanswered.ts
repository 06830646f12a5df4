// Why this file exists: a node that runs is not yet a node that answers. Who was cut off while waiting for one waits again,
// although nothing of the node changes.
import { type Ip4, joinName, type Label, type Snapshot } from '#directory'
import type { Plan } from '../plan/draw-up.ts'
import type { Step } from '../plan/step.ts'

/** The plan, and after it the wait for nodes that stay as they are and have not answered yet. Its hash stays. */
export function awaitUnanswered(
  plan: Plan,
  hasAnswered: (vcn: Label) => boolean,
  directory: Snapshot,
): Plan {
  const after = plan.steps.filter(isBeforeAnswer).map(({ id }) => id)
  const waits = plan.changes.flatMap(({ vcn, kind }): readonly Step[] => {
    if ((kind !== 'keep' && kind !== 'update') || hasAnswered(vcn)) return []
    const name = joinName(vcn, plan.cluster, plan.vo)
    const address = addressOf(vcn, plan, directory)
    if (name === undefined || address === undefined) return []
    const own = plan.steps.filter(({ action }) => isEntryOf(action, vcn)).map(({ id }) => id)
    return [
      {
        id: `await ${vcn}`,
        after: [...after, ...own],
        action: { kind: 'await', vcn: name, address },
      },
    ]
  })
  return waits.length === 0 ? plan : { ...plan, steps: [...plan.steps, ...waits] }
}

function isBeforeAnswer({ id, action }: Step): boolean {
  return action.kind === 'join-network' || id === 'reserve'
}

function isEntryOf(action: Step['action'], vcn: Label): boolean {
  return action.kind === 'put-entry' && action.entry.name === vcn
}

/** As it will be shown, or as it is shown. */
function addressOf(vcn: Label, plan: Plan, directory: Snapshot): Ip4 | undefined {
  for (const { action } of plan.steps)
    if (action.kind === 'put-entry' && action.entry.name === vcn)
      return action.entry.nics[0]?.address
  const name = joinName(vcn, plan.cluster, plan.vo)
  return name && directory.byName.get(name)?.device.nics[0]?.address
}
