// Why this file exists: 128 names are read by nobody, `n[001-128]` is. Folding must give back exactly the names that
// went in, so it never guesses about leading zeros.
import { digitsMax } from './nodeset-pattern.ts'

/** A name cut at its numbers: `n001-ib0` is the texts `n`, `-ib`, `` and the numbers `001`, `0`. */
interface Cut {
  readonly texts: readonly string[]
  readonly numbers: readonly string[]
}

/** Numbers that follow each other, written with `width` digits or more; more than one width may fit so far. */
interface Run {
  readonly first: number
  last: number
  widthMin: number
  widthMax: number
}

/** The shortest way we know to write these names; equal sets give equal text. */
export function foldNodeSet(names: Iterable<string>): string {
  const groups = new Map<string, Cut[]>()
  for (const name of new Set(names)) {
    const cut = cutName(name)
    const shape = cut.texts.join('[')
    const group = groups.get(shape)
    if (group) group.push(cut)
    else groups.set(shape, [cut])
  }
  return [...groups.entries()]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([, cuts]) => foldGroup(cuts))
    .join(',')
}

function cutName(name: string): Cut {
  const texts = ['']
  const numbers: string[] = []
  for (const piece of name.split(/(\d+)/)) {
    const isNumber = /^\d/.test(piece) && piece.length <= digitsMax
    if (isNumber) {
      numbers.push(piece)
      texts.push('')
    } else texts[texts.length - 1] += piece
  }
  return { texts, numbers }
}

/** Names of one shape, folded at the last number first, so that whole blocks become one pattern. */
function foldGroup(cuts: readonly Cut[]): readonly string[] {
  const texts = cuts[0]?.texts ?? []
  let rows = cuts.map(({ numbers }) => numbers)
  for (let at = texts.length - 2; at >= 0; at -= 1) rows = foldColumn(rows, at)
  return rows
    .toSorted(compareRows)
    .map((row) => texts.map((literal, at) => literal + (row[at] ?? '')).join(''))
}

function compareRows(one: readonly string[], other: readonly string[]): number {
  for (const [at, cell] of one.entries()) {
    const difference = leadingNumber(cell) - leadingNumber(other[at] ?? '')
    if (difference !== 0) return difference
  }
  return one.join() < other.join() ? -1 : 1
}

function leadingNumber(cell: string): number {
  return Number(/\d+/.exec(cell)?.[0] ?? 0)
}

/** Rows that differ in one column only become one row. */
function foldColumn(rows: readonly (readonly string[])[], at: number): (readonly string[])[] {
  const groups = new Map<string, { readonly row: readonly string[]; readonly cells: string[] }>()
  for (const row of rows) {
    const rest = row.length === 1 ? '' : row.with(at, '').join('|')
    const group = groups.get(rest)
    if (group) group.cells.push(row[at] ?? '')
    else groups.set(rest, { row, cells: [row[at] ?? ''] })
  }
  return [...groups.values()].map(({ row, cells }) => row.with(at, foldNumbers(cells)))
}

function foldNumbers(numbers: readonly string[]): string {
  const runs: Run[] = []
  // Runs that the next number may still join; several when 9, 09 and 009 stand side by side.
  let open: Run[] = []
  const sorted = numbers
    .map((digits) => ({ digits, value: Number(digits) }))
    .toSorted((one, other) => one.value - other.value || one.digits.length - other.digits.length)
  for (const { digits, value } of sorted) {
    open = open.filter((run) => run.last >= value - 1)
    const run = open.find((candidate) => extend(candidate, digits, value))
    if (run) continue
    const [widthMin, widthMax] = widthsOf(digits)
    const begun = { first: value, last: value, widthMin, widthMax }
    runs.push(begun)
    open.push(begun)
  }
  const [sole, second] = runs
  if (sole && !second && sole.first === sole.last) return pad(sole.first, sole)
  return `[${runs.map(formatRun).join(',')}]`
}

/** Takes the number into the run if it follows and one width fits all. */
function extend(run: Run, digits: string, value: number): boolean {
  if (run.last !== value - 1) return false
  const [widthMin, widthMax] = widthsOf(digits)
  const min = Math.max(run.widthMin, widthMin)
  const max = Math.min(run.widthMax, widthMax)
  if (min > max) return false
  run.last = value
  run.widthMin = min
  run.widthMax = max
  return true
}

/** `07` was written two wide; `17` may have been written one wide or two. */
function widthsOf(digits: string): readonly [number, number] {
  const padded = digits.length > 1 && digits.startsWith('0')
  return [padded ? digits.length : 1, digits.length]
}

function pad(value: number, run: Run): string {
  return String(value).padStart(run.widthMin, '0')
}

function formatRun(run: Run): string {
  const first = pad(run.first, run)
  return run.first === run.last ? first : `${first}-${pad(run.last, run)}`
}
