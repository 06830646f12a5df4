// Why this file exists: a plan is what a person says yes to, so it must be read at a glance, also with a thousand nodes in it.
import type { PlanView } from '#api'
import { foldNodeSet } from '#directory'
import type { Listing } from './print.ts'
import { plainText, tableLines } from './table.ts'

interface Row {
  readonly vcns: string
  readonly change: string
  readonly host: string
  readonly why: string
}

const rowListing: Listing<Row> = {
  nameOf: ({ vcns }) => vcns,
  columns: [
    { title: 'vcn', text: ({ vcns }) => vcns },
    { title: 'change', text: ({ change }) => change },
    { title: 'host', text: ({ host }) => host },
    { title: 'why', text: ({ why }) => why },
  ],
}

/** What stays as it is counts as no change. */
const keep = 'keep'
const stepsShownMax = 50

/** The nodes and what becomes of them, then what it comes to. */
export function planLines(plan: PlanView, withHeaders: boolean): readonly string[] {
  if (plan.isEmpty) return ['0 changes']
  const table = tableLines(rowsOf(plan), rowListing.columns, withHeaders)
  return [...table, ...aroundLines(plan), sumOf(plan)]
}

/** Nodes that are alike share a row. */
function rowsOf({ nodes }: PlanView): readonly Row[] {
  const alike = Map.groupBy(nodes, ({ kind, host, why }) => JSON.stringify([kind, host, why]))
  return [...alike.values()].flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const vcns = foldNodeSet(group.map(({ vcn }) => vcn))
    return [{ vcns, change: first.kind, host: first.host ?? '-', why: first.why }]
  })
}

/** Where no node changes, what does is not in the table. */
function aroundLines({ changes, steps }: PlanView): readonly string[] {
  if (changes > 0) return []
  const shown = steps.slice(0, stepsShownMax).map((step) => `  ${plainText(step)}`)
  const more = steps.length - shown.length
  return ['what is around the nodes:', ...shown, ...(more > 0 ? [`  and ${more} more`] : [])]
}

function sumOf({ nodes, changes }: PlanView): string {
  const count = (kind: string): number => nodes.filter((node) => node.kind === kind).length
  const kept = count(keep)
  const created = count('create')
  const removed = count('remove')
  const changed = Math.max(0, changes - created - removed)
  const stay = kept > 0 ? `, ${kept} to keep` : ''
  return `${created} to create, ${changed} to change, ${removed} to remove${stay}`
}
