// Why this file exists: what stays running in a namespace is started here: cut loose from the terminal, its words in a
// log of its own, its end noticed.
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname, extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { inNamespace } from './wiring.ts'

export interface Started {
  readonly child: ChildProcess
  readonly log: string
  /** Settles when it ends, with how. */
  readonly ended: Promise<string>
}

export function startIn(namespace: string, argv: readonly string[], log: string): Started {
  return startDetached(inNamespace(namespace, argv), log)
}

/** A session of its own: Ctrl-C in the lab's terminal reaches the lab alone, which then ends things in order. */
export function startDetached(argv: readonly string[], log: string): Started {
  mkdirSync(dirname(log), { recursive: true, mode: 0o700 })
  const file = openSync(log, 'a', 0o600)
  const [program = '', ...rest] = argv
  const child = spawn(program, rest, { detached: true, stdio: ['ignore', file, file] })
  closeSync(file)
  child.unref()
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signalName) => resolve(signalName ?? `exit ${code}`))
  })
  return { child, log, ended }
}

/** The argv of a program of this room: the same file as source in a checkout and stripped in a package. */
export function ownProgram(url: URL, ...words: readonly string[]): readonly string[] {
  const source = fileURLToPath(url)
  const path = extname(import.meta.filename) === '.js' ? source.replace(/\.ts$/, '.js') : source
  return [process.execPath, '--disable-warning=ExperimentalWarning', path, ...words]
}
