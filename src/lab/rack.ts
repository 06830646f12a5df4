// Why this file exists: a rack is raised from its plan and taken away by its journal; the two must meet whatever happened
// between them.
import { existsSync, rmSync } from 'node:fs'
import { Fault } from '#fault'
import { must } from './command.ts'
import { journalPath, type JournalEntry, note, readJournal } from './journal.ts'
import type { RackPlan } from './plan.ts'
import { end, isAlive, markOf, type ProcessMark, processesBelow, processesIn } from './processes.ts'
import { wiringCommands } from './wiring.ts'
import { startKeeper } from './bmc/start-keeper.ts'

const runGraceMs = 30_000
/** What is taken away loses its data too: an orderly end is a courtesy to its log. */
const processGraceMs = 1000

export type Standing =
  | { readonly kind: 'nothing' }
  /** A lab run is at work on it now. */
  | { readonly kind: 'running'; readonly run: ProcessMark }
  /** It was to stay after its run. */
  | { readonly kind: 'kept' }
  /** Its run is gone and did not mean to leave it. */
  | { readonly kind: 'crashed' }

export function standing(stateDir: string): Standing {
  const entries = readJournal(stateDir)
  if (entries === undefined) return { kind: 'nothing' }
  const run = entries.findLast((entry) => entry.kind === 'run')
  if (run !== undefined && run.pid !== process.pid && isAlive(run)) return { kind: 'running', run }
  return entries.some(({ kind }) => kind === 'kept') ? { kind: 'kept' } : { kind: 'crashed' }
}

/** The journal is open from here on: whatever comes after is taken away by `takeDown`. */
export function claimRack(plan: RackPlan): void {
  const found = standing(plan.stateDir)
  if (found.kind === 'running')
    throw standsAlready(plan, `a run is at work on it (process ${found.run.pid})`)
  if (found.kind === 'kept') throw standsAlready(plan, 'an earlier run left it up with --keep')
  for (const name of [plan.applianceNamespace, plan.rackNamespace])
    if (found.kind === 'nothing' && existsSync(`/run/netns/${name}`))
      throw standsAlready(plan, `a network namespace ${name} exists that no rack here has made`)
  const mark = markOf(process.pid)
  if (mark !== undefined) note(plan.stateDir, { kind: 'run', ...mark })
}

function standsAlready(plan: RackPlan, why: string): Fault {
  return new Fault('CPC-LAB-004', {
    what: `the rack ${plan.rack} stands already`,
    where: journalPath(plan.stateDir),
    why,
    todo: 'take it away with "coppice lab down", or raise another with --rack NAME and --state DIR',
  })
}

export async function raiseRack(plan: RackPlan, signal: AbortSignal): Promise<void> {
  for (const name of [plan.applianceNamespace, plan.rackNamespace])
    note(plan.stateDir, { kind: 'namespace', name })
  for (const argv of wiringCommands(plan)) await must(argv, { signal })
  await startKeeper(plan)
}

/** What was found and ended, for people. The logs stay unless `everything` is to go. */
export async function takeDown(
  stateDir: string,
  extent: 'rack' | 'everything',
): Promise<readonly string[]> {
  const entries = readJournal(stateDir) ?? []
  const told = [...(await endRun(entries)), ...(await endProcesses(entries))]
  for (const entry of entries)
    if (entry.kind === 'namespace') told.push(...(await removeNamespace(entry.name)))
  // The journal goes last: until then a second `down` finds what this one left.
  if (extent === 'everything') rmSync(stateDir, { recursive: true, force: true })
  else rmSync(journalPath(stateDir), { force: true })
  return told
}

async function endRun(entries: readonly JournalEntry[]): Promise<string[]> {
  const runs = entries
    .filter((entry) => entry.kind === 'run')
    .filter((run) => run.pid !== process.pid)
  const alive = runs.filter(isAlive)
  await end(alive, runGraceMs)
  return alive.map(({ pid }) => `ended the run at work, process ${pid}`)
}

async function endProcesses(entries: readonly JournalEntry[]): Promise<string[]> {
  const alive = entries.filter((entry) => entry.kind === 'process').filter(isAlive)
  await end(alive, processGraceMs)
  return alive.map(({ pid, what }) => `ended ${what}, process ${pid}`)
}

/** A namespace lives as long as a process in it does, so these go first. */
async function removeNamespace(name: string): Promise<string[]> {
  if (!existsSync(`/run/netns/${name}`)) return []
  const inside = processesBelow(name)
  await end(inside, processGraceMs)
  // What a dying keeper restarted in the meantime.
  await end(processesIn(name), processGraceMs)
  await must(['ip', 'netns', 'delete', name])
  return [`removed the namespace ${name} and ${inside.length} processes in it`]
}
