// Why this file exists: what a run printed was printed inside a machine that is not ours, and hpcc prints HPL's header long
// before HPL's result; here it becomes typed results, in bounded work, with nothing made up for what is missing.
import type { Problem } from './problem.ts'

export interface HplResult extends Problem {
  /** HPL's short name of the algorithm, such as WR11C2R4. */
  readonly variant: string
  readonly seconds: number
  readonly gflops: number
  /** The largest of its scaled residuals; absent when none was printed, or none that is a number. */
  readonly residual?: number
  readonly verdict: Verdict
}

/** UNCHECKED: HPL was told not to check, or its output ends before the check. Such a figure may be of a wrong solution. */
export type Verdict = 'PASSED' | 'FAILED' | 'UNCHECKED'

export interface HplReport {
  readonly results: readonly HplResult[]
  /** Every run that began came to its end, with as many results as it says. */
  readonly isComplete: boolean
  /** What HPL or mpirun complained about, cut and made printable. */
  readonly messages: readonly string[]
}

export type OutputRefusal =
  | { readonly kind: 'output-too-long'; readonly charsMax: number }
  | { readonly kind: 'too-many-results'; readonly resultsMax: number }

export type ReadOutput =
  | { readonly ok: true; readonly value: HplReport }
  | { readonly ok: false; readonly refusal: OutputRefusal }

export const outputCharsMax = 16 * 2 ** 20
const resultsMax = 10_000
const messagesMax = 20
const messageCharsMax = 200
/** HPL's widest line has 80 columns; a longer one is none of its. */
const lineCharsMax = 400

interface Reading {
  /** False outside the HPL section of an hpcc output, where the same header is only an echo of the input. */
  isInside: boolean
  runsBegun: number
  runsEnded: number
  testsFinished: number
  testsSkipped: number
  readonly results: HplResult[]
  readonly messages: Set<string>
}

export function readOutput(text: string): ReadOutput {
  if (text.length > outputCharsMax) {
    return { ok: false, refusal: { kind: 'output-too-long', charsMax: outputCharsMax } }
  }
  const reading = startReading(isOfHpcc(text))
  for (const line of linesOf(text)) {
    readComplaint(reading, line)
    readSection(reading, line)
    if (reading.isInside) readLine(reading, line)
    if (reading.results.length > resultsMax) {
      return { ok: false, refusal: { kind: 'too-many-results', resultsMax } }
    }
  }
  const { results, messages } = reading
  return { ok: true, value: { results, isComplete: isWhole(reading), messages: [...messages] } }
}

const sectionBegins = 'Begin of HPL section.'
const sectionEnds = 'End of HPL section.'

function isOfHpcc(text: string): boolean {
  return text.includes(sectionBegins) || text.includes('HPC Challenge Benchmark')
}

function startReading(isHpcc: boolean): Reading {
  return {
    isInside: !isHpcc,
    runsBegun: 0,
    runsEnded: 0,
    testsFinished: 0,
    testsSkipped: 0,
    results: [],
    messages: new Set(),
  }
}

function isWhole({ runsBegun, runsEnded, testsFinished, testsSkipped, results }: Reading): boolean {
  return runsEnded > 0 && runsEnded === runsBegun && testsFinished === results.length + testsSkipped
}

function* linesOf(text: string): Generator<string> {
  let start = 0
  while (start < text.length) {
    const found = text.indexOf('\n', start)
    const end = found === -1 ? text.length : found
    if (end - start <= lineCharsMax) yield text.slice(start, end).trimEnd()
    start = end + 1
  }
}

function readSection(reading: Reading, line: string): void {
  if (line === sectionBegins) reading.isInside = true
  if (line === sectionEnds) reading.isInside = false
}

/** HPL frames its complaints; mpirun and ssh do not, and a run that never began leaves only theirs. */
const complaints = [
  /^>>>\s*(.*?)\s*<<</,
  /^(mpirun\b.*)$/,
  /^(There are not enough slots.*)$/,
  /^(.*\bPermission denied\b.*)$/,
  /^(Host key verification failed.*)$/,
  /^(ssh: .*)$/,
] as const

function readComplaint({ messages }: Reading, line: string): void {
  if (messages.size >= messagesMax) return
  for (const pattern of complaints) {
    const complaint = pattern.exec(line)?.[1]
    if (complaint === undefined || complaint === '') continue
    messages.add(complaint.replaceAll(/[^ -~]/g, '?').slice(0, messageCharsMax))
    return
  }
}

const resultLine =
  /^(W[RC]\S{1,14})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,15}\.\d+)\s+(\d{1,4}\.\d+e[+-]\d+)$/
const residualLine = /^\|\|Ax-b\|\|_oo\s*\/.*=\s*(\S+)\s+\.{3,}\s+(PASSED|FAILED)$/

function readLine(reading: Reading, line: string): void {
  if (/^HPLinpack \d/.test(line)) reading.runsBegun += 1
  if (line === 'End of Tests.') reading.runsEnded += 1
  reading.testsFinished += countIn(/^Finished\s+(\d{1,9}) tests with/, line)
  reading.testsSkipped += countIn(/^\s*(\d{1,9}) tests skipped because/, line)
  const result = resultOf(line)
  if (result !== undefined) reading.results.push(result)
  readResidual(reading.results, line)
}

function countIn(pattern: RegExp, line: string): number {
  return Number(pattern.exec(line)?.[1] ?? 0)
}

function resultOf(line: string): HplResult | undefined {
  const found = resultLine.exec(line)
  if (found === null) return undefined
  const [, variant = '', ...texts] = found
  const [N = 0, NB = 0, P = 0, Q = 0, seconds = 0, gflops = 0] = texts.map(Number)
  return { variant, N, NB, P, Q, seconds, gflops, verdict: 'UNCHECKED' }
}

/** HPL 1 checks a result in three ways, HPL 2 in one: the worst counts. */
function readResidual(results: HplResult[], line: string): void {
  const found = residualLine.exec(line)
  const result = results.at(-1)
  if (found === null || result === undefined) return
  const residual = Math.max(Number(found[1]), result.residual ?? 0)
  const isPassed = found[2] === 'PASSED' && result.verdict !== 'FAILED'
  results[results.length - 1] = {
    ...result,
    ...(Number.isFinite(residual) ? { residual } : {}),
    verdict: isPassed ? 'PASSED' : 'FAILED',
  }
}
