// Why this file exists: benchmark runs as people order them: in turn where they share machines, watched, called off, kept
// and compared.
import { mkdirSync, rmSync } from 'node:fs'
import type { Caller, HplComparisonView, HplRequest, HplRunView, JobView } from '#api'
import type { EntryId, Snapshot } from '#directory'
import { Fault } from '#fault'
import type { MachineState } from '#host'
import {
  type AskedRun,
  compareRuns,
  comparisonLines,
  explainRefusal,
  type HplResult,
  type MeasuredRun,
  outOfRange,
  unfitAsked,
} from '#hpl'
import type { HplRunTable } from '#store'
import { type Crew, crewOf } from './crew.ts'
import { performRun, type Progress, type RunParts, type Stage, stages } from './one-run.ts'
import { jobView, measured, readRecord, type RunRecord, runView, troubleOf } from './run-record.ts'

export interface BenchmarkParts extends RunParts {
  readonly runs: HplRunTable
  readonly snapshot: () => Snapshot
  readonly stateOf: (machine: EntryId) => MachineState
  readonly newId: () => string
  readonly tell: (kind: string, subject: string, text: string) => void
}

export const runsKeptMax = 1_000
/** Of one appliance, at work or waiting. */
export const runsAtOnceMax = 16
const secondsRange = { least: 1, most: 7 * 86_400 }
const secondsDefault = 3_600
const notesMax = 20
/** Of the time that core has for its end. */
const stopMsMax = 6_000

interface Active {
  readonly request: HplRequest
  readonly machines: ReadonlySet<string>
  readonly asked: AskedRun
  readonly control: AbortController
  record: RunRecord
  ended?: Promise<void>
}

export class Benchmarks implements AsyncDisposable {
  readonly #parts: BenchmarkParts
  /** In the order in which they came. */
  readonly #active = new Map<string, Active>()

  /** Runs that an earlier core left are over: nobody watched their end. */
  constructor(parts: BenchmarkParts) {
    this.#parts = parts
    rmSync(parts.folder, { recursive: true, force: true })
    mkdirSync(parts.folder, { recursive: true, mode: 0o700 })
    for (const record of this.#stored()) {
      if (record.state === 'running') this.#save(orphaned(record, parts.now()))
    }
  }

  /** Answers as soon as it is written down; it begins when its machines are free. */
  async run(request: HplRequest, { name }: Caller): Promise<JobView> {
    const asked = askedOf(request)
    const crew = this.#crew(request)
    if (this.#active.size >= runsAtOnceMax) throw tooMany()
    const { newId, now } = this.#parts
    const record = newRecord(crew, asked, { id: newId(), by: name, now: now() })
    const { machines } = crew
    const control = new AbortController()
    this.#active.set(record.id, { request, machines, asked, control, record })
    this.#save(record)
    this.#tell(record, `ordered by ${name}`)
    this.#next()
    return jobView(this.#find(record.id))
  }

  /** The newest first. */
  list(): readonly HplRunView[] {
    return this.#stored().map(runView)
  }

  show(id: string): HplRunView {
    return runView(this.#find(id))
  }

  compare(virtualId: string, physicalId: string): HplComparisonView {
    const virtual = this.#find(virtualId)
    const physical = this.#find(physicalId)
    const compared = compareRuns(figure(virtual, 'virtual'), figure(physical, 'physical'))
    if (!compared.ok) throw explainRefusal(compared.refusal, `${virtualId} and ${physicalId}`)
    const { ratio, label } = compared.value
    return {
      virtual: runView(virtual),
      physical: runView(physical),
      ratio,
      ...(label === undefined ? {} : { label }),
      lines: comparisonLines(compared.value),
    }
  }

  /** The newest first. */
  jobs(): readonly JobView[] {
    return this.#stored().map(jobView)
  }

  job(id: string): JobView | undefined {
    const record = this.#look(id)
    return record && jobView(record)
  }

  /** Resolves when it is over and its machines are clean; one that is over stays as it is. */
  async cancel(id: string): Promise<void> {
    this.#find(id)
    const active = this.#active.get(id)
    if (active === undefined) return
    active.control.abort()
    // It may have waited, and never began.
    if (active.ended === undefined) this.#end(active, { state: 'cancelled' })
    await active.ended
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = Promise.all([...this.#active.keys()].map((id) => this.cancel(id)))
    const { promise: late, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, stopMsMax)
    await Promise.race([all, late])
    clearTimeout(timer)
  }

  #crew(request: HplRequest): Crew {
    const { snapshot, stateOf } = this.#parts
    return crewOf(request, { snapshot: snapshot(), stateOf })
  }

  /** Starts whatever shares no machine with one that came before it. */
  #next(): void {
    const busy = new Set<string>()
    for (const active of this.#active.values()) {
      const isFree = active.machines.isDisjointFrom(busy)
      for (const machine of active.machines) busy.add(machine)
      if (isFree) active.ended ??= this.#perform(active)
    }
  }

  async #perform(active: Active): Promise<void> {
    try {
      const { request, asked, control, record } = active
      const crew = this.#crew(request)
      const secondsMax = request.secondsMax ?? secondsDefault
      const result = await performRun({ id: record.id, crew, asked, secondsMax }, this.#parts, {
        progress: this.#progressOf(active),
        signal: control.signal,
      })
      this.#end(active, { state: 'done', result })
    } catch (error) {
      this.#end(active, endingOf(error, active))
    }
  }

  #progressOf(active: Active): Progress {
    const put = (change: Partial<RunRecord>): void => {
      active.record = { ...active.record, ...change }
      this.#keep(active.record)
    }
    return {
      at: (stage, detail) => put(stageOf(stage, detail)),
      chosen: (problem, program, isEmulated) => put({ problem, program, isEmulated }),
      note: (text) => put({ notes: [...active.record.notes, text].slice(0, notesMax) }),
    }
  }

  #end(active: Active, ending: Ending): void {
    const { id } = active.record
    const record: RunRecord = {
      ...active.record,
      ...ending,
      endedAt: this.#parts.now(),
      doing: [],
      ...(ending.state === 'done' ? { stagesDone: stages.length } : {}),
    }
    this.#active.delete(id)
    this.#keep(record)
    this.#tell(record, endingText(record))
    this.#next()
  }

  #stored(): readonly RunRecord[] {
    return this.#parts.runs.list(runsKeptMax).flatMap(({ content }) => readRecord(content) ?? [])
  }

  #look(id: string): RunRecord | undefined {
    return readRecord(this.#parts.runs.find(id)?.content)
  }

  #find(id: string): RunRecord {
    const record = this.#look(id)
    if (record !== undefined) return record
    throw unknownRun(id, 'there is none of this name, or it is so old that it was forgotten')
  }

  #save(record: RunRecord): void {
    const { id, startedAt } = record
    this.#parts.runs.save({ id, startedAt, content: record }, runsKeptMax)
  }

  /** A run goes on, and its machines are cleaned, on a full disk too. */
  #keep(record: RunRecord): void {
    try {
      this.#save(record)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      this.#parts.tell('alarm', record.subject, `run ${record.id}: ${error.message}`)
    }
  }

  #tell({ id, subject }: RunRecord, text: string): void {
    this.#parts.tell('benchmark', subject, `run ${id}: ${text}`)
  }
}

interface Ending {
  readonly state: 'done' | 'failed' | 'cancelled'
  readonly result?: HplResult
  readonly trouble?: NonNullable<RunRecord['trouble']>
}

function askedOf({ N, NB, P, Q, ranksPerNode, secondsMax }: HplRequest): AskedRun {
  const asked = {
    ...(N === undefined ? {} : { N }),
    ...(NB === undefined ? {} : { NB }),
    ...(P === undefined ? {} : { P }),
    ...(Q === undefined ? {} : { Q }),
    ...(ranksPerNode === undefined ? {} : { ranksPerNode }),
  }
  const seconds = secondsMax ?? secondsDefault
  const refusal = unfitAsked(asked) ?? outOfRange('seconds', seconds, secondsRange)
  if (refusal !== undefined) throw explainRefusal(refusal, 'the request')
  return asked
}

function newRecord(
  { side, subject, members }: Crew,
  { N = 0, NB = 0, P = 0, Q = 0 }: AskedRun,
  { id, by, now }: { readonly id: string; readonly by: string; readonly now: number },
): RunRecord {
  return {
    id,
    side,
    subject,
    nodes: members.map(({ name }) => name),
    state: 'running',
    by,
    startedAt: now,
    problem: { N, NB, P, Q },
    isEmulated: false,
    stagesDone: 0,
    doing: ['waiting for its machines'],
    notes: [],
  }
}

const stageWords: Readonly<Record<Stage, string>> = {
  waiting: 'waiting for its machines',
  asking: 'asking the machines what they are',
  preparing: 'preparing the machines',
  running: 'running',
  cleaning: 'cleaning up the machines',
}

function stageOf(stage: Stage, detail?: string): Pick<RunRecord, 'stagesDone' | 'doing'> {
  const words = stageWords[stage]
  return {
    stagesDone: stages.indexOf(stage),
    doing: [detail === undefined ? words : `${words} ${detail}`],
  }
}

function endingOf(error: unknown, { control }: Active): Ending {
  if (control.signal.aborted) return { state: 'cancelled' }
  if (error instanceof Fault) return { state: 'failed', trouble: troubleOf(error) }
  throw error
}

function endingText({ state, result, trouble }: RunRecord): string {
  if (result !== undefined) return `${state}, ${result.gflops} GFLOPS`
  return trouble === undefined ? state : `${state}: ${trouble.code} ${trouble.why}`
}

function orphaned(record: RunRecord, now: number): RunRecord {
  const fault = new Fault('CPC-HPL-018', {
    what: 'the run was not watched to its end',
    where: record.subject,
    why: 'the appliance restarted while it was running',
    todo: 'order it again: what is left of it on its machines is ended first',
  })
  return { ...record, state: 'failed', endedAt: now, doing: [], trouble: troubleOf(fault) }
}

function figure(record: RunRecord, side: 'virtual' | 'physical'): MeasuredRun {
  const { id, state } = record
  if (record.side !== side) throw unknownRun(id, `it is a ${record.side} run, not a ${side} one`)
  const run = measured(record)
  if (run !== undefined) return run
  throw explainRefusal({ kind: 'no-figure', side, verdict: state }, id)
}

function unknownRun(id: string, why: string): Fault {
  return new Fault('CPC-HPL-019', {
    what: 'there is no such run',
    where: `run ${id}`,
    why,
    todo: 'list them: coppice hpl history',
  })
}

function tooMany(): Fault {
  return new Fault('CPC-HPL-016', {
    what: 'too many benchmarks are at work or waiting',
    where: 'this appliance',
    why: `there are ${runsAtOnceMax}, and more would wait for very long`,
    todo: 'wait for one to end, or cancel one: coppice job cancel ID',
  })
}
