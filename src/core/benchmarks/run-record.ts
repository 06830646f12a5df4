// Why this file exists: what is remembered of a run, as it is stored, and as it is shown: as a run and as a job.
import { z } from 'zod'
import type { HplRunView, JobView, TroubleView } from '#api'
import type { Fault } from '#fault'
import { emulatedLabel, type MeasuredRun } from '#hpl'
import { stages } from './one-run.ts'

const problemForm = {
  N: z.number(),
  NB: z.number(),
  P: z.number(),
  Q: z.number(),
} as const

const recordForm = z
  .object({
    id: z.string(),
    side: z.enum(['virtual', 'physical']),
    subject: z.string(),
    nodes: z.array(z.string()).readonly(),
    state: z.enum(['running', 'done', 'failed', 'cancelled']),
    by: z.string(),
    startedAt: z.number(),
    endedAt: z.number().exactOptional(),
    /** 0 where nobody has chosen yet. */
    problem: z.object(problemForm).readonly(),
    program: z.object({ sha256: z.string(), blas: z.string() }).readonly().exactOptional(),
    isEmulated: z.boolean(),
    result: z
      .object({
        ...problemForm,
        variant: z.string(),
        seconds: z.number(),
        gflops: z.number(),
        residual: z.number().exactOptional(),
        verdict: z.enum(['PASSED', 'FAILED', 'UNCHECKED']),
      })
      .readonly()
      .exactOptional(),
    stagesDone: z.number(),
    doing: z.array(z.string()).readonly(),
    notes: z.array(z.string()).readonly(),
    trouble: z
      .object({
        code: z.string(),
        what: z.string(),
        where: z.string(),
        why: z.string(),
        do: z.string(),
      })
      .readonly()
      .exactOptional(),
  })
  .readonly()

export type RunRecord = z.infer<typeof recordForm>

/** `undefined` for what no release of ours wrote. */
export function readRecord(content: unknown): RunRecord | undefined {
  return recordForm.safeParse(content).data
}

export function troubleOf({ code, text }: Fault): TroubleView {
  const { what, where, why, todo } = text
  return { code, what, where, why, do: todo }
}

export function runView(record: RunRecord): HplRunView {
  const { id, side, subject, nodes, state, problem, result, program, isEmulated } = record
  return {
    id,
    side,
    subject,
    nodes,
    state,
    ...problem,
    ...(result === undefined ? {} : { gflops: result.gflops, seconds: result.seconds }),
    ...(program === undefined ? {} : { program }),
    ...(isEmulated ? { label: emulatedLabel } : {}),
    ...timesOf(record),
    ...(record.trouble === undefined ? {} : { trouble: record.trouble }),
  }
}

/** A run and the job that makes it have one number. */
export function jobView(record: RunRecord): JobView {
  const { id, subject, state, by, doing, notes, trouble } = record
  return {
    id,
    kind: 'hpl',
    subject,
    state,
    by,
    ...timesOf(record),
    steps: { done: record.stagesDone, total: stages.length },
    doing,
    writes: { libvirt: 0, ldap: 0 },
    changes: 0,
    notes,
    ...(trouble === undefined ? {} : { trouble }),
    run: id,
  }
}

function timesOf({ startedAt, endedAt }: RunRecord) {
  return {
    startedAt: new Date(startedAt).toISOString(),
    ...(endedAt === undefined ? {} : { endedAt: new Date(endedAt).toISOString() }),
  }
}

/** `undefined` for a run without a figure. */
export function measured({ result, program, isEmulated }: RunRecord): MeasuredRun | undefined {
  return result === undefined || program === undefined ? undefined : { result, program, isEmulated }
}
