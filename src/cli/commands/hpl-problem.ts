// Why this file exists: what was asked of a benchmark and what it computed must be the same problem, or its figure is of
// something else.
import type { HplRequest, HplRunView } from '#api'
import { Fault } from '#fault'

export interface ProblemFlags {
  readonly n?: string
  readonly nb?: string
  readonly p?: string
  readonly q?: string
  readonly ranksPerNode?: string
  readonly seconds?: string
}

export type AskedProblem = Omit<HplRequest, 'on'>

/** What is not said is chosen by the appliance. */
export function problemOf(flags: ProblemFlags): AskedProblem {
  const asked = {
    N: wholeOf('--n', flags.n),
    NB: wholeOf('--nb', flags.nb),
    P: wholeOf('--p', flags.p),
    Q: wholeOf('--q', flags.q),
    ranksPerNode: wholeOf('--ranks-per-node', flags.ranksPerNode),
    secondsMax: wholeOf('--seconds', flags.seconds),
  }
  if ((asked.P === undefined) === (asked.Q === undefined)) return asked
  throw misused('--p and --q', 'one of them says nothing without the other')
}

function wholeOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text)
  throw misused(`${flag} ${text}`, 'it must be a whole number, 1 or more')
}

function misused(where: string, why: string): Fault {
  return new Fault('CPC-CLI-001', {
    what: 'the run cannot be described like that',
    where,
    why,
    todo: 'look at: coppice hpl run --help',
  })
}

const compared = ['N', 'NB', 'P', 'Q'] as const

/** Throws when the run is of another problem. */
export function sameProblem(run: HplRunView, asked: AskedProblem): void {
  const differences = compared.flatMap((what) => {
    const wanted = asked[what]
    const got = run[what]
    return wanted === undefined || wanted === got ? [] : [`${what} is ${got} and not ${wanted}`]
  })
  if (differences.length === 0) return
  throw new Fault('CPC-HPL-007', {
    what: 'the result is of another problem than the one that was asked',
    where: `run ${run.id}, ${run.subject}`,
    why: differences.join('; '),
    todo: 'do not use this figure; look into the output of the run, and report it',
  })
}
