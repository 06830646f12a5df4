// Why this file exists: a cluster's start is judged by its spread: each node's time for each step, then mean, least and most,
// as the paper of 2008 prints them, and beside them what a plain shell loop needs.
import { seconds } from '../table.ts'
import { betweenMarks, vcnPhaseNames, type VcnMarks } from './views.ts'

export interface PlainStart {
  readonly vcn: string
  /** From the process to its first answer, milliseconds. */
  readonly bootMs: number
  /** With the making of its overlay and its port. */
  readonly wholeMs: number
}

/** Seconds since the first step of the cluster. Pure. */
export function marksTable(marks: readonly VcnMarks[]): string {
  const first = Math.min(...marks.flatMap(({ phases }) => phases.map(({ at }) => at)))
  const cell = ({ phases }: VcnMarks, name: string): string => {
    const at = phases.find(({ phase }) => phase === name)?.at
    return at === undefined ? '-' : seconds(at - first)
  }
  return aligned([
    ['phase', ...marks.map(({ vcn, host }) => `${vcn} (${host})`), 'mean', 'min', 'max'],
    ...vcnPhaseNames.map((name) => [
      name,
      ...marks.map((one) => cell(one, name)),
      ...spread(
        marks
          .flatMap(({ phases }) => phases.filter(({ phase }) => phase === name))
          .map(({ at }) => at - first),
      ),
    ]),
  ])
}

/** Ours and the plain loop's, from the same points to the same answer. Pure. */
export function besideTable(marks: readonly VcnMarks[], plain: readonly PlainStart[]): string {
  const boots = marks.map((one) => betweenMarks(one, 'started', 'reachable') ?? Number.NaN)
  const wholes = marks.map((one) => betweenMarks(one, 'entry-shown', 'reachable') ?? Number.NaN)
  const rows = (title: string, own: readonly number[], other: readonly number[]) => [
    [title, 'Coppice', ...spread(own)],
    ['', 'plain loop', ...spread(other)],
  ]
  return aligned([
    ['seconds', 'by', 'mean', 'min', 'max'],
    ...rows(
      'all is ready to process started',
      marks.map((one) => betweenMarks(one, 'defined', 'started') ?? Number.NaN),
      plain.map(({ bootMs, wholeMs }) => wholeMs - bootMs),
    ),
    ...rows(
      'process started to first answer',
      boots,
      plain.map(({ bootMs }) => bootMs),
    ),
    ...rows(
      'nothing there to first answer',
      wholes,
      plain.map(({ wholeMs }) => wholeMs),
    ),
  ])
}

function spread(milliseconds: readonly number[]): readonly string[] {
  if (milliseconds.length === 0) return ['-', '-', '-']
  const mean = milliseconds.reduce((sum, one) => sum + one, 0) / milliseconds.length
  return [mean, Math.min(...milliseconds), Math.max(...milliseconds)].map(seconds)
}

export function aligned(rows: readonly (readonly string[])[]): string {
  const columns = Math.max(...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  )
  const line = (row: readonly string[]): string =>
    row.map((text, column) => text.padEnd(widths[column] ?? 0)).join('  ')
  return rows.map((row) => line(row).trimEnd()).join('\n')
}
