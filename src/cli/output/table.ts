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
  const facts = Object.entries(thing)
    .map(([name, value]): readonly [string, string] => [name, factText(value)])
    .filter(([, text]) => text !== '')
  return tableLines(
    facts,
    [
      { title: '', text: ([name]) => name },
      { title: '', text: ([, text]) => text },
    ],
    false,
  )
}

function factText(value: unknown): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.map(factText).join(', ')
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.entries(value)
    .map(([name, inner]) => `${name} ${factText(inner)}`)
    .join(', ')
}

/** Escape sequences, line ends and the like become visible: \x1b. */
export function plainText(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\u2028\u2029]/gu,
    (mark) => `\\x${(mark.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`,
  )
}
