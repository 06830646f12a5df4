// Why this file exists: people have entries as LDIF (RFC 2849), on the way into the directory; here they are read to be asked
// about. Only entries: what would change or delete is for ldapmodify. Pure.
import type { HypotheticalEntry } from './hypothetical.ts'

/** More is a directory, not a question. */
export const ldifEntriesMax = 100
export const ldifCharsMax = 256 * 1024

export type LdifResult =
  | { readonly ok: true; readonly entries: readonly HypotheticalEntry[] }
  | { readonly ok: false; readonly line: number; readonly refusal: string }

interface Line {
  readonly number: number
  readonly text: string
}

export function readLdif(text: string): LdifResult {
  if (text.length > ldifCharsMax)
    return refuse(1, `it has ${text.length} characters, and ${ldifCharsMax} is the limit`)
  const entries: HypotheticalEntry[] = []
  for (const record of recordsOf(unfolded(text))) {
    const [first] = record
    const lines = first && /^version\s*:/i.test(first.text) ? record.slice(1) : record
    if (lines.length === 0) continue
    const read = readRecord(lines)
    if (!read.ok) return read
    entries.push(...read.entries)
    if (entries.length > ldifEntriesMax)
      return refuse(lines[0]?.number ?? 1, `more than ${ldifEntriesMax} entries`)
  }
  return entries.length > 0 ? { ok: true, entries } : refuse(1, 'it holds no entry')
}

/** A line that begins with a space goes on where the one before ended; one with # says nothing. */
function unfolded(text: string): readonly Line[] {
  const lines: { number: number; text: string }[] = []
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    const last = lines.at(-1)
    if (line.startsWith(' ') && last) last.text += line.slice(1)
    else lines.push({ number: at + 1, text: line })
  }
  return lines.filter((line) => !line.text.startsWith('#'))
}

function* recordsOf(lines: readonly Line[]): Generator<readonly Line[]> {
  let record: Line[] = []
  for (const line of lines) {
    if (line.text.trim() !== '') record.push(line)
    else if (record.length > 0) {
      yield record
      record = []
    }
  }
  if (record.length > 0) yield record
}

function readRecord([first, ...rest]: readonly Line[]): LdifResult {
  const dn = first && readValue(first)
  if (!first || !dn || dn.name.toLowerCase() !== 'dn')
    return refuse(first?.number ?? 1, 'an entry begins with dn:')
  const attributes: { name: string; values: readonly string[] }[] = []
  for (const line of rest) {
    const value = readValue(line)
    if (!value) return refuse(line.number, 'a line is NAME: VALUE, or NAME:: and base64')
    if (value.name.toLowerCase() === 'changetype') {
      if (value.text !== 'add') return refuse(line.number, `changetype ${value.text} is no entry`)
    } else attributes.push({ name: value.name, values: [value.text] })
  }
  return { ok: true, entries: [{ dn: dn.text, attributes }] }
}

function readValue({ text }: Line): { readonly name: string; readonly text: string } | undefined {
  const match = /^([A-Za-z][A-Za-z0-9.;-]*)(::?)[ ]*(.*)$/s.exec(text)
  const [, name, colons, value] = match ?? []
  if (name === undefined || value === undefined) return undefined
  return { name, text: colons === '::' ? Buffer.from(value, 'base64').toString('utf8') : value }
}

function refuse(line: number, refusal: string): LdifResult {
  return { ok: false, line, refusal }
}
