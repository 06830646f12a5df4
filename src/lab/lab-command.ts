// Why this file exists: the three things a person can want of a rack, and what each leaves behind when it ends, well or not.
import { existsSync } from 'node:fs'
import { exitStatus, Fault, faultLines } from '#fault'
import { askKeeper } from './bmc/ask.ts'
import { keeperSocket } from './bmc/start-keeper.ts'
import { testFaults } from './fault-run.ts'
import { note } from './journal.ts'
import { type LabFlags, type LabOptions, readOptions } from './options.ts'
import { planRack, type RackPlan } from './plan.ts'
import { commandOf, processesIn } from './processes.ts'
import { standing, takeDown } from './rack.ts'
import { beginRun, breaksNothing, type LabRun, lookAround, runLab } from './run.ts'

export type LabVerb = 'up' | 'down' | 'status' | 'test'

export interface LabIo {
  readonly out: (line: string) => void
  readonly err: (line: string) => void
}

/** `coppice lab VERB`; the number is the exit status. Faults are printed here, with what the run has seen. */
export async function labCommand(verb: LabVerb, flags: LabFlags, io: LabIo): Promise<number> {
  const stop = new AbortController()
  const interrupt = (): void => stop.abort(interrupted())
  process.once('SIGINT', interrupt)
  process.once('SIGTERM', interrupt)
  try {
    return await obey(verb, flags, { ...io, signal: stop.signal })
  } catch (error) {
    const fault = stop.signal.aborted ? interrupted() : error
    if (!(fault instanceof Fault)) throw error
    io.err(faultLines(fault.code, fault.text))
    return exitStatus[fault.entry.exit]
  } finally {
    process.off('SIGINT', interrupt)
    process.off('SIGTERM', interrupt)
  }
}

interface Terminal extends LabIo {
  readonly signal: AbortSignal
}

async function obey(verb: LabVerb, flags: LabFlags, io: Terminal): Promise<number> {
  const options = readOptions(flags)
  const plan = planRack(options)
  switch (verb) {
    case 'up':
      return up(plan, options, io)
    case 'down':
      return down(plan, io)
    case 'status':
      return status(plan, io)
    case 'test':
      return testFaults(flags, io)
  }
}

async function up(plan: RackPlan, options: LabOptions, io: Terminal): Promise<number> {
  const run: LabRun = { plan, options, signal: io.signal, print: io.out, breaks: breaksNothing }
  await beginRun(run)
  try {
    await runLab(run)
  } finally {
    if (options.keep && !io.signal.aborted) keep(plan, io)
    else await takeDown(plan.stateDir, 'rack')
  }
  return exitStatus.done
}

function keep(plan: RackPlan, io: LabIo): void {
  note(plan.stateDir, { kind: 'kept' })
  for (const line of lookAround(plan)) io.out(line)
}

async function down(plan: RackPlan, io: LabIo): Promise<number> {
  const told = await takeDown(plan.stateDir, 'everything')
  for (const line of told) io.out(line)
  io.out(told.length === 0 ? `no rack ${plan.rack} stands` : `the rack ${plan.rack} is gone`)
  return exitStatus.done
}

async function status(plan: RackPlan, io: LabIo): Promise<number> {
  const found = standing(plan.stateDir)
  if (found.kind === 'nothing') {
    io.out(`no rack ${plan.rack} stands`)
    return exitStatus.notFound
  }
  io.out(
    found.kind === 'running'
      ? `a run is at work, process ${found.run.pid}`
      : `the rack is ${found.kind}`,
  )
  for (const name of [plan.applianceNamespace, plan.rackNamespace])
    for (const { pid } of processesIn(name))
      io.out(`${name}  ${pid}  ${commandOf(pid).slice(0, 100)}`)
  if (!existsSync(keeperSocket(plan))) return exitStatus.done
  for (const { name, mac, firmware } of plan.machines) {
    const power = await askKeeper(keeperSocket(plan), 'GET', `/${name}`).catch(() => undefined)
    if (power !== undefined) io.out(`${name}  ${mac}  ${firmware}  ${power.on ? 'on' : 'off'}`)
  }
  return exitStatus.done
}

function interrupted(): Fault {
  return new Fault('CPC-LAB-015', {
    what: 'the run was interrupted',
    where: 'this terminal',
    why: 'it was asked to end',
    todo: 'nothing: what stood has been taken away; logs stay until the next run',
  })
}
