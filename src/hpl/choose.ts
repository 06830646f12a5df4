// Why this file exists: whoever asks for a run may leave each of its numbers open; they are filled in here, from what the
// machines of the run have in common, so that every rank gets the same share of work.
import type { LaunchRefusal } from './launch.ts'
import type { NodeFacts } from './node.ts'
import {
  type OutOfRange,
  outOfRange,
  type Problem,
  problemFields,
  problemLimits,
} from './problem.ts'
import { ranksPerNodeRange, sizeDefaults, type SizeRefusal, sizeRun, squarestGrid } from './size.ts'

export interface AskedRun extends Partial<Problem> {
  readonly ranksPerNode?: number
}

export interface ChosenRun {
  readonly problem: Problem
  /** For each machine, in their order. */
  readonly ranks: readonly number[]
}

export type Chosen =
  | { readonly ok: true; readonly value: ChosenRun }
  | { readonly ok: false; readonly refusal: SizeRefusal | LaunchRefusal }

/** What a simulated processor solves in a minute or so; a matrix that fills its memory would take it days. */
const emulatedOrderMax = 1008

/** The first number that no run can have, before any machine is asked. */
export function unfitAsked(asked: AskedRun): OutOfRange | undefined {
  for (const field of problemFields) {
    const given = asked[field]
    const unfit = given === undefined ? undefined : outOfRange(field, given, problemLimits[field])
    if (unfit !== undefined) return unfit
  }
  const { ranksPerNode } = asked
  if (ranksPerNode === undefined) return undefined
  return outOfRange('ranks per node', ranksPerNode, ranksPerNodeRange)
}

export function chooseRun(asked: AskedRun, nodes: readonly NodeFacts[]): Chosen {
  const perNode = asked.ranksPerNode ?? Math.min(...nodes.map(({ cpus }) => cpus))
  const unfit =
    unfitAsked(asked) ??
    outOfRange('nodes', nodes.length, nodesRange) ??
    outOfRange('ranks per node', perNode, ranksPerNodeRange)
  if (unfit !== undefined) return { ok: false, refusal: unfit }
  const grid = gridOf(asked, nodes.length * perNode)
  const ranks =
    asked.ranksPerNode === undefined
      ? sharedOut(grid.P * grid.Q, nodes.length)
      : nodes.map(() => perNode)
  const order = orderOf(asked, nodes)
  if (!order.ok) return order
  const problem = { N: order.value, NB: asked.NB ?? sizeDefaults.nb, ...grid }
  return { ok: true, value: { problem, ranks } }
}

const nodesRange = { least: 1, most: 10_000 }

/** Sides that do not go into the ranks are left to the launch to refuse: it knows both numbers. */
function gridOf({ P, Q }: AskedRun, ranks: number): Pick<Problem, 'P' | 'Q'> {
  if (P !== undefined) return { P, Q: Q ?? Math.max(1, Math.floor(ranks / P)) }
  if (Q !== undefined) return { P: Math.max(1, Math.floor(ranks / Q)), Q }
  return squarestGrid(ranks)
}

/** As evenly as it goes; the first machines have one more. */
function sharedOut(ranks: number, nodes: number): readonly number[] {
  const share = Math.floor(ranks / nodes)
  const more = ranks - share * nodes
  return Array.from({ length: nodes }, (_, at) => share + (at < more ? 1 : 0))
}

function orderOf(
  { N, NB = sizeDefaults.nb }: AskedRun,
  nodes: readonly NodeFacts[],
):
  | { readonly ok: true; readonly value: number }
  | { readonly ok: false; readonly refusal: SizeRefusal } {
  if (N !== undefined) return { ok: true, value: N }
  const memoryBytesPerNode = Math.min(...nodes.map(({ memoryBytes }) => memoryBytes))
  const sized = sizeRun({ nodes: nodes.length, memoryBytesPerNode, nb: NB })
  if (!sized.ok) return sized
  if (!nodes.some(({ isEmulated }) => isEmulated)) return { ok: true, value: sized.value.N }
  const blocks = Math.max(1, Math.floor(emulatedOrderMax / NB))
  return { ok: true, value: Math.min(sized.value.N, blocks * NB) }
}
