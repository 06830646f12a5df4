// Why this file exists: building starts other people's programs; each gets its arguments as a list, a plain
// environment, an end in time, and its last words kept for the error.
import { execFile } from 'node:child_process'

export interface Ran {
  readonly status: number
  readonly output: string
  /** The end of what it said on standard error. */
  readonly complaint: string
}

export interface RunOptions {
  readonly folder?: string
  readonly secondsMax?: number
  /** Beyond the plain environment that every program gets. */
  readonly env?: Readonly<Record<string, string>>
}

export type Run = (command: readonly string[], options?: RunOptions) => Promise<Ran>

const secondsMaxUsual = 120
const outputBytesMax = 16 * 2 ** 20
const complaintCharactersMax = 2000
/** What a shell answers when there is no such program. */
const statusNoProgram = 127
const statusKilled = 137

/** The machine's own programs, as every use but tests wants them. */
export const runProgram: Run = (
  command,
  { folder, secondsMax = secondsMaxUsual, env: more = {} } = {},
) => {
  const [program = '', ...words] = command
  const env = {
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
    LC_ALL: 'C',
    DEBIAN_FRONTEND: 'noninteractive',
    ...more,
  }
  return new Promise((resolve) => {
    execFile(
      program,
      words,
      {
        env,
        timeout: secondsMax * 1000,
        maxBuffer: outputBytesMax,
        ...(folder === undefined ? {} : { cwd: folder }),
      },
      (error, output, complaint) => {
        resolve({
          status: error === null ? 0 : statusOf(error.code),
          output,
          complaint: (complaint || (error?.message ?? '')).trim().slice(-complaintCharactersMax),
        })
      },
    )
  })
}

function statusOf(code: unknown): number {
  if (typeof code === 'number') return code
  return code === 'ENOENT' ? statusNoProgram : statusKilled
}
