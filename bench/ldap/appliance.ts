// Why this file exists: the bench measures what its users start: `coppice serve` with the directory that it brings, in a
// namespace, filled by slapadd while it stands still.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { ended, inNamespace, lineOf, run } from '../harness/processes.ts'
import { first } from '../harness/undisturbed.ts'
import { serverInterface, type TwoNetworks } from '../harness/two-networks.ts'
import { writeTree } from './tree.ts'

const program = join(import.meta.dirname, '../../bin/coppice')
const readyMillisMax = 120_000
const goneMillisMax = 20_000
const lastCharacters = 2_000
const copiedMillisMax = 120_000
/** Less than the shortest entry of ours has in a copy. */
const bytesPerMachineMin = 100

export const parts = ['serve', 'core', 'wire', 'slapd'] as const
export type Part = (typeof parts)[number]

export class Appliance implements AsyncDisposable {
  readonly base = 'dc=bench,dc=test'
  readonly domain = 'bench.test'
  readonly #networks: TwoNetworks
  readonly #folder: string
  #child: ChildProcess | undefined

  constructor(networks: TwoNetworks) {
    this.#networks = networks
    this.#folder = mkdtempSync(join(tmpdir(), 'cpcb-'))
    const embedded = `embedded: { listen: 127.0.0.1:3890, base: "${this.base}" }`
    const head = `version: 1\ndomain: ${this.domain}\ninterfaces: [${serverInterface}]\n`
    writeFileSync(this.#config, `${head}directory: { ${embedded} }\n`)
  }

  get #log(): string {
    return join(this.#folder, 'log')
  }

  get dataDir(): string {
    return join(this.#folder, 'data')
  }

  get #config(): string {
    return join(this.#folder, 'coppice.yaml')
  }

  get directoryUrl(): string {
    return `ldapi://${encodeURIComponent(join(this.dataDir, 'run', 'ldapi'))}/`
  }

  get bindDn(): string {
    return `cn=admin,${this.base}`
  }

  get secretFile(): string {
    return join(this.dataDir, 'ldap-admin.secret')
  }

  /** Returns as soon as the process exists. */
  begin(isUndisturbed = false): ChildProcess {
    const words = inNamespace(
      this.#networks.server,
      program,
      'serve',
      '--config',
      this.#config,
      '--data',
      this.dataDir,
    )
    const argv = first(isUndisturbed, words)
    const child = spawn('sh', ['-c', 'exec "$@" 2>>"$0"', this.#log, ...argv], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#child = child
    return child
  }

  async start(): Promise<void> {
    try {
      await lineOf(this.begin(), /^ready/, readyMillisMax)
    } catch (cause) {
      throw new Error(`the appliance does not start:\n${this.#lastWords()}`, { cause })
    }
  }

  async stop(): Promise<void> {
    const child = this.#child
    if (child === undefined) return
    child.kill('SIGTERM')
    await ended(child)
    this.#child = undefined
  }

  /** kill -9 of everything at once, as a power cut would, and the wait until nothing of it is left. */
  async cutOff(): Promise<void> {
    const { pids } = this
    for (const pid of pids) kill(pid)
    const deadline = performance.now() + goneMillisMax
    while (pids.some(isThere)) {
      if (performance.now() > deadline) throw new Error('the appliance does not die')
      await pause(5)
    }
    this.#child = undefined
  }

  /** Until what it would start with after a power cut is on the disk. */
  async untilCopied(size: number): Promise<void> {
    const deadline = performance.now() + copiedMillisMax
    const copies = ['wire.copy', 'directory.copy'].map((name) => join(this.dataDir, name))
    while (copies.some((path) => sizeOf(path) < size * bytesPerMachineMin)) {
      if (performance.now() > deadline) throw new Error('the appliance writes no copy')
      await pause(100)
    }
  }

  get pids(): readonly number[] {
    return parts.flatMap((part) => this.pidOf(part) ?? [])
  }

  pidOf(part: Part): number | undefined {
    try {
      return Number(readFileSync(join(this.dataDir, 'run', `${part}.pid`), 'utf8'))
    } catch {
      return undefined
    }
  }

  /** Started once and stopped, so that everything stands; then slapadd fills the database. */
  async fill(size: number, timedCount: number): Promise<void> {
    await this.start()
    const configuration = this.#slapdConfiguration()
    await this.stop()
    const ldif = join(this.#folder, 'tree.ldif')
    writeTree(ldif, this.base, size, timedCount)
    // Without a terminal it says nothing of its progress.
    await run('/usr/sbin/slapadd', '-q', '-w', ...configuration, '-b', this.base, '-l', ldif)
    rmSync(ldif)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #lastWords(): string {
    return readFileSync(this.#log, 'utf8').slice(-lastCharacters)
  }

  /** `-f FILE` or `-F FOLDER`, as the running slapd was told. */
  #slapdConfiguration(): readonly string[] {
    const words = readFileSync(`/proc/${this.pidOf('slapd')}/cmdline`, 'utf8').split('\0')
    const at = words.findIndex((word) => word === '-f' || word === '-F')
    if (at < 0) throw new Error('slapd was started without a configuration')
    return words.slice(at, at + 2)
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}

function kill(pid: number): void {
  if (isThere(pid)) process.kill(pid, 'SIGKILL')
}

function isThere(pid: number): boolean {
  try {
    // A zombie is gone as far as its files and ports are concerned.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
