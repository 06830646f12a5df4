// Why this file exists: "accepted" is not "done". A BMC that takes a command and does nothing is the rule, not the
// exception, so each change is looked at until it shows, or reported as not done.
import { Fault } from '#fault'
import type {
  PowerClock,
  PowerController,
  PowerLine,
  PowerOutcome,
  PowerState,
} from './controller.ts'
import { trouble } from './troubles.ts'

export interface PowerLimits {
  /** For one answer of the BMC, and again for the change to show. */
  readonly deadlineMs: number
  readonly pollMs: number
}

export const powerLimits: PowerLimits = { deadlineMs: 20_000, pollMs: 500 }

export interface Supervision {
  /** The BMC's address, as it stands in messages. */
  readonly where: string
  readonly clock: PowerClock
  readonly limits: PowerLimits
}

export function verified(line: PowerLine, by: Supervision): PowerController {
  const change = (to: PowerState) => switchTo(line, to, by)
  const boot = line.setBootOnce
  return {
    status: () => settledStatus(line, by),
    on: () => change('on'),
    off: () => change('off'),
    // Two changes that can each be seen; one "cycle" command shows nothing when it is looked at too late.
    cycle: async () => {
      await change('off')
      return change('on')
    },
    ...(boot ? { setBootOnce: () => withinDeadline(by, (signal) => boot(signal)) } : {}),
  }
}

async function switchTo(line: PowerLine, to: PowerState, by: Supervision): Promise<PowerOutcome> {
  const { status } = line
  if (!status) {
    await withinDeadline(by, (signal) => line.switch(to, signal))
    return 'sent'
  }
  // Many BMCs answer a command for what is so already with an error.
  if ((await withinDeadline(by, status)) === to) return 'already'
  await withinDeadline(by, (signal) => line.switch(to, signal))
  await untilShown(status, to, by)
  return 'verified'
}

type Look = NonNullable<PowerLine['status']>

async function untilShown(look: Look, to: PowerState, by: Supervision): Promise<void> {
  const end = by.clock.now() + by.limits.deadlineMs
  let last: unknown
  while (by.clock.now() < end) {
    // A BMC that is busy with the change may fail to answer meanwhile.
    const seen = await withinDeadline(by, look).catch((error: unknown) => error)
    if (seen === to) return
    last = seen
    await by.clock.pause(by.limits.pollMs)
  }
  const shown = last instanceof Error ? last.message : `it shows ${String(last)}`
  const seconds = by.limits.deadlineMs / 1000
  throw trouble('CPC-POW-003', by.where, `${seconds} s after the command to switch ${to}: ${shown}`)
}

/** A machine between two states is asked again until it has one. */
async function settledStatus({ status }: PowerLine, by: Supervision): Promise<PowerState> {
  if (!status) throw trouble('CPC-POW-005', by.where, 'nothing here can tell whether it is on')
  const end = by.clock.now() + by.limits.deadlineMs
  while (by.clock.now() < end) {
    const seen = await withinDeadline(by, status)
    if (seen !== 'changing') return seen
    await by.clock.pause(by.limits.pollMs)
  }
  throw trouble('CPC-POW-003', by.where, 'it stays between on and off')
}

async function withinDeadline<T>(
  { where, clock, limits }: Supervision,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const signal = clock.deadline(limits.deadlineMs)
  try {
    return await work(signal)
  } catch (cause) {
    if (cause instanceof Fault && !signal.aborted) throw cause
    const why = signal.aborted
      ? `no answer within ${limits.deadlineMs / 1000} s`
      : `${cause instanceof Error ? cause.message : String(cause)}`
    throw trouble('CPC-POW-001', where, why, cause)
  }
}
