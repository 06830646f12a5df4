// Why this file exists: a problem that is too small measures the network, one that is too large measures the swap; the 2008
// evaluation sized it as N = sqrt(n·D·U), and so do we, to be comparable with it.
import { type OutOfRange, outOfRange, type Problem, problemLimits, unfitField } from './problem.ts'

export interface SizeRequest {
  /** n of the formula. */
  readonly nodes: number
  readonly memoryBytesPerNode: number
  /** U of the formula: the share of the memory that the matrix may fill. */
  readonly use?: number
  readonly nb?: number
  /** Two by default: the evaluation's hosts had two cores. */
  readonly ranksPerNode?: number
}

export type SizeRefusal =
  | OutOfRange
  | { readonly kind: 'share-unfit'; readonly given: number }
  /** The whole matrix would be smaller than one block. */
  | { readonly kind: 'memory-too-small'; readonly order: number; readonly NB: number }

export type Sized =
  | { readonly ok: true; readonly value: Problem }
  | { readonly ok: false; readonly refusal: SizeRefusal }

export const sizeDefaults = { use: 0.8, nb: 168, ranksPerNode: 2 } as const

const bytesPerDouble = 8
const nodesRange = { least: 1, most: 10_000 }
export const ranksPerNodeRange = { least: 1, most: 1_024 }
const memoryBytesRange = { least: bytesPerDouble, most: 64 * 2 ** 40 }

export function sizeRun(request: SizeRequest): Sized {
  const { nodes, memoryBytesPerNode, use, nb, ranksPerNode } = { ...sizeDefaults, ...request }
  const unfit =
    outOfRange('nodes', nodes, nodesRange) ??
    outOfRange('memory per node in bytes', memoryBytesPerNode, memoryBytesRange) ??
    outOfRange('NB', nb, problemLimits.NB) ??
    outOfRange('ranks per node', ranksPerNode, ranksPerNodeRange)
  if (unfit !== undefined) return { ok: false, refusal: unfit }
  if (!(use > 0 && use <= 1)) return { ok: false, refusal: { kind: 'share-unfit', given: use } }

  const doublesPerNode = Math.floor(memoryBytesPerNode / bytesPerDouble)
  const order = Math.floor(Math.sqrt(nodes * doublesPerNode * use))
  // A last block that is not whole would cost like a whole one and count for less.
  const N = order - (order % nb)
  if (N === 0) return { ok: false, refusal: { kind: 'memory-too-small', order, NB: nb } }
  const problem = { N, NB: nb, ...squarestGrid(nodes * ranksPerNode) }
  const beyond = unfitField(problem)
  return beyond === undefined ? { ok: true, value: problem } : { ok: false, refusal: beyond }
}

/** P ≤ Q: HPL sends more along the rows of the grid than along its columns. */
export function squarestGrid(ranks: number): Pick<Problem, 'P' | 'Q'> {
  let P = Math.floor(Math.sqrt(ranks))
  while (ranks % P !== 0) P -= 1
  return { P, Q: ranks / P }
}
