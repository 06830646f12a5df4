// Why this file exists: every list and every thing is printed in the five forms that scripts and people may ask for.
import type { CliIo } from '../io.ts'
import { type Column, factLines, plainText, tableLines } from './table.ts'

export const outputForms = ['table', 'json', 'jsonl', 'yaml', 'name'] as const
export type OutputForm = (typeof outputForms)[number]

export interface OutputFlags {
  readonly output: OutputForm
  /** commander turns --no-headers into this. */
  readonly headers: boolean
}

export interface Listing<Item> {
  readonly columns: readonly Column<Item>[]
  readonly nameOf: (item: Item) => string
}

export async function printList<Item>(
  { out }: Pick<CliIo, 'out'>,
  flags: OutputFlags,
  items: readonly Item[],
  { columns, nameOf }: Listing<Item>,
): Promise<void> {
  switch (flags.output) {
    case 'table':
      return each(out, items.length === 0 ? [] : tableLines(items, columns, flags.headers))
    case 'json':
      return out(JSON.stringify(items))
    case 'jsonl':
      return each(
        out,
        items.map((item) => JSON.stringify(item)),
      )
    case 'yaml':
      return out(await yamlOf(items))
    case 'name':
      return each(
        out,
        items.map((item) => plainText(nameOf(item))),
      )
  }
}

export async function printThing(
  { out }: Pick<CliIo, 'out'>,
  flags: OutputFlags,
  thing: object,
  name: string,
): Promise<void> {
  switch (flags.output) {
    case 'table':
      return each(out, factLines(thing))
    case 'json':
    case 'jsonl':
      return out(JSON.stringify(thing))
    case 'yaml':
      return out(await yamlOf(thing))
    case 'name':
      return out(plainText(name))
  }
}

function each(out: (line: string) => void, lines: readonly string[]): void {
  // One write: a thousand of them are slow on a terminal and torn in a pipe.
  if (lines.length > 0) out(lines.join('\n'))
}

async function yamlOf(value: unknown): Promise<string> {
  const { stringify } = await import('yaml')
  return stringify(value).trimEnd()
}
