// Why this file exists: the one way from the text of a file that people write to what it means, or to everything that is
// wrong with it.
import type { Problem } from '#fault'
import { type Document, LineCounter, parseDocument } from 'yaml'
import { fieldsOf, read } from './fields.ts'
import { wholeNumber } from './kind.ts'
import { migrate, type Migration, newestVersion } from './migrations.ts'
import { type Field, type FileKind, isWritten, Reading } from './reading.ts'

export type ReadFile<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly Problem[] }

export interface Format<T> {
  readonly kind: FileKind
  readonly migrations: readonly Migration[]
  /** `undefined` when something that it cannot do without was reported. */
  readonly readRoot: (reading: Reading, root: Field) => T | undefined
}

const textLengthMax = 1024 * 1024
export const versionKind = wholeNumber(1, Number.MAX_SAFE_INTEGER)

export function readFile<T>(text: string, fileName: string, format: Format<T>): ReadFile<T> {
  const { kind, migrations, readRoot } = format
  const lines = new LineCounter()
  const reading = new Reading(fileName, kind, lines)
  const { notYaml } = kind.codes
  if (text.length > textLengthMax) {
    reading.complain(notYaml, 0, `it has more than ${textLengthMax} characters`, kind.todoIfOther)
    return { ok: false, problems: reading.problems }
  }
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  for (const { pos, message } of [...document.errors, ...document.warnings]) {
    reading.complain(notYaml, pos[0], `this is no YAML: ${message}`, 'correct the line')
  }
  const known = reading.problems.length === 0 && bringUpToDate(reading, document, migrations)
  const value = known ? readRoot(reading, rootOf(document)) : undefined
  const { problems } = reading
  return value !== undefined && problems.length === 0
    ? { ok: true, value }
    : { ok: false, problems }
}

function rootOf(document: Document.Parsed): Field {
  return { path: '', offset: 0, node: document.contents }
}

/** A format that we do not know is not guessed at, so nothing else of such a file is judged. */
function bringUpToDate(
  reading: Reading,
  document: Document.Parsed,
  table: readonly Migration[],
): boolean {
  const { fileName, kind } = reading
  const silent = new Reading(fileName, kind, new LineCounter())
  const field = fieldsOf(silent, rootOf(document), ['version'])('version')
  if (!isWritten(field)) return true
  const version = read(reading, field, versionKind)
  if (version === undefined) return false
  const newest = newestVersion(table)
  if (version > newest) {
    const why = `version ${version} was written for a newer Coppice; this one knows up to ${newest}`
    reading.complain(kind.codes.newer, field.offset, why, kind.todoIfNewer(newest))
    return false
  }
  migrate(document, version, table)
  return true
}
