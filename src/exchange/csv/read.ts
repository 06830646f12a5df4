// Why this file exists: lists of machines live in spreadsheets; a header that names the columns is all that is asked of
// them.
import { type Ip4, type Mac, parseIp4, parseUuid } from '#directory'
import type { Gathering } from '../found.ts'
import type { MachineFacts } from '../outcome.ts'
import { Places, type SourceFile } from '../source.ts'
import { powerUrl, readMac } from '../values.ts'
import { type ColumnKind, columnOf } from './columns.ts'
import { delimiterOf, type Field, type Row, rowsOf } from './rows.ts'

const byteOrderMark = '\ufeff'

export function readCsv(file: SourceFile, gathering: Gathering): void {
  const places = new Places(file)
  const { report } = gathering
  const start = headerStart(file.text)
  const rows = rowsOf(file.text, delimiterOf(lineAt(file.text, start)), start)
  const header = rows.next()
  if (header.done === true) {
    return report.refuse(
      places.at(header.value?.offset ?? start),
      header.value?.why ?? 'it is empty',
    )
  }
  const columns = readHeader(header.value, places, gathering)
  if (columns === undefined) return
  for (;;) {
    const next = rows.next()
    if (next.done === true) {
      if (next.value !== undefined) report.refuse(places.at(next.value.offset), next.value.why)
      return
    }
    readRow(next.value, columns, { places, gathering })
  }
}

export function looksLikeCsv(text: string): boolean {
  const line = lineAt(text, headerStart(text))
  const names = line.split(delimiterOf(line)).map((name) => columnOf(name.replaceAll('"', '')))
  return names.length > 1 && isEnough(new Set(names))
}

/** After empty lines and comments, which some programs put first. */
function headerStart(text: string): number {
  let start = text.startsWith(byteOrderMark) ? 1 : 0
  while (start < text.length && /^\s*(#|$)/.test(lineAt(text, start))) {
    const end = text.indexOf('\n', start)
    if (end < 0) return text.length
    start = end + 1
  }
  return start
}

function lineAt(text: string, start: number): string {
  const end = text.indexOf('\n', start)
  return text.slice(start, end < 0 ? text.length : end).replace(/\r$/, '')
}

function isEnough(kinds: ReadonlySet<ColumnKind | undefined>): boolean {
  const hasIdentity = kinds.has('macs') || kinds.has('uuid') || kinds.has('port')
  return hasIdentity && (kinds.has('name') || kinds.has('addresses'))
}

type Columns = readonly (ColumnKind | undefined)[]

function readHeader(header: Row, places: Places, { report }: Gathering): Columns | undefined {
  const seen = new Set<ColumnKind>()
  const columns = header.map(({ text, offset }) => {
    const kind = columnOf(text)
    if (kind === undefined || seen.has(kind)) {
      const why =
        kind === undefined
          ? 'nobody here knows what it means'
          : 'there is a column of that kind already'
      report.leaveOut(places.at(offset), `the column ${text}`, why)
      return undefined
    }
    seen.add(kind)
    report.understand(`the column ${text}`)
    return kind
  })
  if (isEnough(seen)) return columns
  const why = 'its first line must name the columns: one for MACs, and one for names or addresses'
  report.refuse(places.at(header[0]?.offset ?? 0), why)
  return undefined
}

interface RowSurroundings {
  readonly places: Places
  readonly gathering: Gathering
}

type Values = ReadonlyMap<ColumnKind, Field>

function readRow(row: Row, columns: Columns, { places, gathering }: RowSurroundings): void {
  const { report, cards } = gathering
  const where = places.at(row[0]?.offset ?? 0)
  if (row.every(({ text }) => text === '')) return
  if (row[0]?.text.startsWith('#') === true) return report.understand('comments')
  if (row.length > columns.length) {
    return report.leaveOut(
      where,
      `a row of ${row.length} fields`,
      `the header names ${columns.length}`,
    )
  }
  const values = new Map(
    row.flatMap((field, at) => {
      const kind = columns[at]
      return kind === undefined || field.text === '' ? [] : [[kind, field] as const]
    }),
  )
  const leave = (field: Field, what: string, why: string): void =>
    report.leaveOut(places.at(field.offset), what, why)
  const names = [...listOf(values, 'name'), ...listOf(values, 'aliases')]
  const macs = listOf(values, 'macs').flatMap((text): readonly Mac[] => {
    const mac = readMac(text)
    if (mac === undefined)
      leave(values.get('macs') ?? row[0] ?? none, text, 'it is no Ethernet address of one card')
    return mac === undefined ? [] : [mac]
  })
  const addresses = listOf(values, 'addresses').flatMap((text): readonly Ip4[] => {
    // `10.0.0.7/24`: the network is described elsewhere.
    const address = parseIp4(text.replace(/\/\d{1,2}$/, ''))
    if (address === undefined)
      leave(values.get('addresses') ?? row[0] ?? none, text, 'it is no IPv4 address')
    return address === undefined ? [] : [address]
  })
  const label = values.get('nic')?.text
  const facts = factsOf(values, leave)
  report.understand('rows')
  cards.push({ where, names, macs, addresses, ...(label !== undefined && { label }), facts })
}

const none: Field = { text: '', offset: 0 }

/** Several values in a field stand between blanks, commas or semicolons; or between bars, where they hold those. */
function listOf(values: Values, kind: ColumnKind): readonly string[] {
  const text = values.get(kind)?.text ?? ''
  const pieces = text.includes('|') ? text.split('|') : text.split(/[\s,;]+/)
  return pieces.map((piece) => piece.trim()).filter((piece) => piece !== '')
}

function factsOf(
  values: Values,
  leave: (field: Field, what: string, why: string) => void,
): MachineFacts {
  const read = <T>(
    kind: ColumnKind,
    parse: (text: string) => T | undefined,
    what: string,
  ): T | undefined => {
    const field = values.get(kind)
    const value = field === undefined ? undefined : parse(field.text)
    if (field !== undefined && value === undefined) {
      // There may be a password in a URL.
      leave(field, kind === 'power' ? kind : `${kind} ${field.text}`, `it is no ${what}`)
    }
    return value
  }
  const role = read('role', roleOf, 'role: host or other')
  const uuid = read('uuid', parseUuid, 'UUID')
  const power = read('power', powerUrl, 'URL without a secret, and no address')
  const port = values.get('port')?.text
  const bootFile = values.get('bootfile')?.text
  const parameters = values.get('bootparameters')?.text
  const tags = listOf(values, 'tags')
  return {
    ...(tags.length > 0 && { tags }),
    ...(role !== undefined && { role }),
    ...(uuid !== undefined && { uuid }),
    ...(power !== undefined && { power }),
    ...(port !== undefined && { port }),
    ...(bootFile !== undefined && { bootFile }),
    ...(parameters !== undefined && { bootParameters: partsOf(parameters) }),
  }
}

function partsOf(text: string): readonly string[] {
  return text
    .split('|')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

function roleOf(text: string): 'host' | 'other' | undefined {
  const lower = text.toLowerCase()
  return lower === 'host' || lower === 'other' ? lower : undefined
}
