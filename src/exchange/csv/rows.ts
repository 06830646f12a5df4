// Why this file exists: spreadsheets write commas, semicolons or tabs, with quotes around what holds them (RFC 4180); a row
// keeps the place of each of its fields.

export interface Field {
  readonly text: string
  readonly offset: number
}

export type Row = readonly Field[]

export const delimiters = [',', ';', '\t', '|'] as const

export type RowsRefusal = { readonly offset: number; readonly why: string }

/** Ends with a refusal when a quote is never closed. */
export function* rowsOf(
  text: string,
  delimiter: string,
  start: number,
): Generator<Row, RowsRefusal | undefined> {
  let row: Field[] = []
  let at = start
  while (at < text.length) {
    const field = text[at] === '"' ? quotedField(text, at) : plainField(text, at, delimiter)
    if (field === undefined) return { offset: at, why: 'this quote is never closed' }
    row.push({ text: field.text, offset: at })
    at = field.end
    const mark = text[at]
    if (mark === delimiter) {
      at += 1
      // A delimiter at the very end has an empty field behind it.
      if (at === text.length) row.push({ text: '', offset: at })
      continue
    }
    const isEnd = mark === undefined || mark === '\n' || mark === '\r'
    if (!isEnd)
      return { offset: at, why: 'after a closing quote nothing but a delimiter may stand' }
    yield row
    row = []
    at += text.startsWith('\r\n', at) ? 2 : 1
  }
  if (row.length > 0) yield row
  return undefined
}

interface Taken {
  readonly text: string
  readonly end: number
}

function plainField(text: string, start: number, delimiter: string): Taken {
  let end = start
  while (end < text.length && text[end] !== delimiter && text[end] !== '\n' && text[end] !== '\r')
    end += 1
  return { text: text.slice(start, end).trim(), end }
}

function quotedField(text: string, start: number): Taken | undefined {
  let from = start + 1
  let value = ''
  for (;;) {
    const quote = text.indexOf('"', from)
    if (quote < 0) return undefined
    value += text.slice(from, quote)
    if (text[quote + 1] !== '"') {
      let end = quote + 1
      while (text[end] === ' ') end += 1
      return { text: value.trim(), end }
    }
    value += '"'
    from = quote + 2
  }
}

/** The one that cuts the header into most pieces. */
export function delimiterOf(header: string): string {
  const bare = header.replaceAll(/"[^"]*"/g, '')
  const counts = delimiters.map((mark) => bare.split(mark).length)
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ','
}
