// Why this file exists: what an import understood and left out is long; it is told so that a person sees at a glance what
// matters, and every reason once. Pure.
import type { ImportView, LeftOutView } from '#api'
import { foldNodeSet } from '#directory'
import { plainText } from '../output/table.ts'

const reasonsShownMax = 200
const namesShownMax = 2000

export function importLines(view: ImportView): readonly string[] {
  const { format, understood, leftOut, conflicts, already, networks, machines } = view
  return [
    `read as ${format}`,
    ...(understood.length > 0
      ? ['understood:', ...understood.map((each) => `  ${plainText(each)}`)]
      : []),
    ...(leftOut.length > 0 ? ['left out:', ...reasonLines(leftOut)] : []),
    ...(already.length > 0 ? [`there already: ${inShort(already)}`] : []),
    ...(conflicts.length > 0
      ? ['there otherwise, and left as it is:', ...reasonLines(conflicts)]
      : []),
    `new: ${networks.length + machines.length > 0 ? `${countText(view)}: ${inShort([...networks, ...machines])}` : 'nothing'}`,
  ]
}

/** The same thing for the same reason is told once, with its first place. */
function reasonLines(reasons: readonly LeftOutView[]): readonly string[] {
  const groups = [...Map.groupBy(reasons, ({ what, why }) => `${what}\n${why}`).values()]
  const lines = groups.slice(0, reasonsShownMax).flatMap((group) => {
    const [first] = group
    if (first === undefined) return []
    const others = group.length > 1 ? ` and ${group.length - 1} more` : ''
    return [
      `  ${plainText(first.where)}${others}: ${plainText(first.what)}: ${plainText(first.why)}`,
    ]
  })
  const more = groups.length - lines.length
  return more > 0 ? [...lines, `  and ${more} more; -o json lists all of them`] : lines
}

export function countText({
  networks,
  machines,
}: Pick<ImportView, 'networks' | 'machines'>): string {
  const parts = [counted(networks.length, 'network'), counted(machines.length, 'machine')]
  return parts.filter((part) => part !== '').join(' and ')
}

function counted(count: number, what: string): string {
  if (count === 0) return ''
  return count === 1 ? `1 ${what}` : `${count} ${what}s`
}

/** Names folded, and no more of them than a person reads. */
export function inShort(names: readonly string[]): string {
  const folded = plainText(foldNodeSet(names))
  return folded.length > namesShownMax ? `${folded.slice(0, namesShownMax)}…` : folded
}
