// Why this file exists: the run ends with one table: every step of every machine, in seconds since its power-on, with what
// the appliance said about it.
import { type PhaseName, phaseNames, phaseOf, type Timeline } from './phases.ts'
import type { MachinePlan } from './plan.ts'

export interface TableMachine {
  readonly plan: MachinePlan
  readonly timeline: Timeline
}

const gap = '  '

export function phaseTable(machines: readonly TableMachine[]): string {
  const rows = [
    ['phase', ...machines.map(({ plan }) => heading(plan))],
    ...phaseNames.map((name) => [name, ...machines.map(({ timeline }) => cell(timeline, name))]),
  ]
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  )
  return rows
    .map((row) =>
      row
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join(gap)
        .trimEnd(),
    )
    .join('\n')
}

function heading({ name, firmware, bmc }: MachinePlan): string {
  return `${name} (${firmware === 'bios' ? 'BIOS' : 'UEFI'}, ${bmc.protocol === 'ipmi' ? 'IPMI' : 'Redfish'})`
}

function cell(timeline: Timeline, name: PhaseName): string {
  const found = phaseOf(timeline, name)
  if (found === undefined) return '-'
  const from = phaseOf(timeline, 'power-on')?.at ?? timeline.phases[0]?.at ?? found.at
  const text = `${seconds(found.at - from).padStart(7)} s`
  return found.detail === '' ? text : `${text}  ${shortened(found.detail)}`
}

export function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(1)
}

const detailCharactersMax = 44

/** A detail may hold what a machine said of itself: one line, nothing that steers a terminal. */
function shortened(detail: string): string {
  const plain = detail.replace(/\p{C}+/gu, ' ').trim()
  return plain.length <= detailCharactersMax ? plain : `${plain.slice(0, detailCharactersMax - 1)}~`
}
