// Why this file exists: `coppice serve` is a keeper that holds no state of its own: it locks the data directory,
// starts the directory server, wire and core, starts again whichever dies, and takes all of them along when it ends.
import { mkdirSync, writeFileSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { extname, join } from 'node:path'
import type { Settings } from '#config'
import type { Fault } from '#fault'
import { lockDataDirectory } from '#store'
import { Child, type ChildSpec } from './serve/child.ts'
import { type DirectoryServer, openDirectoryServer, slapdChild } from './serve/directory-server.ts'
import { memoryGiver } from './serve/give-back.ts'
import { endLeftovers } from './serve/leftovers.ts'
import { loadSettings } from './serve/load-settings.ts'
import { watchRoom } from './serve/room-watch.ts'
import { notifySystemd } from './serve/systemd.ts'
import { ganeshaState, prepareGanesha } from './serve/ganesha.ts'
import { nfsChoice } from './serve/nfs-source.ts'

export interface ServeOptions {
  readonly configPath: string
  readonly dataDir: string
  readonly print: (line: string) => void
  readonly log: (line: string) => void
  readonly underSystemd: boolean
  /** Aborted by SIGTERM and SIGINT. */
  readonly stop: AbortSignal
}

/** Resolves when everything has stopped; rejects with the fault that ended it. */
export async function serve(options: ServeOptions): Promise<void> {
  const settings = loadSettings(options.configPath, options.dataDir)
  const runDir = join(options.dataDir, 'run')
  mkdirSync(runDir, { recursive: true, mode: 0o700 })
  using _lock = lockDataDirectory(options.dataDir)
  await endLeftovers(options.dataDir, options.log)
  writeFileSync(join(runDir, 'serve.pid'), `${process.pid}\n`)

  const givenUp = Promise.withResolvers<Fault>()
  const children: Child[] = []
  const start = async (spec: ChildSpec): Promise<void> => {
    const child = new Child(spec, { log: options.log, onGivenUp: givenUp.resolve })
    children.push(child)
    try {
      await child.start()
    } catch (error) {
      if (spec.isOptional !== true) throw error
      options.log(`warning: ${spec.name} does not run: ${String(error)}`)
    }
  }
  const stopAll = async (): Promise<void> => {
    // The directory server goes last: core may still be writing to it.
    for (const child of children.toReversed()) await child.stop()
  }
  using _room = watchRoom(options.dataDir, options.log)
  // At once: it serves what it served before, while everything else is still being made ready.
  const wire = start(ours('wire', options.configPath, options.dataDir))
  // Its failure is told below, where the others are waited for.
  void wire.catch(() => undefined)
  await using directory = await directoryServer(settings, options).catch(async (error: unknown) => {
    await stopAll()
    throw error
  })
  try {
    const [first = [], ...later] = stages(settings, options, directory)
    await Promise.all([wire, ...first.map(start)])
    for (const stage of later) await Promise.all(stage.map(start))
    options.print(readyLine(settings))
    notifySystemd(options.underSystemd, 'READY=1')
    // A process that is killed writes nothing at its end, and just then the next start must be a quick one.
    flushCompileCache()
    memoryGiver()()
    const fault = await Promise.race([givenUp.promise, aborted(options.stop)])
    if (fault !== undefined) throw fault
  } finally {
    notifySystemd(options.underSystemd, 'STOPPING=1')
    await stopAll()
  }
}

async function directoryServer(
  settings: Settings,
  { dataDir, log }: ServeOptions,
): Promise<DirectoryServer | undefined> {
  const { directory: embedded } = settings
  if (embedded.kind !== 'embedded') return undefined
  return openDirectoryServer({ settings, embedded, dataDir, log })
}

/** Each stage needs the one before it; within one, all start together. */
function stages(
  settings: Settings,
  options: ServeOptions,
  directory: DirectoryServer | undefined,
): ChildSpec[][] {
  const { dataDir, configPath, log } = options
  const runDir = join(dataDir, 'run')
  const first: ChildSpec[] = []
  if (directory !== undefined) {
    first.push({ ...slapdChild(directory, dataDir), argv: dyingWithUs(directory.slapd.argv) })
  }
  const nfs = nfsChoice(settings)
  if (nfs.kind === 'none') log(`warning: no NFS, so hosts cannot mount images: ${nfs.reason}`)
  if (nfs.kind === 'ganesha') {
    const argv = prepareGanesha(settings, dataDir)
    const pidFile = join(runDir, 'ganesha.pid')
    const ready = (): Promise<boolean> => {
      const state = ganeshaState(dataDir)
      if (typeof state === 'object')
        log(`warning: no NFS, so hosts cannot mount images: ${state.trouble}`)
      return Promise.resolve(state !== 'starting')
    }
    first.push({
      name: 'ganesha',
      argv: dyingWithUs(argv),
      pidFile,
      ready,
      readyDeadlineMs: 20_000,
      isOptional: true,
    })
  }
  return [first, [ours('core', configPath, dataDir)]]
}

/** wire and core end by themselves when the channel to us breaks. */
function ours(name: 'wire' | 'core', configPath: string, dataDir: string): ChildSpec {
  const file = join(import.meta.dirname, name + extname(import.meta.filename))
  const words = ['--config', configPath, '--data', dataDir]
  return {
    name,
    argv: ['env', ...sparing, process.execPath, ...process.execArgv, file, ...words],
    pidFile: join(dataDir, 'run', `${name}.pid`),
    ready: 'message',
    readyDeadlineMs: 60_000,
  }
}

/**
 * To the C library: V8's compilers and libuv's readers are threads with heaps of their own, and what each has freed stays in its
 * heap. With two heaps for all of them it is given back: 26 MB at a large site. slapd's threads would wait for each other.
 */
const sparing = [
  'MALLOC_ARENA_MAX=2',
  'MALLOC_TRIM_THRESHOLD_=131072',
  'MALLOC_MMAP_THRESHOLD_=65536',
] as const

/** Programs that are not ours cannot watch a channel; the kernel tells them when we are gone. */
function dyingWithUs(argv: readonly string[]): readonly [string, ...string[]] {
  return ['setpriv', '--pdeathsig', 'TERM', ...argv]
}

function readyLine(settings: Settings): string {
  const services = Object.entries(settings.services).map(([name, how]) => `${name} ${how}`)
  return `ready: ${settings.domain} on ${settings.interfaces.join(', ')}: ${services.join(', ')}`
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined)
    else signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
}
