// Why this file exists: each chapter of a run makes promises; one that holds is a line, and one that does not ends the run
// with the chapter, the reason and where to look.
import { Fault } from '#fault'
import type { LabRun } from '../run.ts'

export interface Promised {
  /** As in "isolation". */
  readonly chapter: string
  readonly promise: string
  /** What was found instead. */
  readonly found: string
}

type Told = Pick<LabRun, 'plan' | 'print'>

export function demand(holds: boolean, promised: Promised, { plan, print }: Told): void {
  const { chapter, promise, found } = promised
  if (holds) {
    print(`  kept: ${promise}`)
    return
  }
  throw new Fault('CPC-LAB-018', {
    what: `${chapter}: a promise was not kept: ${promise}`,
    where: plan.logsDir,
    why: oneLine(found) || 'nothing was found',
    todo: 'look at the log of the appliance there; "coppice lab up --keep" leaves the rack up to look around',
  })
}

const foundCharactersMax = 1500

/** What a guest or a host said may be long, and hold anything. */
export function oneLine(text: string): string {
  return text
    .replace(/\p{C}+/gu, ' / ')
    .trim()
    .slice(0, foundCharactersMax)
}
