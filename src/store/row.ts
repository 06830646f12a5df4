// Why this file exists: what comes out of a database is outside data like any other (a person may have edited it,
// an older release may have written it), so each value is looked at before it gets a type.
import type { SQLOutputValue } from 'node:sqlite'
import { type Ip4, ip4, type Mac, parseMac, parseUuid, type Uuid } from '#directory'
import { Fault } from '#fault'

export type Row = Readonly<Record<string, SQLOutputValue>>

export function textOf(row: Row, column: string): string {
  const value = row[column]
  return typeof value === 'string' ? value : wrong(row, column, 'text')
}

export function numberOf(row: Row, column: string): number {
  const value = row[column]
  return typeof value === 'number' ? value : wrong(row, column, 'a number')
}

export function macOf(row: Row, column: string): Mac {
  return parseMac(textOf(row, column)) ?? wrong(row, column, 'a MAC address')
}

export function uuidOf(row: Row, column: string): Uuid {
  return parseUuid(textOf(row, column)) ?? wrong(row, column, 'a UUID')
}

export function addressOf(row: Row, column: string): Ip4 {
  const value = numberOf(row, column)
  return Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff
    ? ip4(value)
    : wrong(row, column, 'an IPv4 address')
}

/** JSON of a form that only the room which wrote it knows. */
export function jsonOf(row: Row, column: string): unknown {
  try {
    return JSON.parse(textOf(row, column))
  } catch {
    return wrong(row, column, 'JSON')
  }
}

/** One of a fixed set of words. */
export function wordOf<const W extends string>(row: Row, column: string, words: readonly W[]): W {
  const text = textOf(row, column)
  return words.find((word) => word === text) ?? wrong(row, column, words.join(' or '))
}

/** NULL becomes an absent key: `{ ...optional(row, 'used_at', 'usedAt', numberOf) }`. */
export function optional<K extends string, V>(
  row: Row,
  column: string,
  key: K,
  read: (row: Row, column: string) => V,
): { readonly [key in K]?: V } {
  if (row[column] === null || row[column] === undefined) return {}
  const found: { [key in K]?: V } = {}
  found[key] = read(row, column)
  return found
}

function wrong(row: Row, column: string, expected: string): never {
  throw new Fault('CPC-STO-008', {
    what: 'a stored row cannot be read',
    where: `column ${column} of the row ${JSON.stringify(Object.keys(row))}`,
    why: `${typeof row[column]} is there where ${expected} was expected`,
    todo: 'restore a backup; report this if nobody edited the database',
  })
}
