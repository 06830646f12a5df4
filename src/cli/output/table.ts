// Why this file exists: people read columns. What stands in them was written by others, so nothing in it may steer the
// terminal. Pure.

export interface Column<Item> {
  readonly title: string
  readonly text: (item: Item) => string
}

export function tableLines<Item>(
  items: readonly Item[],
  columns: readonly Column<Item>[],
  withHeaders: boolean,
): readonly string[] {
  const rows = items.map((item) => columns.map(({ text }) => plainText(text(item))))
  const all = withHeaders ? [columns.map(({ title }) => title.toUpperCase()), ...rows] : rows
  const widths = columns.map((_, at) =>
    all.reduce((width, row) => Math.max(width, (row[at] ?? '').length), 0),
  )
  return all.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** One thing, a line for each of its facts. */
export function factLines(thing: object): readonly string[] {
  return tableLines(
    factsOf(thing, ''),
    [
      { title: '', text: ([name]) => name },
      { title: '', text: ([, text]) => text },
    ],
    false,
  )
}

type Fact = readonly [name: string, text: string]

/** What a thing holds within has its name before its own: `directory.state`. */
function factsOf(thing: object, before: string): readonly Fact[] {
  return Object.entries(thing)
    .flatMap(([name, value]: readonly [string, unknown]) => {
      const isWithin = typeof value === 'object' && value !== null && !Array.isArray(value)
      if (isWithin) return factsOf(value, `${before}${name}.`)
      const fact: Fact = [`${before}${name}`, factText(value)]
      return [fact]
    })
    .filter(([, text]) => text !== '')
}

function factText(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return listText(value.map(factText))
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.entries(value)
    .map(([name, inner]) => `${name} ${factText(inner)}`)
    .join(', ')
}

/** A long list is for programs; a person sees how it begins, and how much more there is. */
const listCharsMax = 240

function listText(items: readonly string[]): string {
  let chars = 0
  const shown = items.filter((item, at) => {
    chars += item.length
    return at === 0 || chars <= listCharsMax
  })
  const more = items.length - shown.length
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join(', ')
}

/** Escape sequences, line ends and the like become visible: \x1b. */
export function plainText(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (mark) => `\\x${(mark.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`,
  )
}
