// Why this file exists: every error that reaches a person says what failed, where, why and what to
// do, with a code that never changes, so that it can be searched, scripted against and explained.
import { type FaultCode, faultTable } from './codes.ts'

/** Exit statuses are a contract with scripts: their numbers never change. */
export const exitStatus = {
  done: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  refused: 4,
  conflict: 5,
  partly: 6,
  timedOut: 7,
  unreachable: 8,
  changes: 10,
} as const

export type ExitKind = keyof typeof exitStatus

/** What a code means wherever it appears; `explain-error` prints it. */
export interface FaultEntry {
  /** One sentence: the kind of failure. */
  readonly title: string
  /** A paragraph for `explain-error`: how it comes about and how to get out of it. */
  readonly explanation: string
  readonly exit: ExitKind
  /** HTTP status when the API reports it. */
  readonly status: number
}

/** The four lines of one occurrence. The last says what the reader can do now. */
export interface FaultText {
  readonly what: string
  readonly where: string
  readonly why: string
  readonly todo: string
}

/** One thing that is wrong among several, before anybody throws it. */
export interface Problem {
  readonly code: FaultCode
  readonly text: FaultText
}

/** The one error type that edges throw on purpose. Anything else that is thrown is a bug. */
export class Fault extends Error {
  override readonly name = 'Fault'
  readonly code: FaultCode
  readonly text: FaultText

  constructor(code: FaultCode, text: FaultText, options?: { readonly cause?: unknown }) {
    super(`${code} ${text.what}: ${text.why}`, options)
    this.code = code
    this.text = text
  }

  get entry(): FaultEntry {
    return faultTable[this.code]
  }
}

/** The four lines as a face prints them. */
export function faultLines(code: string, text: FaultText): string {
  return [
    `error: ${text.what} [${code}]`,
    `where: ${text.where}`,
    `why:   ${text.why}`,
    `do:    ${text.todo}`,
  ].join('\n')
}
