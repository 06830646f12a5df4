// Why this file exists: the run looks on while machines become hosts, through what the appliance says and nothing else, and
// ends when all are ready, one has failed, or the deadline has passed.
import { setTimeout as pause } from 'node:timers/promises'
import { askApi } from './appliance.ts'
import {
  type ListedMachine,
  parseMachines,
  parseTimeline,
  pendingPhase,
  type Timeline,
} from './phases.ts'
import type { MachinePlan, RackPlan } from './plan.ts'
import { member } from './json.ts'
import { seconds } from './table.ts'

const lookEveryMs = 1000

export interface Watch {
  readonly plan: RackPlan
  readonly machines: readonly MachinePlan[]
  /** Ends the looking before all are ready; the default is that all are. */
  readonly until?: (timelines: ReadonlyMap<string, Timeline>) => boolean
  readonly deadlineAt: number
  readonly signal: AbortSignal
  readonly print: (line: string) => void
  /** Told of each step once, when it is first seen. A test that breaks something here is waited for. */
  readonly onPhase: (machine: MachinePlan, phase: string) => Promise<void>
}

export type Seen =
  | { readonly kind: 'reached'; readonly timelines: ReadonlyMap<string, Timeline> }
  | {
      readonly kind: 'failed'
      readonly machine: MachinePlan
      readonly phase: string
      readonly reason: string
      readonly timeline?: Timeline
    }

export async function follow(watch: Watch): Promise<Seen> {
  const timelines = new Map<string, Timeline>()
  const told = new Set<string>()
  let lastSilence = ''
  while (performance.now() < watch.deadlineAt) {
    watch.signal.throwIfAborted()
    try {
      const failed = await look(watch, timelines)
      if (failed !== undefined) return failed
    } catch (error) {
      // The appliance may be starting again: that is for the deadline to judge, not for one look.
      lastSilence = error instanceof Error ? error.message : String(error)
    }
    await tell(watch, timelines, told)
    if (isReached(watch, timelines)) return { kind: 'reached', timelines }
    await pause(lookEveryMs, undefined, { signal: watch.signal })
  }
  return late(watch, timelines, lastSilence)
}

/** One look at all machines; a failure of one is the answer. */
async function look(watch: Watch, timelines: Map<string, Timeline>): Promise<Seen | undefined> {
  const listed = listOf(await askApi(watch.plan, '/v1/machines'))
  for (const machine of watch.machines) {
    const timeline = parseTimeline(
      await askApi(watch.plan, `/v1/machines/${machine.name}/timeline`),
    )
    if (timeline !== undefined) timelines.set(machine.name, timeline)
    const state = listed.find(({ name }) => name === machine.name)
    if (state?.state !== 'failed' && state?.state !== 'waiting') continue
    const phase = timeline?.failure?.phase ?? pendingPhase(timeline, machine.firmware)
    const reason = timeline?.failure?.reason ?? state.reason ?? `its state is ${state.state}`
    return {
      kind: 'failed',
      machine,
      phase,
      reason,
      ...(timeline === undefined ? {} : { timeline }),
    }
  }
  return undefined
}

/** A list may come in pages; a rack fits on the first. */
function listOf(answer: unknown): readonly ListedMachine[] {
  return parseMachines(answer) ?? parseMachines(member(answer, 'items')) ?? []
}

async function tell(
  watch: Watch,
  timelines: ReadonlyMap<string, Timeline>,
  told: Set<string>,
): Promise<void> {
  for (const machine of watch.machines) {
    const timeline = timelines.get(machine.name)
    for (const { phase, at, detail } of timeline?.phases ?? []) {
      const key = `${machine.name}/${timeline?.boot}/${phase}`
      if (told.has(key)) continue
      told.add(key)
      const from = timeline?.phases[0]?.at ?? at
      watch.print(
        `${machine.name}  ${seconds(at - from).padStart(6)} s  ${phase}  ${detail}`.trimEnd(),
      )
      await watch.onPhase(machine, phase)
    }
  }
}

function isReached(watch: Watch, timelines: ReadonlyMap<string, Timeline>): boolean {
  if (watch.until !== undefined) return watch.until(timelines)
  return watch.machines.every(({ name }) =>
    timelines.get(name)?.phases.some(({ phase }) => phase === 'ready'),
  )
}

function late(watch: Watch, timelines: ReadonlyMap<string, Timeline>, silence: string): Seen {
  const isDone = ({ name }: MachinePlan): boolean =>
    timelines.get(name)?.phases.some(({ phase }) => phase === 'ready') ?? false
  const machine = watch.machines.find((one) => !isDone(one)) ?? watch.machines[0]
  if (machine === undefined) throw new TypeError('a watch over no machine')
  const timeline = timelines.get(machine.name)
  return {
    kind: 'failed',
    machine,
    phase: pendingPhase(timeline, machine.firmware),
    reason: `the run's deadline has passed${silence === '' ? '' : `; the appliance last said: ${silence}`}`,
    ...(timeline === undefined ? {} : { timeline }),
  }
}
