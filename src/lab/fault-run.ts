// Why this file exists: each row of the fault table is run on a rack of one machine, and judged by what the run said, since an
// appliance that fails silently is worse than one that fails.
import { exitStatus, Fault, faultLines } from '#fault'
import { breakOn } from './break.ts'
import { type LabFault, labFaultTable } from './faults.table.ts'
import { type LabFlags, readOptions } from './options.ts'
import { planRack } from './plan.ts'
import { takeDown } from './rack.ts'
import { beginRun, type LabRun, runLab } from './run.ts'

export interface FaultIo {
  readonly out: (line: string) => void
  readonly signal: AbortSignal
}

export interface Ending {
  readonly elapsedMs: number
  /** Absent when the run completed. */
  readonly fault?: Fault
}

/** Starting and taking away are not part of the deadline that a run gives its machines. */
const overheadMs = 120_000
const faultPatiencePercent = 40

/** Why the ending does not keep the row's promise; `undefined` when it does. Pure. */
export function complaintAbout(row: LabFault, ending: Ending): string | undefined {
  const allowedMs = row.deadlineSeconds * 1000 + overheadMs
  if (ending.elapsedMs > allowedMs) return `it took ${Math.round(ending.elapsedMs / 1000)} s`
  if (ending.fault === undefined)
    return row.ends === 'explained' ? 'the run completed as if nothing had happened' : undefined
  if (row.ends === 'complete') return `the run should have completed: ${ending.fault.message}`
  const { what, where, why, todo } = ending.fault.text
  const said = [what, where, why, todo].join(' ').toLowerCase()
  const unsaid = (row.says ?? []).filter((words) => !said.includes(words.toLowerCase()))
  return unsaid.length === 0
    ? undefined
    : `the explanation does not say ${unsaid.join(', ')}: ${said}`
}

export async function testFaults(flags: LabFlags, io: FaultIo): Promise<number> {
  const rows = chosen(flags.fault)
  const broken: string[] = []
  for (const row of rows) {
    io.signal.throwIfAborted()
    io.out(`\n== ${row.name}: ${row.promise}`)
    const complaint = complaintAbout(row, await runFault(row, flags, io))
    io.out(
      complaint === undefined ? `== ${row.name}: kept` : `== ${row.name}: NOT KEPT, ${complaint}`,
    )
    if (complaint !== undefined) broken.push(row.name)
  }
  io.out(`\n${rows.length - broken.length} of ${rows.length} promises kept`)
  return broken.length === 0 ? exitStatus.done : exitStatus.failed
}

function chosen(name: string | undefined): readonly LabFault[] {
  if (name === undefined) return labFaultTable.filter(({ usual }) => usual)
  const rows = labFaultTable.filter((row) => row.name === name)
  if (rows.length > 0) return rows
  throw new Fault('CPC-LAB-016', {
    what: 'there is no such fault to try',
    where: `--fault ${name}`,
    why: `the table knows ${labFaultTable.map((row) => row.name).join(', ')}`,
    todo: 'take one of these, or leave the flag out for the usual ones',
  })
}

async function runFault(row: LabFault, flags: LabFlags, io: FaultIo): Promise<Ending> {
  const memory = row.breaks.kind === 'memory' ? { memory: row.breaks.memoryMiB } : {}
  const options = readOptions({
    ...flags,
    ...memory,
    rack: flags.rack ?? 'coppice-fault',
    machines: row.machines ?? 1,
    until: row.breaks.kind === 'scenes' ? 'cluster' : 'ready',
    deadline: row.deadlineSeconds,
    // What is broken on purpose needs no half hour of patience.
    patience: flags.patience ?? faultPatiencePercent,
  })
  const plan = planRack(options)
  const run: LabRun = {
    plan,
    options,
    signal: io.signal,
    print: io.out,
    breaks: breakOn(row.breaks, plan, io.out),
  }
  await beginRun(run)
  const from = performance.now()
  try {
    await runLab(run)
    return { elapsedMs: performance.now() - from }
  } catch (fault) {
    // Anything but a Fault is a defect of ours: it ends the test, unexplained as it is.
    if (!(fault instanceof Fault) || io.signal.aborted) throw fault
    io.out(faultLines(fault.code, fault.text))
    return { elapsedMs: performance.now() - from, fault }
  } finally {
    await takeDown(plan.stateDir, 'rack')
  }
}
