// Why this file exists: long work shows that it lives: a line that is written over on a terminal, a line now and then elsewhere.
import type { CliIo } from '../io.ts'
import { bytesText } from './bytes.ts'

export interface Step {
  readonly what: string
  readonly done: number
  readonly total: number
  /** What changes while `what` stays. */
  readonly detail?: string
  /** The figures are bytes, and how fast they go is of interest. */
  readonly isBytes?: boolean
}

type Terminal = Pick<CliIo, 'err' | 'errRaw' | 'isTerminal'>

const quietMs = 10_000
const redrawMs = 100
const barCells = 24
const settledMs = 500

export interface Progress {
  show(step: Step): void
  /** Leaves a clean line behind. */
  end(): void
}

export function progressOn(io: Terminal, isQuiet: boolean, now: () => number): Progress {
  if (isQuiet) return { show: () => undefined, end: () => undefined }
  const every = io.isTerminal.err ? redrawMs : quietMs
  let shownAt = -Infinity
  let shown = ''
  let startedAt = now()
  return {
    show: (step) => {
      if (step.what !== shown) startedAt = now()
      if (step.what === shown && now() - shownAt < every) return
      shownAt = now()
      shown = step.what
      const line = stepText(step, now() - startedAt)
      if (io.isTerminal.err) io.errRaw(`\r\u001b[K${line}`)
      else io.err(line)
    },
    end: () => {
      if (io.isTerminal.err && shown !== '') io.errRaw('\r\u001b[K')
    },
  }
}

function stepText({ what, done, total, detail, isBytes }: Step, elapsedMs: number): string {
  const details = detail === undefined || detail === '' ? '' : `, ${detail}`
  if (total <= 0) return `${what}${details}`
  const share = Math.min(1, done / total)
  const bar = '#'.repeat(Math.round(share * barCells)).padEnd(barCells, '.')
  // A first moment says nothing about speed.
  const isSettled = elapsedMs >= settledMs
  const left = isSettled && share > 0 && share < 1 ? (elapsedMs / share) * (1 - share) : 0
  const rest = left > 0 ? `, ${Math.ceil(left / 1000)} s left` : ''
  const rate = isBytes === true && isSettled ? `, ${bytesText((done / elapsedMs) * 1000)}/s` : ''
  return `${what.padEnd(9)} [${bar}] ${Math.floor(share * 100)} %${rate}${rest}${details}`
}
