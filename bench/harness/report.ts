// Why this file exists: figures are read by people as a table; a target that is missed stands there as plainly as one
// that is met.
import type { Figure, Report, Target } from './bench.ts'
import { type Spread, spreadOf } from './statistics.ts'

const columns = ['what', 'who', 'median', 'p99', 'min', 'max', 'n', 'target']

export function reportText({ bench, machine, options, figures }: Report): string {
  const rows = [columns, columns.map(() => '---'), ...figures.map(rowOf)]
  const table = rows.map((row) => `| ${row.join(' | ')} |`).join('\n')
  const how = options.isUndisturbed ? ', with real-time priority' : ''
  return `\nbench ${bench}; ${machine}${how}\n\n${table}\n`
}

function rowOf({ what, who, unit, samples, target }: Figure): readonly string[] {
  const spread = spreadOf(samples)
  const { median, p99, min, max } = spread
  const cells = [median, p99, min, max].map((value) => `${shown(value)} ${unit}`)
  return [what, who, ...cells, String(samples.length), verdict(spread, unit, target)]
}

/** What was promised and is not so. */
export function missedIn({ bench, figures }: Report): readonly string[] {
  return figures.flatMap(({ what, samples, target }) =>
    target === undefined || isMet(spreadOf(samples), target) ? [] : [`${bench}: ${what}`],
  )
}

function isMet(spread: Spread, target: Target): boolean {
  return spread[target.of] <= target.most
}

function verdict(spread: Spread, unit: string, target: Figure['target']): string {
  if (target === undefined) return ''
  const word = isMet(spread, target) ? 'met' : 'MISSED'
  return `${target.of} ≤ ${target.most} ${unit}: ${word}`
}

function shown(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}
