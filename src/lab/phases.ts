// Why this file exists: a host is made in named steps; the table of a run must hold each of them for each machine, and a
// step that is not there is a failure, never a gap.
import { member, numberMember, textMember } from './json.ts'
import type { Firmware } from './plan.ts'

export const phaseNames = [
  'power-on',
  'first-discover',
  'lease',
  'loader',
  'script',
  'kernel',
  'initrd',
  'first-stage',
  'enrolled',
  'libvirt-port',
  'libvirt-answer',
  'nfs',
  'ready',
] as const
export type PhaseName = (typeof phaseNames)[number]

export interface Phase {
  readonly phase: string
  /** Wall clock of the appliance, milliseconds. */
  readonly at: number
  readonly detail: string
}

export interface Timeline {
  readonly machine: string
  readonly boot: number
  readonly phases: readonly Phase[]
  readonly failure?: { readonly phase: string; readonly reason: string }
  /** The last things that the appliance saw of it. */
  readonly trail: readonly string[]
}

export interface ListedMachine {
  readonly name: string
  readonly state: string
  readonly address?: string
  readonly reason?: string
}

/** What `machine timeline NAME -o json` printed; `undefined` when it is something else. */
export function parseTimeline(value: unknown): Timeline | undefined {
  const machine = textMember(value, 'machine')
  const phases = member(value, 'phases')
  if (machine === undefined || !Array.isArray(phases)) return undefined
  const failure = member(value, 'failure')
  const phase = textMember(failure, 'phase')
  const trail = member(value, 'trail')
  return {
    machine,
    boot: numberMember(value, 'boot') ?? 0,
    phases: phases.map(parsePhase).filter((one) => one !== undefined),
    trail: Array.isArray(trail) ? trail.map(String) : [],
    ...(phase === undefined
      ? {}
      : { failure: { phase, reason: textMember(failure, 'reason') ?? 'no reason given' } }),
  }
}

function parsePhase(value: unknown): Phase | undefined {
  const phase = textMember(value, 'phase')
  const at = Date.parse(textMember(value, 'at') ?? '')
  if (phase === undefined || Number.isNaN(at)) return undefined
  return { phase, at, detail: textMember(value, 'detail') ?? '' }
}

/** What `machine list -o json` printed. */
export function parseMachines(value: unknown): readonly ListedMachine[] | undefined {
  if (!Array.isArray(value)) return undefined
  return value.map((one: unknown) => {
    const address = textMember(one, 'address')
    const reason = textMember(one, 'reason')
    return {
      name: textMember(one, 'name') ?? '',
      state: textMember(one, 'state') ?? 'unknown',
      ...(address === undefined ? {} : { address }),
      ...(reason === undefined ? {} : { reason }),
    }
  })
}

/** A BIOS card brings its loader in ROM; every other step is everybody's. */
export function expectedPhases(firmware: Firmware): readonly PhaseName[] {
  return phaseNames.filter((phase) => phase !== 'loader' || firmware === 'uefi')
}

export function missingPhases(timeline: Timeline, firmware: Firmware): readonly PhaseName[] {
  return expectedPhases(firmware).filter((name) => phaseOf(timeline, name) === undefined)
}

export function phaseOf(timeline: Timeline, name: PhaseName): Phase | undefined {
  return timeline.phases.find(({ phase }) => phase === name)
}

/** Milliseconds between two steps, as the appliance saw them. */
export function between(timeline: Timeline, from: PhaseName, to: PhaseName): number | undefined {
  const start = phaseOf(timeline, from)
  const finish = phaseOf(timeline, to)
  return start === undefined || finish === undefined ? undefined : finish.at - start.at
}

/** The step that it is in the middle of: the first that has not come. */
export function pendingPhase(timeline: Timeline | undefined, firmware: Firmware): PhaseName {
  return timeline === undefined ? 'power-on' : (missingPhases(timeline, firmware)[0] ?? 'ready')
}
