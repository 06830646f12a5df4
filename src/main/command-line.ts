// Why this file exists: it gives the command line its terminal, and brings what needs no running appliance, each loaded
// only when it is asked for.
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { type CliIo, type Keys, type LocalCommands, runCli } from '#cli'
import { Fault } from '#fault'
import { version } from '../serve/version.ts'
import { startServing } from './serving.ts'

const root = join(import.meta.dirname, '../..')

const local: Omit<LocalCommands, 'serve'> = {
  version,
  lab: async (verb, flags) => {
    const { labCommand } = await import('#lab')
    return labCommand(verb, flags, { out: io.out, err: io.err })
  },
  buildImage: async ({ recipe, ...order }) => {
    const { buildRecipe, runProgram } = await import('#recipe')
    return buildRecipe({ ...order, recipeDir: recipeDirOf(recipe), run: runProgram })
  },
  exampleSettings: async (options) => (await import('#config')).exampleSettings(options),
  readSettings: async (settings, fileName, dataDir) =>
    (await import('#config')).readSettings(settings, fileName, dataDir),
}

const io: Omit<CliIo, 'env'> = {
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  errRaw: (piece) => void process.stderr.write(piece),
  outBytes: async (bytes) => {
    if (!process.stdout.write(bytes)) await once(process.stdout, 'drain')
  },
  home: homedir(),
  isTerminal: {
    out: process.stdout.isTTY,
    err: process.stderr.isTTY,
    in: process.stdin.isTTY,
  },
  stdin: () => text(process.stdin),
  ask: async (question) => {
    using terminal = createInterface({ input: process.stdin, output: process.stderr })
    return await terminal.question(question)
  },
  keys: () => keysOf(process.stdin),
  clock: {
    now: () => performance.now(),
    pause: async (ms, signal) => {
      await pause(ms, undefined, { signal }).catch(() => undefined)
    },
  },
  // What goes on for ever ends with the process.
  stop: new AbortController().signal,
}

/** Signals that end us while a terminal hands over each key: it must not be left like that. */
const endings = ['SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGINT'] as const

function keysOf(stdin: typeof process.stdin): Keys {
  const end = (signal: NodeJS.Signals): void => {
    giveBack()
    process.kill(process.pid, signal)
  }
  const giveBack = (): void => {
    for (const signal of endings) process.off(signal, end)
    if (stdin.isTTY) stdin.setRawMode(false)
  }
  if (stdin.isTTY) stdin.setRawMode(true)
  for (const signal of endings) process.on(signal, end)
  return {
    bytes: stdin,
    [Symbol.dispose]: () => {
      giveBack()
      stdin.destroy()
    },
  }
}

/** Recipes lie beside src/ and lib/. */
function recipeDirOf(recipe: string): string {
  const folder = join(root, 'images', recipe)
  if (/^[a-z][a-z0-9-]*$/.test(recipe) && existsSync(join(folder, 'recipe.yaml'))) return folder
  throw new Fault('CPC-CLI-001', {
    what: 'there is no such recipe',
    where: `coppice image build ${recipe}`,
    why: 'recipes are the folders below images/ in which a recipe.yaml lies',
    todo: 'for example: coppice image build kvm-host',
  })
}

export interface Surroundings {
  readonly env: CliIo['env']
  /** Why the appliance, which was tried already, does not run. */
  readonly failed?: unknown
}

/** The exit code. */
export function runCommandLine(
  argv: readonly string[],
  { env, failed }: Surroundings,
): Promise<number> {
  const serve: LocalCommands['serve'] =
    failed === undefined ? (place) => startServing(place, env) : () => failure(failed)
  return runCli(argv, { ...io, env }, { ...local, serve })
}

function failure(cause: unknown): Promise<never> {
  return Promise.reject(cause instanceof Error ? cause : new Error(String(cause)))
}
