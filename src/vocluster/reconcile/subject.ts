// Why this file exists: who carries a plan out asks of each step where it happens and which node it is about, and nothing
// else.
import { type DnsName, type Label, parseLabel } from '#directory'
import type { Action } from '../plan/step.ts'

/** The host that is asked to do it; `undefined`: the directory or the appliance itself. */
export function hostOfAction(action: Action): DnsName | undefined {
  return 'host' in action ? action.host : undefined
}

/** The node that it is about, when it is about one. */
export function vcnOfAction(action: Action): Label | undefined {
  switch (action.kind) {
    case 'put-entry':
      return action.entry.name
    case 'create-overlay':
    case 'define':
      return action.definition.mark.vcn
    case 'start':
    case 'resume':
    case 'destroy':
    case 'undefine':
      return action.vcn
    case 'await':
    case 'remove-entry':
      return parseLabel(action.vcn.split('.')[0] ?? '')
    default:
      return undefined
  }
}
