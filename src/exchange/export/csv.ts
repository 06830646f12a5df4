// Why this file exists: machines as a spreadsheet, with everything that is described of them; it can be changed and
// imported again elsewhere.
import { formatIp4, type Snapshot } from '#directory'
import { cardsOf, machinesOf } from './devices.ts'

const columns = [
  'name',
  'aliases',
  'nic',
  'macs',
  'addresses',
  'role',
  'uuid',
  'port',
  'power',
  'tags',
  'bootfile',
  'bootparameters',
] as const

type Row = { readonly [Column in (typeof columns)[number]]?: string }

export function* csvLines(snapshot: Snapshot): Generator<string> {
  yield columns.join(',')
  for (const machine of machinesOf(snapshot)) {
    const { name, aliases, role, uuid, port, power, tags, bootFile, bootParameters } = machine
    for (const { nic, addresses } of cardsOf(machine)) {
      const card = { name, macs: list(nic.macs), addresses: list(addresses.map(formatIp4)) }
      const facts: Row =
        nic.label === undefined
          ? {
              aliases: list(aliases),
              role,
              ...(uuid !== undefined && { uuid }),
              ...(port !== undefined && { port }),
              ...(power !== undefined && { power }),
              tags: list(tags),
              ...(bootFile !== undefined && { bootfile: bootFile }),
              bootparameters: bars(bootParameters.toSorted()),
            }
          : { nic: nic.label }
      yield rowOf({ ...card, ...facts })
    }
  }
}

function rowOf(row: Row): string {
  return columns.map((column) => field(row[column] ?? '')).join(',')
}

/** RFC 4180; what spreadsheets would trim or take for a comment is quoted, too. */
function field(text: string): string {
  return /[",\r\n]|^[\s#]|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** Between blanks, or between bars where a value holds what else would end it. */
function list(values: readonly string[]): string {
  const sorted = values.toSorted()
  return sorted.some((value) => /[\s,;|]/.test(value)) ? bars(sorted) : sorted.join(' ')
}

/** A bar at the end says that it is a list, also of one. A value with a bar in it cannot be said. */
function bars(values: readonly string[]): string {
  const sayable = values.filter((value) => !value.includes('|'))
  return sayable.length === 0 ? '' : `${sayable.join('|')}|`
}
