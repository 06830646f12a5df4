// Why this file exists: the battery must pass against the slapd that people run, set up by our own code, killed and
// started again in between.
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connectorOf, type PreparedSlapd, prepareSlapd, probeSlapd, systemClock } from '#ldap-sync'
import { eventually } from './eventually.ts'

export class RealSlapd {
  readonly dataDir = mkdtempSync(join(tmpdir(), 'cpc-slapd-'))
  readonly base = 'dc=cluster,dc=test'
  readonly connect = connectorOf(systemClock)
  #prepared: PreparedSlapd | undefined
  #child: ChildProcess | undefined

  get prepared(): PreparedSlapd {
    assert.ok(this.#prepared)
    return this.#prepared
  }

  get secret(): string {
    return readFileSync(this.prepared.secretFile, 'utf8')
  }

  async start(): Promise<void> {
    const listen = `127.0.0.1:${await freePort()}`
    this.#prepared = await prepareSlapd({ dataDir: this.dataDir, base: this.base, listen })
    await this.#spawn()
  }

  async killAndRestart(): Promise<void> {
    await this.#end('SIGKILL')
    await this.#spawn()
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM')
    rmSync(this.dataDir, { recursive: true, force: true })
  }

  async #spawn(): Promise<void> {
    const argv = ['--pdeathsig', 'TERM', ...this.prepared.argv]
    this.#child = spawn('setpriv', argv, { stdio: 'ignore' })
    await eventually('slapd answers', () => probeSlapd(this.prepared))
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  server.close()
  return address.port
}
