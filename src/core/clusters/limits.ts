// Why this file exists: how much at once, how often and how long, for everything that the engine does. Patience stretches
// the times, for racks that are emulated.
import type { StepBounds } from '#vocluster'
import type { HandAction } from './hands.ts'

export interface EngineLimits {
  readonly steps: StepBounds
  /** One attempt. */
  readonly deadlinesMs: Readonly<Record<HandAction['kind'], number>>
  readonly attemptsMax: number
  readonly retryDelayMs: number
  readonly retryDelayMsMax: number
  /** How often a running step is looked at. */
  readonly lookMs: number
  /** Steps on a host that is not ready for so long are ended. */
  readonly silenceMsMax: number
  /** A step that was told to end, and does not. */
  readonly settleMsMax: number
  /** For a host that is away to come back, before it is fenced. */
  readonly returnMsMax: number
  readonly returnLookMs: number
  readonly fenceMsMax: number
  readonly fencesMax: number
  readonly roundsMax: number
  readonly observationsMax: number
  readonly jobsAtOnceMax: number
  readonly jobsWaitingMax: number
  readonly jobsKeptMax: number
  readonly notesMax: number
  /** Stretches every time above but those of looking. */
  readonly patience: number
}

const seconds = 1_000

export const engineLimits: EngineLimits = {
  steps: { stepsMax: 16, stepsOnHostMax: 4, awaitsMax: 64 },
  deadlinesMs: {
    'put-network': 60 * seconds,
    'put-cluster': 60 * seconds,
    'put-entry': 60 * seconds,
    'prepare-host': 90 * seconds,
    'join-network': 60 * seconds,
    'create-overlay': 90 * seconds,
    define: 120 * seconds,
    // Rules of nwfilter take up to 23 s each where the host itself is emulated.
    start: 180 * seconds,
    resume: 60 * seconds,
    await: 600 * seconds,
    destroy: 120 * seconds,
    'remove-overlay': 60 * seconds,
    undefine: 60 * seconds,
    'remove-entry': 60 * seconds,
    'leave-network': 60 * seconds,
    'forget-peers': 60 * seconds,
    'remove-network': 60 * seconds,
    'remove-cluster': 60 * seconds,
  },
  attemptsMax: 4,
  retryDelayMs: 1 * seconds,
  retryDelayMsMax: 15 * seconds,
  lookMs: 500,
  silenceMsMax: 15 * seconds,
  settleMsMax: 10 * seconds,
  returnMsMax: 90 * seconds,
  returnLookMs: 5 * seconds,
  fenceMsMax: 120 * seconds,
  fencesMax: 8,
  roundsMax: 16,
  observationsMax: 5,
  jobsAtOnceMax: 8,
  jobsWaitingMax: 256,
  jobsKeptMax: 500,
  notesMax: 100,
  patience: 1,
}

/** The times as they count where things take longer. */
export function stretched(limits: EngineLimits): EngineLimits {
  const { patience } = limits
  const deadlinesMs = { ...limits.deadlinesMs }
  for (const kind of kindsOf(deadlinesMs)) deadlinesMs[kind] *= patience
  return {
    ...limits,
    deadlinesMs,
    silenceMsMax: limits.silenceMsMax * patience,
    settleMsMax: limits.settleMsMax * patience,
    returnMsMax: limits.returnMsMax * patience,
    fenceMsMax: limits.fenceMsMax * patience,
  }
}

function kindsOf<K extends string>(table: Readonly<Record<K, number>>): readonly K[] {
  const isKind = (text: string): text is K => Object.hasOwn(table, text)
  return Object.keys(table).filter(isKind)
}
