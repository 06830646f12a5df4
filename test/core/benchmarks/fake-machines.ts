// Why this file exists: machines that answer a run as they are told to, for what no honest machine would do.
import { setTimeout as pause } from 'node:timers/promises'
import { formatIp4 } from '#directory'
import type { ProgramEnding, RunProgram } from '../../../src/core/benchmarks/program.ts'
import { hostKey, remoteCommand } from './rack.ts'

export type Asked = 'keyscan' | 'survey' | 'unlock' | 'start' | 'follow' | 'clean'

export interface Call {
  readonly asked: Asked
  readonly address: string
  readonly argv: readonly string[]
  readonly input: string
  readonly signal: AbortSignal | undefined
}

export type Answer = string | ProgramEnding | Promise<string | ProgramEnding>

export interface FakeMachines {
  readonly run: RunProgram
  readonly calls: readonly Call[]
}

export const cpuOf = (model: string): string =>
  `MemAvailable: 2000000 kB\nprocessor\t: 0\nmodel name\t: ${model}\n`

export function surveyAnswer(
  change: { digest?: string; blas?: string; cpu?: string } = {},
): string {
  const { digest = 'ab'.repeat(32), blas = '/usr/lib/blas.so.3', cpu = cpuOf('EPYC') } = change
  return `== digest\n${digest}  /usr/bin/hpcc\n== blas\n${blas}\n== facts\n${cpu}`
}

/** What follows a run that came to its end: its parts, its status, its output. */
export function followAnswer(output: string, status = 0): string {
  return `part Begin of HPL section.\nended ${status}\n== output\n${output}`
}

/** `answer` may leave a question to an honest machine. */
export function fakeMachines(answer: (call: Call) => Answer | undefined): FakeMachines {
  const calls: Call[] = []
  const run: RunProgram = async ({ argv, input, signal, onLine }) => {
    const remote = remoteCommand(argv)
    const call: Call = {
      asked: remote === undefined ? 'keyscan' : questionIn(remote.command),
      address: remote === undefined ? (argv.at(-1) ?? '') : formatIp4(remote.address),
      argv,
      input: input?.toString('latin1') ?? '',
      signal,
    }
    calls.push(call)
    const said = (await answer(call)) ?? honest(call)
    if (typeof said !== 'string') return said
    for (const line of said.split('\n')) onLine?.(line)
    return { status: 0, output: said, complaint: '' }
  }
  return { run, calls }
}

function questionIn(command: string): Asked {
  const found = /'coppice-(survey|unlock|start|follow|clean)'/.exec(command)?.[1]
  switch (found) {
    case 'survey':
    case 'unlock':
    case 'start':
    case 'follow':
    case 'clean':
      return found
    default:
      throw new RangeError(`nobody asks a machine this: ${command}`)
  }
}

function honest({ asked, address }: Call): string {
  switch (asked) {
    case 'keyscan':
      return `# ${address}:22 SSH-2.0\n${address} ${hostKey}\n`
    case 'survey':
      return surveyAnswer()
    case 'follow':
      return followAnswer('')
    case 'unlock':
    case 'start':
    case 'clean':
      return ''
  }
}

/** Something that lasts until the run is called off. */
export async function untilCalledOff({ signal }: Call): Promise<ProgramEnding> {
  const hour = 3_600_000
  await pause(hour, undefined, signal === undefined ? {} : { signal }).catch(() => undefined)
  return { output: '', complaint: '', why: 'it was called off' }
}
