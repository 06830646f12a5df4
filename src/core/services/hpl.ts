// Why this file exists: benchmarks as admins and VOs order them; whose machines they take is checked here.
import type { Caller, HplRequest, Services } from '#api'
import { type ClusterContext, demandMembership, findVo } from './cluster-context.ts'
import { audited } from './context.ts'

export function hplServices(context: ClusterContext): Services['hpl'] {
  const { benchmarks } = context
  return {
    run(request, caller) {
      demandOwnMachines(request, caller, context)
      const change = { caller, action: 'hpl run', target: subjectOf(request), after: request }
      return audited(context, change, () => benchmarks.run(request, caller))
    },
    list: () => benchmarks.list(),
    show: (id) => benchmarks.show(id),
    compare: (virtual, physical) => benchmarks.compare(virtual, physical),
  }
}

function subjectOf({ on }: HplRequest): string {
  return on.kind === 'cluster' ? `${on.vo}/${on.cluster}` : on.hosts.join(' ')
}

/** Bare hosts belong to nobody, so a member's token does not reach them. */
function demandOwnMachines({ on }: HplRequest, caller: Caller, context: ClusterContext): void {
  if (on.kind === 'cluster') return demandMembership(caller, findVo(on.vo, context).name)
  return demandMembership(caller, undefined)
}
