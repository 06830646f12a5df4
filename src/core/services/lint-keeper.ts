// Why this file exists: what lint finds of 100,000 entries is worked out once and then kept up; the list and the question
// "what would it find?" share it.
import {
  type Finding,
  findingsOf,
  type LintState,
  lintStep,
  type Snapshot,
  startLint,
} from '#directory'
import type { ServiceContext } from './context.ts'

export class LintKeeper {
  readonly #context: Pick<ServiceContext, 'snapshot' | 'applianceAddresses'>
  #state: LintState

  constructor(context: Pick<ServiceContext, 'snapshot' | 'applianceAddresses'>) {
    this.#context = context
    this.#state = startLint(context.snapshot().domain, context.applianceAddresses)
  }

  /** As it is now. */
  current(): LintState {
    this.#state = lintStep(this.#state, this.#context.snapshot())
    return this.#state
  }

  /** What lint would find that it does not find now. */
  newIn(snapshot: Snapshot): readonly Finding[] {
    const now = this.current()
    const known = new Set([...findingsOf(now)].map(keyOf))
    return [...findingsOf(lintStep(now, snapshot))].filter((finding) => !known.has(keyOf(finding)))
  }
}

function keyOf({ code, dn, why }: Finding): string {
  return `${code}\n${dn}\n${why}`
}
