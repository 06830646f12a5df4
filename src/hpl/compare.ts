// Why this file exists: what virtualization costs can be read from two runs only when nothing else differs between them, so
// twins that are none are refused by name, and emulated ones carry their label wherever they are shown.
import type { HplResult } from './output.ts'
import { type Difference, type Problem, problemDifferences, problemText } from './problem.ts'
import type { Program } from './program.ts'

export interface MeasuredRun {
  /** As `figureOf` returned it. */
  readonly result: HplResult
  readonly program: Program
  /** Its processors were simulated in software, on this level or below it. */
  readonly isEmulated: boolean
}

export interface Comparison {
  readonly problem: Problem
  readonly virtual: MeasuredRun
  readonly physical: MeasuredRun
  /** GFLOPS of the virtual run for each of the physical. */
  readonly ratio: number
  readonly label?: typeof emulatedLabel
}

export type CompareRefusal =
  | { readonly kind: 'not-twins'; readonly differences: readonly Difference[] }
  | { readonly kind: 'no-figure'; readonly side: 'virtual' | 'physical'; readonly verdict: string }

export type Compared =
  | { readonly ok: true; readonly value: Comparison }
  | { readonly ok: false; readonly refusal: CompareRefusal }

export const emulatedLabel = 'emulated: percentages have no meaning'

export function compareRuns(virtual: MeasuredRun, physical: MeasuredRun): Compared {
  for (const [side, { result }] of [
    ['virtual', virtual],
    ['physical', physical],
  ] as const) {
    if (result.verdict === 'PASSED' && result.gflops > 0) continue
    return { ok: false, refusal: { kind: 'no-figure', side, verdict: result.verdict } }
  }
  const differences = differencesOf(virtual, physical)
  if (differences.length > 0) return { ok: false, refusal: { kind: 'not-twins', differences } }
  const { N, NB, P, Q } = physical.result
  return {
    ok: true,
    value: {
      problem: { N, NB, P, Q },
      virtual,
      physical,
      ratio: virtual.result.gflops / physical.result.gflops,
      ...(virtual.isEmulated || physical.isEmulated ? { label: emulatedLabel } : {}),
    },
  }
}

function differencesOf(virtual: MeasuredRun, physical: MeasuredRun): readonly Difference[] {
  const texts: readonly Difference[] = [
    { what: 'variant', one: virtual.result.variant, other: physical.result.variant },
    { what: 'hpcc', one: virtual.program.sha256, other: physical.program.sha256 },
    { what: 'BLAS', one: virtual.program.blas, other: physical.program.blas },
  ]
  return [
    ...problemDifferences(virtual.result, physical.result),
    ...texts.filter(({ one, other }) => one !== other),
  ]
}

/** Side by side, for people. */
export function comparisonLines(comparison: Comparison): readonly string[] {
  const { problem, virtual, physical, ratio, label } = comparison
  const row = (side: string, { result }: MeasuredRun): string =>
    `${side.padEnd(10)}${result.gflops.toPrecision(4).padStart(12)} GFLOPS${result.seconds.toFixed(2).padStart(12)} s`
  return [
    `HPL ${problemText(problem)}`,
    row('virtual', virtual),
    row('physical', physical),
    `virtual reaches ${(ratio * 100).toFixed(1)} % of physical${label === undefined ? '' : ` (${label})`}`,
  ]
}
