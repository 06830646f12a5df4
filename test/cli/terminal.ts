// Why this file exists: the command line is tested as its users run it, over a real socket, with a terminal of the test's own.
import { setImmediate } from 'node:timers/promises'
import type { ApiLimits, Services } from '#api'
import { type CliIo, type ImageOrder, type LocalCommands, runCli } from '#cli'
import { exampleSettings, readSettings } from '#config'
import { openedApi } from '../api/ask.ts'

export interface Ran {
  readonly exit: number
  readonly out: string
  readonly err: string
}

export interface Surroundings {
  readonly env?: Readonly<Record<string, string>>
  readonly home?: string
  readonly stdin?: string
  /** What the person answers; absent: nobody is there. */
  readonly answer?: string
  readonly stop?: AbortSignal
  /** Whether a person types at a terminal; usual: when there is an answer. */
  readonly isTerminal?: boolean
  /** What is typed into a console. */
  readonly keys?: AsyncIterable<Uint8Array>
  /** Called when time is waited for, instead of waiting. */
  readonly onPause?: (ms: number) => Promise<void> | void
  readonly local?: Partial<LocalCommands>
  readonly onOut?: (line: string) => void
}

export const localCommands: LocalCommands = {
  version: '1.2.3',
  serve: () => Promise.resolve(),
  lab: () => Promise.resolve(0),
  buildImage: (order: ImageOrder) =>
    Promise.resolve({
      kind: 'netboot',
      kernel: `${order.cacheDir}/images/abc/vmlinuz`,
      initrd: `${order.cacheDir}/images/abc/initrd.img`,
      manifest: {
        version: 1,
        recipe: order.recipe,
        digest: 'a'.repeat(64),
        kernelRelease: '6.1.0',
        kernelPackage: order.kernel ?? 'linux-image-cloud-amd64',
        kernel: { file: 'vmlinuz', bytes: 1, sha256: 'b'.repeat(64) },
        initrd: { file: 'initrd.img', bytes: 30_000_000, sha256: 'c'.repeat(64) },
        unpackedBytes: 100_000_000,
        packages: [],
      },
    }),
  exampleSettings: (options) => Promise.resolve(exampleSettings(options)),
  readSettings: (text, fileName, dataDir) => Promise.resolve(readSettings(text, fileName, dataDir)),
}

async function* nothingTyped(): AsyncGenerator<Uint8Array> {}

/** One command line, from its words to its exit status. */
export async function run(words: readonly string[], around: Surroundings = {}): Promise<Ran> {
  const out: string[] = []
  const err: string[] = []
  const isAsked = around.isTerminal ?? around.answer !== undefined
  let now = 0
  const io: CliIo = {
    out: (line) => {
      out.push(line)
      around.onOut?.(line)
    },
    err: (line) => err.push(line),
    errRaw: (text) => err.push(text),
    outBytes: (bytes) => {
      out.push(Buffer.from(bytes).toString('latin1'))
      around.onOut?.(out.join(''))
      return Promise.resolve()
    },
    env: around.env ?? {},
    home: around.home ?? '/nonexistent',
    isTerminal: { out: false, err: isAsked, in: isAsked },
    stdin: () => Promise.resolve(around.stdin ?? ''),
    ask: () => Promise.resolve(around.answer ?? ''),
    keys: () => {
      err.push('keys taken')
      return {
        bytes: around.keys ?? nothingTyped(),
        [Symbol.dispose]: () => err.push('keys given back'),
      }
    },
    clock: {
      now: () => now,
      // Time passes by itself, as far as it is waited for.
      pause: async (ms) => {
        now += ms
        await around.onPause?.(ms)
        await setImmediate()
      },
    },
    stop: around.stop ?? new AbortController().signal,
  }
  const exit = await runCli(words, io, { ...localCommands, ...around.local })
  return { exit, out: out.join('\n'), err: err.join('\n') }
}

export interface Shell extends AsyncDisposable {
  /** Against this test's appliance. */
  readonly coppice: (words: readonly string[], around?: Surroundings) => Promise<Ran>
  readonly socketPath: string
  readonly port: number
}

export async function shellOn(services: Services, limits?: ApiLimits): Promise<Shell> {
  const api = await openedApi(services, limits)
  return {
    socketPath: api.socketPath,
    port: api.port,
    coppice: (words, around = {}) =>
      run(words, { ...around, env: { COPPICE_SERVER: `unix:${api.socketPath}`, ...around.env } }),
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  }
}
