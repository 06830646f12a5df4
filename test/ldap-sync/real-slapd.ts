// Why this file exists: the battery must pass against the slapd that people run, set up by our own code, killed and
// started again in between.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  BulkDoor,
  connectorOf,
  type PreparedSlapd,
  prepareSlapd,
  probeSlapd,
  SlapdDoor,
  systemClock,
} from '#ldap-sync'
import { end, freePort } from '../child-process.ts'
import { eventually } from '../eventually.ts'

export interface RealSlapdOptions {
  /** Like somebody else's server: it takes every spelling, and doubles too. */
  readonly foreign?: boolean
  readonly tlsPem?: string
  /** A disk of its own. */
  readonly within?: string
  /** What slapd itself says. */
  readonly hear?: (text: string) => void
}

export class RealSlapd {
  readonly dataDir: string
  readonly base = 'dc=cluster,dc=test'
  readonly connect = connectorOf(systemClock)
  #prepared: PreparedSlapd | undefined
  #child: ChildProcess | undefined
  #door: SlapdDoor | undefined
  #bulkDoor: BulkDoor | undefined
  /** What those who keep it said. */
  readonly lines: string[] = []
  readonly #options: RealSlapdOptions

  constructor(options: RealSlapdOptions = {}) {
    this.#options = options
    this.dataDir = mkdtempSync(join(options.within ?? tmpdir(), 'cpc-slapd-'))
  }

  get prepared(): PreparedSlapd {
    assert.ok(this.#prepared)
    return this.#prepared
  }

  get secret(): string {
    return readFileSync(this.prepared.secretFile, 'utf8')
  }

  async start(): Promise<void> {
    const { foreign = false, tlsPem } = this.#options
    const log = (line: string): void => void this.lines.push(line)
    const [host, port] = ['127.0.0.1', await freePort()] as const
    const settings = { dataDir: this.dataDir, base: this.base, listen: `${host}:${port}`, log }
    this.#prepared = await prepareSlapd({
      ...settings,
      ...(tlsPem === undefined ? {} : { tlsPem }),
    })
    if (foreign) withoutRules(join(this.dataDir, 'ldap/slapd.conf'))
    const { socketPath, bulkSocket, openCopy } = this.prepared
    this.#door = await SlapdDoor.open({ host, port, socketPath, log })
    const open = (orders: number) => openCopy(orders, (work) => this.#whileStopped(work))
    this.#bulkDoor = await BulkDoor.open({ path: bulkSocket, open, log })
    await this.#spawn()
  }

  async killAndRestart(): Promise<void> {
    await end(this.#child, 'SIGKILL')
    await this.#spawn()
  }

  async #whileStopped(work: () => void): Promise<void> {
    await end(this.#child, 'SIGTERM')
    try {
      work()
    } finally {
      await this.#spawn()
    }
  }

  async stop(): Promise<void> {
    await this.#bulkDoor?.[Symbol.asyncDispose]()
    await end(this.#child, 'SIGTERM')
    await this.#door?.[Symbol.asyncDispose]()
    rmSync(this.dataDir, { recursive: true, force: true })
  }

  async #spawn(): Promise<void> {
    await this.prepared.beforeStart()
    const argv = ['--pdeathsig', 'TERM', ...this.prepared.argv]
    const { hear } = this.#options
    const child = spawn('setpriv', argv, { stdio: ['ignore', 'ignore', hear ? 'pipe' : 'ignore'] })
    child.stderr?.on('data', (chunk: Buffer) => hear?.(chunk.toString('utf8')))
    this.#child = child
    await eventually('slapd answers', () => probeSlapd(this.prepared))
  }
}

function withoutRules(configFile: string): void {
  const lines = readFileSync(configFile, 'utf8').split('\n')
  const rule = /^(overlay (constraint|unique)$|constraint_attribute |unique_uri )/
  writeFileSync(configFile, lines.filter((line) => !rule.test(line)).join('\n'))
}
