// Why this file exists: one step, tried until it is done, it has failed often enough, its time is over, or its host fell
// silent. A hand that does not let go in time is left behind, never waited for without end.
import type { DnsName } from '#directory'
import { Fault } from '#fault'
import type { Step } from '#vocluster'
import type { EngineLimits } from './limits.ts'
import type { EngineParts } from './parts.ts'
import { rest } from './rest.ts'

export interface Attempting {
  readonly parts: Pick<EngineParts, 'pause' | 'isReady'>
  readonly limits: EngineLimits
  /** Of the job: everything ends. */
  readonly signal: AbortSignal
  /** Another step has failed: nothing is tried again, and nobody is waited for. */
  readonly abandoned: AbortSignal
  readonly hostOf: (step: Step) => DnsName | undefined
  readonly perform: (step: Step, signal: AbortSignal) => Promise<void>
  readonly onRetry: (step: Step, why: string) => void
}

export interface StepFailure {
  readonly step: Step
  /** silent: its host is not ready, so the step itself may be right. bug: nobody expects it. */
  readonly kind: 'failed' | 'silent' | 'stopped' | 'bug'
  readonly why: string
  readonly cause?: unknown
}

type Cut = Pick<StepFailure, 'kind' | 'why'>

/** `undefined`: done. Never rejects. */
export async function attempt(step: Step, around: Attempting): Promise<StepFailure | undefined> {
  const { limits, signal, abandoned } = around
  const isOver = AbortSignal.any([signal, abandoned])
  for (let tried = 1; ; tried += 1) {
    const failure = await tryOnce(step, around)
    const mayRepeat = failure?.kind === 'failed' && failure.cause instanceof Fault
    if (failure === undefined || !mayRepeat || tried >= limits.attemptsMax) return failure
    if (isOver.aborted) return failure
    around.onRetry(step, failure.why)
    const delay = limits.retryDelayMs * 2 ** (tried - 1)
    await rest(around.parts, Math.min(delay, limits.retryDelayMsMax), isOver)
    if (isOver.aborted) return failure
  }
}

async function tryOnce(step: Step, around: Attempting): Promise<StepFailure | undefined> {
  const { signal, abandoned } = around
  const isAwait = step.action.kind === 'await'
  const own = new AbortController()
  const over = new AbortController()
  let cut: Cut | undefined
  const end = AbortSignal.any([signal, own.signal, ...(isAwait ? [abandoned] : [])])
  if (end.aborted) return { step, kind: 'stopped', why: 'it was not begun' }
  void watch(step, around, over.signal).then((found) => {
    cut = found
    if (found !== undefined) own.abort()
  })
  try {
    await lettingGo(around.perform(step, end), end, around)
    return undefined
  } catch (cause) {
    if (cut !== undefined) return { step, ...cut, cause: undefined }
    if (end.aborted) return { step, kind: 'stopped', why: 'it was ended' }
    const kind = cause instanceof Fault ? 'failed' : 'bug'
    const why = cause instanceof Error ? cause.message : String(cause)
    return { step, kind, why, cause }
  } finally {
    over.abort()
  }
}

/** Time is counted in looks, not by the clock on the wall, which may jump. */
async function watch(step: Step, around: Attempting, over: AbortSignal): Promise<Cut | undefined> {
  const { limits, parts, hostOf } = around
  const { kind } = step.action
  const host = hostOf(step)
  const deadline =
    kind === 'reserve' || kind === 'release' ? limits.settleMsMax : limits.deadlinesMs[kind]
  let [elapsed, silent] = [0, 0]
  while (elapsed < deadline) {
    await rest(parts, limits.lookMs, over)
    if (over.aborted) return undefined
    elapsed += limits.lookMs
    silent = host === undefined || parts.isReady(host) ? 0 : silent + limits.lookMs
    if (silent >= limits.silenceMsMax)
      return { kind: 'silent', why: `${host} did not answer for ${silent / 1_000} s` }
  }
  return { kind: 'failed', why: `it was not done within ${deadline / 1_000} s` }
}

/** What was told to end has a little time to do so. */
async function lettingGo(
  work: Promise<void>,
  end: AbortSignal,
  { parts, limits }: Attempting,
): Promise<void> {
  const over = new AbortController()
  const { promise: hung, reject } = Promise.withResolvers<never>()
  const giveUp = async (): Promise<void> => {
    await rest(parts, limits.settleMsMax, over.signal)
    reject(new Error('it was told to end and did not'))
  }
  const onEnd = (): void => void giveUp()
  end.addEventListener('abort', onEnd, { once: true })
  try {
    await Promise.race([work, hung])
  } finally {
    end.removeEventListener('abort', onEnd)
    over.abort()
  }
}
