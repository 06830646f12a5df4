// Why this file exists: what went wrong at the appliance is told here in its own four lines, with the exit status that its
// code has, in an answer as in a job that failed.
import type { TroubleView } from '#api'
import { Fault, findFaultCode } from '#fault'

/** A code that this version does not know keeps its words and its name. */
export function toldFault({ what, where, why, do: todo, code }: TroubleView): Fault {
  const known = findFaultCode(code)
  return known === undefined
    ? new Fault('CPC-CLI-005', { what, where, why: `${why} (${code})`, todo })
    : new Fault(known, { what, where, why, todo })
}
