// Why this file exists: an image is judged by what it does once it runs: here are emulated machines, a wire between them and
// a stranger's DHCP server, none of it ours.
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface NodeOrder {
  readonly name: string
  /** A qcow2, which is not written to. */
  readonly disk: string
  readonly mac: string
  readonly address: string
  readonly machine: 'q35' | 'pc'
  readonly oemString: string
  readonly memoryMiB?: number
}

export interface Node {
  readonly order: NodeOrder
  /** Seconds from power-on until the line was on the console. */
  said(pattern: RegExp): Promise<number>
  /** What the console showed so far. */
  console(): string
  type(line: string): void
  /** Presses the power button; resolves when the machine is off. */
  powerDown(): Promise<void>
}

export const site = {
  domain: 'hpl.physics',
  search: ['hpl.physics', 'physics'],
  mtu: 1400,
  gateway: '10.77.9.1',
  prefix: 24,
} as const

const bootMsMax = 100_000
const offMsMax = 40_000
const commandMsMax = 330_000

/** One wire in a namespace of its own; close it, whatever happened. */
export class Rack {
  readonly #folder = mkdtempSync(join(tmpdir(), 'coppice-images-'))
  readonly #namespace = `cpi${process.pid}`
  readonly #children: ChildProcess[] = []
  readonly keyFile = join(this.#folder, 'key')

  constructor() {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', this.keyFile])
    execFileSync('ip', ['netns', 'add', this.#namespace])
    const bridge = ['add', 'br0', 'type', 'bridge', 'stp_state', '0', 'forward_delay', '0']
    this.#ip('link', 'set', 'lo', 'up')
    this.#ip('link', ...bridge)
    this.#ip('addr', 'add', `${site.gateway}/${site.prefix}`, 'dev', 'br0')
    this.#ip('link', 'set', 'br0', 'up')
  }

  /** The DHCP and name server of the site, which knows these nodes. */
  async serve(nodes: readonly NodeOrder[]): Promise<void> {
    const settings = [
      'keep-in-foreground',
      'log-facility=-',
      'no-resolv',
      'no-hosts',
      'interface=br0',
      'bind-interfaces',
      'dhcp-authoritative',
      `dhcp-leasefile=${join(this.#folder, 'leases')}`,
      `domain=${site.domain}`,
      `dhcp-range=10.77.9.10,static`,
      `dhcp-option=option:mtu,${site.mtu}`,
      `dhcp-option=option:domain-search,${site.search.join(',')}`,
      ...nodes.map(({ mac, address, name }) => `dhcp-host=${mac},${address},${name}`),
      ...nodes.map(({ address, name }) => `host-record=${name}.${site.domain},${address}`),
      '',
    ]
    const file = join(this.#folder, 'dnsmasq.conf')
    writeFileSync(file, settings.join('\n'))
    const server = this.#spawn(['dnsmasq', '--user=root', `--conf-file=${file}`])
    if (server.stderr === null) throw new Error('dnsmasq has no standard error')
    for await (const line of createInterface({ input: server.stderr }))
      if (line.includes('started')) return
    throw new Error('dnsmasq did not start')
  }

  boot(order: NodeOrder): Node {
    const tap = `t${this.#children.length}`
    const overlay = join(this.#folder, `${order.name}.qcow2`)
    const control = join(this.#folder, `${order.name}.qmp`)
    const base = ['-b', order.disk, '-F', 'qcow2']
    execFileSync('qemu-img', ['create', '-q', '-f', 'qcow2', ...base, overlay])
    this.#ip('tuntap', 'add', 'dev', tap, 'mode', 'tap')
    this.#ip('link', 'set', tap, 'master', 'br0', 'up')
    const memory = String(order.memoryMiB ?? 256)
    const parts = {
      machine: order.machine,
      accel: 'tcg',
      cpu: 'max',
      m: memory,
      smp: '1',
      display: 'none',
      serial: 'stdio',
      qmp: `unix:${control},server=on,wait=off`,
      drive: `if=virtio,format=qcow2,file=${overlay},cache=unsafe`,
      netdev: `tap,id=n0,ifname=${tap},script=no,downscript=no`,
      smbios: `type=11,value=${order.oemString}`,
    }
    const devices = [`virtio-net-pci,netdev=n0,mac=${order.mac}`, 'virtio-rng-pci']
    const child = this.#spawn([
      'qemu-system-x86_64',
      '-nodefaults',
      '-no-user-config',
      ...Object.entries(parts).flatMap(([name, value]) => [`-${name}`, value]),
      ...devices.flatMap((device) => ['-device', device]),
    ])
    return runningNode(order, child, control)
  }

  /** What a command of a node printed; the words go through the shell of the node. */
  async ssh(node: NodeOrder, command: string, input?: string): Promise<string> {
    const options = [
      'BatchMode=yes',
      'StrictHostKeyChecking=no',
      'UserKnownHostsFile=/dev/null',
      'LogLevel=ERROR',
      'ConnectTimeout=20',
      'ConnectionAttempts=10',
    ].flatMap((option) => ['-o', option])
    const words = ['ssh', '-F', '/dev/null', '-i', this.keyFile, ...options]
    const asked = run(
      'ip',
      ['netns', 'exec', this.#namespace, ...words, `root@${node.address}`, command],
      { timeout: commandMsMax },
    )
    asked.child.stdin?.end(input ?? '')
    return (await asked).stdout
  }

  async close(): Promise<void> {
    for (const child of this.#children) if (child.exitCode === null) child.kill('SIGKILL')
    await Promise.all(this.#children.map((child) => gone(child)))
    execFileSync('ip', ['netns', 'delete', this.#namespace])
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #ip(...words: readonly string[]): void {
    execFileSync('ip', ['-n', this.#namespace, ...words])
  }

  #spawn(words: readonly string[]): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', this.#namespace, ...words], {
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    this.#children.push(child)
    return child
  }
}

function runningNode(order: NodeOrder, child: ChildProcess, control: string): Node {
  const from = performance.now()
  const lines: { readonly at: number; readonly text: string }[] = []
  const { stdin, stdout } = child
  if (stdin === null || stdout === null) throw new Error('a node without a console')
  const reader = createInterface({ input: stdout })
  reader.on('line', (text) => lines.push({ at: (performance.now() - from) / 1000, text }))
  const shown = (): string => lines.map(({ text }) => text).join('\n')
  const said = async (pattern: RegExp): Promise<number> => {
    const signal = AbortSignal.timeout(bootMsMax)
    for (;;) {
      const found = lines.find(({ text }) => pattern.test(text))
      if (found !== undefined) return found.at
      await once(reader, 'line', { signal }).catch(() => {
        throw new Error(`${order.name} never said ${pattern.source}; its console:\n${shown()}`)
      })
    }
  }
  return {
    order,
    said,
    console: shown,
    type: (line) => void stdin.write(`${line}\n`),
    powerDown: async () => {
      const socket = connect(control)
      socket.write('{"execute":"qmp_capabilities"}\n{"execute":"system_powerdown"}\n')
      socket.resume()
      await gone(child, offMsMax)
      socket.destroy()
    },
  }
}

async function gone(child: ChildProcess, msMax = 10_000): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  await once(child, 'exit', { signal: AbortSignal.timeout(msMax) })
}
