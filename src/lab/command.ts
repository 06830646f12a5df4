// Why this file exists: each program that the lab runs to its end is an argv array with a deadline, and its failure an
// explained Fault with the program's own words.
import { execFile } from 'node:child_process'
import { Fault } from '#fault'

export interface Finished {
  readonly exit: number
  readonly stdout: string
  readonly stderr: string
}

export interface CommandLimits {
  readonly deadlineMs?: number
  readonly signal?: AbortSignal
  readonly input?: string
  /** Told the process id, for what must be found again after a crash. */
  readonly onStart?: (pid: number) => void
}

const commandDeadlineMs = 30_000
const outputBytesMax = 16 * 1024 * 1024

/** Runs to its end, whatever the end is. A program that is not there counts as exit 127, as in a shell. */
export async function run(argv: readonly string[], limits: CommandLimits = {}): Promise<Finished> {
  const [program = '', ...rest] = argv
  return new Promise((resolve) => {
    const child = execFile(
      program,
      rest,
      {
        timeout: limits.deadlineMs ?? commandDeadlineMs,
        killSignal: 'SIGKILL',
        maxBuffer: outputBytesMax,
        ...(limits.signal === undefined ? {} : { signal: limits.signal }),
      },
      (error, stdout, stderr) => {
        resolve({
          exit: exitOf(error),
          stdout,
          stderr: stderr === '' ? (error?.message ?? '') : stderr,
        })
      },
    )
    if (child.pid !== undefined) limits.onStart?.(child.pid)
    child.stdin?.on('error', () => undefined) // a program need not read what it is given
    child.stdin?.end(limits.input ?? '')
  })
}

function exitOf(error: { readonly code?: unknown; readonly killed?: boolean } | null): number {
  if (error === null) return 0
  if (error.code === 'ENOENT') return 127
  return typeof error.code === 'number' ? error.code : 1
}

/** Runs to its end, and a bad end is a Fault. */
export async function must(argv: readonly string[], limits: CommandLimits = {}): Promise<string> {
  const finished = await run(argv, limits)
  if (finished.exit === 0) return finished.stdout
  throw new Fault('CPC-LAB-002', {
    what: `a command of the rack failed with exit ${finished.exit}`,
    where: argv.join(' '),
    why: lastLines(finished.stderr) || lastLines(finished.stdout) || 'it said nothing',
    todo: 'repair what it names; "coppice lab down" takes away what stands already',
  })
}

const lastLinesMax = 6

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-lastLinesMax).join(' / ')
}
