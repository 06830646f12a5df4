// Why this file exists: what a bench starts it also ends, by its process number, and no wait is without an end.
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { promisify } from 'node:util'

const outputBytesMax = 16 * 1024 * 1024

/** Runs a program to its end; its output. A failure carries what it said. */
export async function run(...argv: readonly string[]): Promise<string> {
  const [program = '', ...rest] = argv
  const { stdout } = await promisify(execFile)(program, rest, { maxBuffer: outputBytesMax })
  return stdout
}

export function inNamespace(namespace: string, ...argv: readonly string[]): readonly string[] {
  return ['ip', 'netns', 'exec', namespace, ...argv]
}

/** Milliseconds that a program takes whose output nobody reads. */
export async function timed(...argv: readonly string[]): Promise<number> {
  const [program = '', ...rest] = argv
  const from = performance.now()
  const child = spawn(program, rest, { stdio: ['ignore', 'ignore', 'inherit'] })
  const status = await ended(child)
  if (status !== 0) throw new Error(`${program} ended with ${status}`)
  return performance.now() - from
}

export function ended(child: ChildProcess): Promise<number> {
  if (child.exitCode !== null || child.signalCode !== null)
    return Promise.resolve(child.exitCode ?? -1)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? -1))
  })
}

/** The first line of its output that matches; rejects when it ends or is late. */
export async function lineOf(
  child: ChildProcess,
  pattern: RegExp,
  millisMax: number,
): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let text = ''
  const take = (chunk: Buffer): void => {
    text += chunk.toString('utf8')
    const line = text.split('\n').find((each) => pattern.test(each))
    if (line !== undefined) resolve(line)
  }
  child.stdout?.on('data', take)
  void ended(child).then((status) => reject(new Error(`it ended with ${status} before ${pattern}`)))
  const late = setTimeout(() => reject(new Error(`no ${pattern} in ${millisMax} ms`)), millisMax)
  return promise.finally(() => {
    clearTimeout(late)
    child.stdout?.off('data', take)
    child.stdout?.resume()
  })
}
