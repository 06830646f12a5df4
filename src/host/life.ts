// Why this file exists: what we believe about one machine's boot is a pure function of what was observed, in order,
// so that a restarted core believes the same and every verdict can be explained.
import type { EntryId } from '#directory'
import type { ScriptSighting, Sighting } from '#feed'
import { type Phase, phases, ruleOf } from './phase.table.ts'

export type MachineState =
  | 'unknown'
  | 'off'
  | 'booting'
  | 'waiting'
  | 'enrolling'
  | 'probing'
  | 'ready'
  | 'failed'
  /** It was told to boot something that is no host: nothing more is owed. */
  | 'disk'
  | 'rescue'

export interface PhaseMark {
  readonly phase: Phase
  /** Wall clock, milliseconds. */
  readonly at: number
  readonly detail: string
}

export interface Failure {
  readonly phase: Phase
  readonly reason: string
  readonly at: number
}

export interface Life {
  readonly machine: EntryId
  readonly state: MachineState
  /** Counts the boots that we saw. */
  readonly boot: number
  readonly marks: readonly PhaseMark[]
  /** The next phase's deadline runs from here: the last mark, or when we began to look again. */
  readonly countedFrom: number
  /** The last things seen of it: the evidence when something fails. */
  readonly trail: readonly string[]
  readonly failure?: Failure
  /** Why a person is asked. */
  readonly waitingFor?: string
}

export type Observation =
  | { readonly kind: 'powered'; readonly on: boolean }
  | { readonly kind: 'power-failed'; readonly reason: string }
  | { readonly kind: 'sighting'; readonly sighting: Sighting }
  | { readonly kind: 'reached'; readonly phase: Phase; readonly detail: string }
  | { readonly kind: 'approval-wanted'; readonly reason: string }
  | { readonly kind: 'host-failed'; readonly phase: Phase; readonly reason: string }
  /** Evidence, no step. */
  | { readonly kind: 'heard'; readonly line: string }
  | { readonly kind: 'lost'; readonly reason: string }
  /** Core was away: what is owed is owed from now, and who was ready is probed again. */
  | { readonly kind: 'restarted' }
  | { readonly kind: 'tick' }

export const trailLinesMax = 40

export function newLife(machine: EntryId): Life {
  return { machine, state: 'unknown', boot: 0, marks: [], countedFrom: 0, trail: [] }
}

/** `patience` stretches every deadline: 1 as the table says. */
export function observe(life: Life, seen: Observation, now: number, patience: number): Life {
  switch (seen.kind) {
    case 'powered':
      return seen.on
        ? mark(newBoot(life, now), 'power-on', now, 'switched on by us')
        : off(life, now)
    case 'power-failed':
      return fail(isSwitchingOn(life) ? life : newBoot(life, now), 'power-on', seen.reason, now)
    case 'sighting':
      return sighted(life, seen.sighting)
    case 'reached':
      return reached(life, seen.phase, seen.detail, now)
    case 'approval-wanted':
      return note({ ...life, state: 'waiting', waitingFor: seen.reason }, now, seen.reason)
    case 'host-failed':
      return fail(life, seen.phase, seen.reason, now)
    case 'heard':
      return note(life, now, seen.line)
    case 'lost':
      return life.state === 'ready'
        ? lookAgain(life, now, seen.reason)
        : note(life, now, seen.reason)
    case 'restarted':
      return lookAgain(life, now, 'the appliance restarted')
    case 'tick':
      return overdue(life, now, patience)
  }
}

/** The phase that has to come next and when it is late; `undefined` when nothing is owed. */
export function due(life: Life, patience: number): { phase: Phase; at: number } | undefined {
  if (life.state !== 'booting' && life.state !== 'enrolling' && life.state !== 'probing')
    return undefined
  const last = life.marks.at(-1)
  if (last === undefined) return undefined
  // Behind the furthest mark: what was missed while nobody looked (a restarted wire) is not owed any more.
  const furthest = Math.max(...life.marks.map((one) => phases.indexOf(one.phase)))
  const next = phases.slice(furthest + 1).find((phase) => ruleOf(phase).optional === undefined)
  if (next === undefined) return undefined
  return { phase: next, at: life.countedFrom + ruleOf(next).withinSeconds * 1000 * patience }
}

export function hasMark(life: Life, phase: Phase): boolean {
  return life.marks.some((one) => one.phase === phase)
}

function newBoot(life: Life, now: number): Life {
  const { machine, trail } = life
  return { machine, state: 'booting', boot: life.boot + 1, marks: [], countedFrom: now, trail }
}

/** The order was given and nothing has come of it yet. */
function isSwitchingOn(life: Life): boolean {
  return life.state === 'booting' && life.marks.length === 1 && hasMark(life, 'power-on')
}

function lookAgain(life: Life, now: number, reason: string): Life {
  const waiting = { ...life, countedFrom: now }
  if (life.state !== 'ready') return note(waiting, now, reason)
  return note({ ...waiting, state: 'probing', marks: upTo(life.marks, 'enrolled') }, now, reason)
}

function off(life: Life, now: number): Life {
  const { failure: _failure, waitingFor: _waitingFor, ...kept } = life
  return note({ ...kept, state: 'off' }, now, 'switched off by us')
}

function overdue(life: Life, now: number, patience: number): Life {
  const next = due(life, patience)
  if (next === undefined || now < next.at) return life
  const last = life.marks.at(-1)
  const seconds = Math.round((now - life.countedFrom) / 1000)
  const { missing } = ruleOf(next.phase)
  return fail(
    life,
    next.phase,
    `no ${next.phase} within ${seconds} s of ${last?.phase}: ${missing}`,
    now,
  )
}

function fail(life: Life, phase: Phase, reason: string, now: number): Life {
  return note({ ...life, state: 'failed', failure: { phase, reason, at: now } }, now, reason)
}

function reached(life: Life, phase: Phase, detail: string, now: number): Life {
  // A host that speaks up after its deadline was only late: believe the host.
  const { failure: _failure, waitingFor: _waitingFor, ...alive } = life
  const next = mark(life.state === 'off' ? life : alive, phase, now, detail)
  return { ...next, state: stateAfter(next) }
}

function stateAfter(life: Life): MachineState {
  if (hasMark(life, 'ready')) return 'ready'
  if (hasMark(life, 'enrolled')) return 'probing'
  return hasMark(life, 'first-stage') ? 'enrolling' : 'booting'
}

/** The first time counts: retries are in the trail. */
function mark(life: Life, phase: Phase, at: number, detail: string): Life {
  if (hasMark(life, phase)) return note(life, at, `${phase} again: ${detail}`)
  const marks = [...life.marks, { phase, at, detail }]
  return note({ ...life, marks, countedFrom: at }, at, `${phase}: ${detail}`)
}

function note(life: Life, at: number, line: string): Life {
  const stamped = `${new Date(at).toISOString()} ${line}`
  return { ...life, trail: [...life.trail, stamped].slice(-trailLinesMax) }
}

function upTo(marks: readonly PhaseMark[], phase: Phase): readonly PhaseMark[] {
  const end = marks.findIndex((one) => one.phase === phase)
  return end < 0 ? marks : marks.slice(0, end + 1)
}

function sighted(life: Life, sighting: Sighting): Life {
  switch (sighting.kind) {
    case 'dhcp': {
      const { asked, answered, stage, why } = sighting
      const begun = startsBoot(life, asked, stage) ? newBoot(life, sighting.at) : life
      const said = `${stage} ${asked} → ${answered ?? 'silence'} (${why})`
      if (begun.state !== 'booting') return note(begun, sighting.at, said)
      const discovered = mark(begun, 'first-discover', sighting.at, said)
      return answered === 'ACK' ? mark(discovered, 'lease', sighting.at, said) : discovered
    }
    case 'script':
      return scripted(life, sighting)
    case 'transfer': {
      const said = `${sighting.protocol} ${sighting.file}, ${sighting.bytes} bytes in ${sighting.millis} ms: ${sighting.outcome}`
      const phase = phaseOfFile(sighting.file)
      return phase !== undefined && sighting.outcome === 'whole'
        ? mark(life, phase, sighting.at, said)
        : note(life, sighting.at, `transfer: ${said} (${sighting.why})`)
    }
    case 'alarm':
      return note(life, sighting.at, `${sighting.code}: ${sighting.why}`)
  }
}

function scripted(life: Life, { decision, why, at }: ScriptSighting): Life {
  const said = `${decision} (${why})`
  switch (decision) {
    case 'kvm-host': {
      const { waitingFor: _waitingFor, ...free } = life
      return mark(
        life.state === 'waiting' ? { ...free, state: 'booting' } : life,
        'script',
        at,
        said,
      )
    }
    case 'disk':
    case 'rescue':
      return note({ ...life, state: decision }, at, `script: ${said}`)
    case 'withheld':
      return note({ ...life, state: 'waiting', waitingFor: why }, at, `script: ${said}`)
    default:
      return note(life, at, `script: ${said}`)
  }
}

/** Firmware or a loader that asks after the script was given has been switched off and on. */
function startsBoot(life: Life, asked: string, stage: string): boolean {
  if (asked !== 'DISCOVER' || stage === 'os') return false
  return life.state !== 'booting' || hasMark(life, 'script')
}

function phaseOfFile(file: string): Phase | undefined {
  if (/(^|\/)vmlinuz$/.test(file)) return 'kernel'
  if (/(^|\/)initrd$/.test(file)) return 'initrd'
  return /\.(efi|kpxe)$/.test(file) ? 'loader' : undefined
}
