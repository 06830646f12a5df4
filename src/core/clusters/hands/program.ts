// Why this file exists: ends of networks are made by programs, here and by SSH. Each is words and no shell, speaks English,
// and ends in time or with whoever waits for it.
import { execFile } from 'node:child_process'
import { shellWord } from '#host'
import type { Command } from '#vocluster'
import { commandFailed } from './trouble.ts'

export interface Ran {
  readonly ok: boolean
  readonly out: string
  /** What it complained of, or why it did not run. */
  readonly err: string
}

export type RunProgram = (argv: readonly [string, ...string[]], signal: AbortSignal) => Promise<Ran>

const outputBytesMax = 8 * 1024 * 1024
const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

export function programs(deadlineMs: number): RunProgram {
  return ([program, ...words], signal) =>
    new Promise((resolve) => {
      const settings = {
        encoding: 'utf8',
        env: { PATH: path, LC_ALL: 'C' },
        killSignal: 'SIGKILL',
        maxBuffer: outputBytesMax,
        timeout: deadlineMs,
        signal,
      } as const
      execFile(program, words, settings, (error, out, err) => {
        if (error === null) return resolve({ ok: true, out, err })
        const late = error.killed === true ? `it was stopped after ${deadlineMs} ms` : error.message
        resolve({ ok: false, out, err: err.trim() === '' ? late : err })
      })
    })
}

export interface Runner {
  /** Where the commands run, for messages. */
  readonly where: string
  readonly run: RunProgram
  readonly signal: AbortSignal
}

/** One after the other; what is so already is no failure. */
export async function obey(commands: readonly Command[], runner: Runner): Promise<void> {
  for (const { argv, tolerated } of commands) {
    const { ok, err } = await runner.run(argv, runner.signal)
    if (ok || (tolerated !== undefined && err.includes(tolerated))) continue
    throw commandFailed(runner.where, argv.join(' '), err)
  }
}

/** busybox's shell takes its own small `ip`, which knows no JSON, before any other; a function goes before that. */
const wholeIp = 'ip() { /bin/ip "$@"; }'

/** The same commands for a shell on a host, in one connection; each word arrives as that one word. */
export function scriptOf(commands: readonly Command[]): string {
  return [`export PATH=${path} LC_ALL=C`, wholeIp, ...commands.map(lineOf)].join('\n')
}

function lineOf({ argv, tolerated }: Command): string {
  const excuse = tolerated === undefined ? '' : `*${shellWord(tolerated)}*) ;; `
  const words = argv.map(shellWord).join(' ')
  const complain = `printf '%s: %s\\n' ${shellWord(argv.join(' '))} "$said" >&2; exit 1`
  return `said=$(${words} 2>&1) || case "$said" in ${excuse}*) ${complain} ;; esac`
}
