// Why this file exists: the program that people start. It gives the command line its terminal, and brings what needs no
// running appliance, each loaded only when it is asked for.
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { text } from 'node:stream/consumers'
import { setTimeout as pause } from 'node:timers/promises'
import { type CliIo, type Keys, type LocalCommands, runCli } from '#cli'
import { Fault } from '#fault'
import { version } from './serve/version.ts'

const root = join(import.meta.dirname, '..')
/** The whole of a terminal or pipe that went away: nobody is left to be told. */
const brokenPipe = 'EPIPE'

const local: LocalCommands = {
  version,
  serve: async ({ configPath, dataDir }) => {
    const { serve } = await import('./serve.ts')
    const stop = new AbortController()
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => stop.abort())
    await serve({
      configPath,
      dataDir,
      print: io.out,
      log: io.err,
      underSystemd: process.env['NOTIFY_SOCKET'] !== undefined,
      stop: stop.signal,
    })
  },
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

const io: CliIo = {
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  errRaw: (piece) => void process.stderr.write(piece),
  outBytes: async (bytes) => {
    if (!process.stdout.write(bytes)) await once(process.stdout, 'drain')
  },
  env: process.env,
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

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === brokenPipe) process.exit(0)
    throw error
  })
}
process.exitCode = await runCli(process.argv.slice(2), io, local)
