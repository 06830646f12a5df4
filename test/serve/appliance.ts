// Why this file exists: several promises are about the whole appliance as its users start it: in a network of its own,
// with a directory of its own, killed and watched from outside.
import assert from 'node:assert/strict'
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Said, tool } from '../ldap-sync/ldap-tools.ts'
import { needs, needsRoot } from '../needs.ts'

export const applianceNeeds = {
  ...needs('slapd', '/usr/sbin/slapd'),
  ...needs('ldap-utils', '/usr/bin/ldapmodify'),
  ...needs('bind9-dnsutils', '/usr/bin/dig'),
  ...needsRoot(),
  timeout: 60_000,
}

const coppice = join(import.meta.dirname, '../../bin/coppice')
const ldap = 'ldap://127.0.0.1:3890'

/** A file system of its own for the data, so that it can be full. */
export interface ApplianceOptions {
  readonly diskMib?: number
}

export class Appliance {
  readonly base = 'dc=serve,dc=test'
  readonly address = '10.79.1.1'
  readonly folder = mkdtempSync(join(tmpdir(), 'coppice-serve-'))
  readonly data = join(this.folder, 'data')
  readonly config = join(this.folder, 'coppice.yaml')
  /** Everything that it and its parts said. */
  said = ''
  readonly #namespace: string
  readonly #options: ApplianceOptions
  #serving: ChildProcess | undefined

  constructor(name: string, options: ApplianceOptions = {}) {
    this.#namespace = `coppice-${name}-${process.pid}`
    this.#options = options
    execFileSync('ip', ['netns', 'add', this.#namespace])
    for (const words of [
      'link set lo up',
      'link add prov0 type veth peer name far0',
      `address add ${this.address}/24 dev prov0`,
      'link set prov0 up',
      'link set far0 up',
    ]) {
      execFileSync('ip', ['-n', this.#namespace, ...words.split(' ')])
    }
    mkdirSync(this.data)
    const { diskMib } = options
    if (diskMib !== undefined) {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskMib}m`, 'tmpfs', this.data])
    }
    const directory = `directory: { embedded: { listen: 127.0.0.1:3890, base: "${this.base}" } }`
    writeFileSync(
      this.config,
      `version: 1\ndomain: serve.test\ninterfaces: [prov0]\n${directory}\nimages: { store: ${this.folder}/images, nfs: { export: "nas.test:/images" } }\n`,
    )
  }

  /** Moves a device into a namespace of its own, made here: whoever is there is another machine. */
  give(device: string, namespace: string): void {
    execFileSync('ip', ['netns', 'add', namespace])
    execFileSync('ip', ['-n', this.#namespace, 'link', 'set', device, 'netns', namespace])
    execFileSync('ip', ['-n', namespace, 'link', 'set', 'lo', 'up'])
  }

  get command(): string[] {
    return [coppice, 'serve', '--config', this.config, '--data', this.data]
  }

  async start(): Promise<void> {
    const serving = spawn('ip', ['netns', 'exec', this.#namespace, ...this.command], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const heard = this.said.length
    this.#serving = serving
    const ready = Promise.withResolvers<void>()
    const hear = (chunk: Buffer): void => {
      this.said += chunk.toString('utf8')
      if (/^ready/m.test(this.said.slice(heard))) ready.resolve()
    }
    serving.stdout.on('data', hear)
    serving.stderr.on('data', hear)
    serving.once('exit', (code) =>
      ready.reject(new Error(`serve ended with ${code}: ${this.said}`)),
    )
    await ready.promise
  }

  async remove(): Promise<void> {
    const serving = this.#serving
    if (serving !== undefined && serving.exitCode === null && serving.signalCode === null) {
      const gone = once(serving, 'exit')
      serving.kill('SIGTERM')
      await gone
    }
    if (this.#options.diskMib !== undefined) execFileSync('umount', [this.data])
    execFileSync('ip', ['netns', 'del', this.#namespace])
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** Runs a program where the appliance is. */
  run(argv: readonly string[], input = ''): Promise<Said> {
    return tool(['ip', 'netns', 'exec', this.#namespace, ...argv], input)
  }

  /** One that goes on beside the test. */
  begin(argv: readonly string[]): ChildProcess {
    const whole = ['netns', 'exec', this.#namespace, ...argv]
    return spawn('ip', whole, { stdio: ['pipe', 'pipe', 'inherit'] })
  }

  kill(part: string): void {
    process.kill(Number(readFileSync(join(this.data, 'run', `${part}.pid`), 'utf8')), 'SIGKILL')
  }

  async killKeeper(): Promise<void> {
    assert.ok(this.#serving)
    const gone = once(this.#serving, 'exit')
    this.kill('serve')
    await gone
  }

  admin(url = ldap): string[] {
    const secret = join(this.data, 'ldap-admin.secret')
    return ['-x', '-H', url, '-D', `cn=admin,${this.base}`, '-y', secret]
  }

  get ldapi(): string {
    return `ldapi://${encodeURIComponent(join(this.data, 'run/ldapi'))}/`
  }

  add(name: string, mac: string, address: string): Promise<Said> {
    const classes = ['device', 'ipHost', 'ieee802Device'].map((one) => `objectClass: ${one}\n`)
    const entry = `dn: cn=${name},ou=machines,${this.base}\n${classes.join('')}cn: ${name}\n`
    const values = `macAddress: ${mac}\nipHostNumber: ${address}\n`
    return this.run(['ldapadd', ...this.admin()], entry + values)
  }

  async answerOf(name: string, ...words: readonly string[]): Promise<string> {
    const dig = ['dig', '+short', '+time=1', '+tries=1', ...words]
    const said = await this.run([...dig, `@${this.address}`, `${name}.serve.test`])
    return said.status === 0 ? said.out.trim() : ''
  }
}
