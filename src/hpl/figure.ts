// Why this file exists: hpcc that misses its processes solves a problem of its own choice and reports PASSED; so a result
// becomes a figure only here, after it was held against what was asked.
import type { HplReport, HplResult } from './output.ts'
import { type Difference, type Problem, problemDifferences } from './problem.ts'

export type FigureRefusal =
  | { readonly kind: 'no-result'; readonly messages: readonly string[] }
  | { readonly kind: 'incomplete'; readonly results: number; readonly messages: readonly string[] }
  | { readonly kind: 'check-failed'; readonly result: HplResult }
  | { readonly kind: 'unchecked'; readonly result: HplResult }
  | {
      readonly kind: 'other-problem'
      readonly differences: readonly Difference[]
      readonly messages: readonly string[]
    }
  /** HPL said that it cannot do what was asked, and there are results all the same. */
  | { readonly kind: 'own-choice'; readonly complaint: string }
  /** hpcc appends to the output of an earlier run, so nobody can tell which result is this run's. */
  | { readonly kind: 'several-results'; readonly results: number }

export type Figure =
  | { readonly ok: true; readonly value: HplResult }
  | { readonly ok: false; readonly refusal: FigureRefusal }

/** The one result of a run, if it is a valid figure for the problem that was asked. */
export function figureOf(report: HplReport, asked: Problem): Figure {
  const { results, messages } = report
  const different = results
    .map((result) => problemDifferences(asked, result))
    .find((differences) => differences.length > 0)
  if (different !== undefined) {
    return { ok: false, refusal: { kind: 'other-problem', differences: different, messages } }
  }
  const trouble = troubleWith(report)
  if (trouble !== undefined) return { ok: false, refusal: trouble }
  const [result, ...others] = results
  if (result === undefined) return { ok: false, refusal: { kind: 'no-result', messages } }
  if (others.length === 0) return { ok: true, value: result }
  return { ok: false, refusal: { kind: 'several-results', results: results.length } }
}

const ownChoiceComplaint = /^(Need at least \d+ processes|Illegal input)/

/** Why the results of an output are no valid figures, whatever was asked. */
export function troubleWith({
  results,
  isComplete,
  messages,
}: HplReport): FigureRefusal | undefined {
  if (results.length === 0) return { kind: 'no-result', messages }
  const complaint = messages.find((message) => ownChoiceComplaint.test(message))
  if (complaint !== undefined) return { kind: 'own-choice', complaint }
  const failed = results.find(({ verdict }) => verdict === 'FAILED')
  if (failed !== undefined) return { kind: 'check-failed', result: failed }
  if (!isComplete) return { kind: 'incomplete', results: results.length, messages }
  const unchecked = results.find(({ verdict }) => verdict === 'UNCHECKED')
  return unchecked === undefined ? undefined : { kind: 'unchecked', result: unchecked }
}
