// Why this file exists: namespaces and programs of a stage are made and ended by these few calls, each bounded in time.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { once } from 'node:events'

const commandDeadlineMs = 20_000
const patienceMs = 8_000

export function run(program: string, ...argv: readonly string[]): string {
  const options = { encoding: 'utf8', timeout: commandDeadlineMs, stdio: 'pipe' } as const
  return execFileSync(program, argv, options)
}

export const ip = (...argv: readonly string[]): string => run('ip', ...argv)

/** In a namespace; its output goes to a file. */
export function startIn(
  namespace: string,
  argv: readonly [string, ...string[]],
  logPath: string,
): ChildProcess {
  // A file, not a pipe: a pipe lives as long as the last child of a child.
  const log = openSync(logPath, 'a')
  const child = spawn('ip', ['netns', 'exec', namespace, ...argv], { stdio: ['ignore', log, log] })
  closeSync(log)
  return child
}

/** By its own id, and by force when it does not heed. */
export async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const force = setTimeout(() => child.kill('SIGKILL'), patienceMs)
  await gone
  clearTimeout(force)
}

/** Asks again until it is so. Bounded. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  deadlineMs = 30_000,
): Promise<void> {
  const deadline = performance.now() + deadlineMs
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`waited ${deadlineMs} ms: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
