// Why this file exists: a wrong value is reported with its line and column, together with all others. The YAML tree knows
// the places; a reading is where everybody who walks it says what is wrong, instead of stopping at the first.
import type { FaultCode, Problem } from '#fault'
import type { LineCounter } from 'yaml'

/** What sort of file it is, for the words and codes of its problems. */
export interface FileKind {
  /** `the configuration`. */
  readonly what: string
  /** Where the right one comes from, for a file that is something else altogether. */
  readonly todoIfOther: string
  readonly todoIfNewer: (newest: number) => string
  readonly codes: {
    readonly notYaml: FaultCode
    readonly unknownKey: FaultCode
    readonly missing: FaultCode
    readonly wrong: FaultCode
    readonly newer: FaultCode
  }
}

const problemsMax = 50
const shownLettersMax = 80

/** A file while it is read. */
export class Reading {
  readonly fileName: string
  readonly kind: FileKind
  readonly #lines: LineCounter
  readonly #found: { readonly offset: number; readonly problem: Problem }[] = []

  constructor(fileName: string, kind: FileKind, lines: LineCounter) {
    this.fileName = fileName
    this.kind = kind
    this.#lines = lines
  }

  complain(code: FaultCode, offset: number, why: string, todo: string): void {
    if (this.#found.length >= problemsMax) return
    const { line, col } = this.#lines.linePos(offset)
    const where = `${this.fileName}:${line}:${col}`
    const what = `${this.kind.what} cannot be used`
    this.#found.push({ offset, problem: { code, text: { what, where, why, todo } } })
  }

  /** In the order of the file. */
  get problems(): readonly Problem[] {
    return this.#found
      .toSorted((one, other) => one.offset - other.offset)
      .map(({ problem }) => problem)
  }
}

/** A place where a value may stand. */
export interface Field {
  /** `services.dhcp`. */
  readonly path: string
  /** Of the value, or of what it is missing from. */
  readonly offset: number
  /** Absent: nobody wrote this key. */
  readonly node?: unknown
}

export function isWritten(field: Field): boolean {
  return field.node !== undefined
}

export function wrong(reading: Reading, field: Field, expected: string): undefined {
  const path = field.path === '' ? 'the file' : field.path.slice(0, shownLettersMax)
  const why = `${path} must be ${expected}`
  reading.complain(reading.kind.codes.wrong, field.offset, why, `write ${expected}`)
  return undefined
}

export function missing(reading: Reading, field: Field, example: string): undefined {
  const why = `"${field.path}" is required and missing`
  reading.complain(reading.kind.codes.missing, field.offset, why, `add a line such as ${example}`)
  return undefined
}

/** As JSON, and cut: a file may hold a name of a megabyte. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > shownLettersMax ? `${text.slice(0, shownLettersMax)}…` : text)
}
