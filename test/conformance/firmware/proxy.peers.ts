// Why this file exists: what firmware takes from two servers at once is known only to firmware: OVMF and a PXE ROM, with
// dnsmasq for the addresses and our real sockets for what to boot.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test, type TestContext } from 'node:test'
import { interfaceAddresses } from '#net'
import { createDhcpService, type DhcpService } from '#pxe'
import { openDhcp } from '../../../src/wire/dhcp.ts'
import { placeOf } from '../../../src/wire/place.ts'
import { eventually } from '../../eventually.ts'
import { needs, needsRoot } from '../../needs.ts'
import { fakeJournal } from '../../pxe/fake-journal.ts'
import { label, machine, network, newSite } from '../../pxe/dhcp-lab.ts'

const ip = '/usr/sbin/ip'
const dnsmasq = '/usr/sbin/dnsmasq'
const qemu = '/usr/bin/qemu-system-x86_64'
const ovmf = { code: '/usr/share/OVMF/OVMF_CODE_4M.fd', vars: '/usr/share/OVMF/OVMF_VARS_4M.fd' }
const possible = {
  timeout: 90_000,
  ...needsRoot(),
  ...needs('iproute2', ip),
  ...needs('dnsmasq-base', dnsmasq),
  ...needs('qemu-system-x86', qemu),
  ...needs('ovmf', ovmf.code),
}

const near = `cpx${process.pid}`
const far = `cpxf-${process.pid}`
const ours = '10.234.7.1'
const mac = '52:54:00:e7:00:21'
const folder = mkdtempSync(join(tmpdir(), 'coppice-proxy-'))
const log: string[] = []
const closing = new AsyncDisposableStack()
const run = (...argv: readonly string[]): void => void execFileSync(ip, argv)
const there = (...argv: readonly string[]): void => run('-n', far, ...argv)

const site = newSite([
  network('10.234.7.0/24', { name: label('near') }),
  machine('n001', { mac, ip: '10.234.7.21' }, { role: 'host' }),
])

/** Their end of the wire is a bridge, on which the machine and the server of addresses are. */
before(async () => {
  if (possible.skip !== undefined) return
  run('netns', 'add', far)
  closing.defer(() => run('netns', 'delete', far))
  run('link', 'add', near, 'type', 'veth', 'peer', 'name', 'far0', 'netns', far)
  run('address', 'add', `${ours}/24`, 'dev', near)
  there('link', 'add', 'br0', 'type', 'bridge')
  there('tuntap', 'add', 'tap0', 'mode', 'tap')
  for (const port of ['far0', 'tap0']) there('link', 'set', port, 'master', 'br0', 'up')
  there('address', 'add', '10.234.7.2/24', 'dev', 'br0')
  for (const device of ['lo', 'br0']) there('link', 'set', device, 'up')
  run('link', 'set', near, 'up')
  await eventually('the wire is there', () => interfaceAddresses(near)?.ip4.length === 1)
  giveAddresses()
  await serve()
})

after(async () => {
  await closing.disposeAsync()
  rmSync(folder, { recursive: true })
})

function inFar(argv: readonly [string, ...string[]]): () => Promise<void> {
  const child = spawn(ip, ['netns', 'exec', far, ...argv], { stdio: 'ignore' })
  return async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
}

function giveAddresses(): void {
  const range = '--dhcp-range=10.234.7.100,10.234.7.120,255.255.255.0,600'
  const where = ['--port=0', '--interface=br0', '--bind-interfaces', '--leasefile-ro']
  const quiet = ['--no-ping', '--conf-file=/dev/null', '--keep-in-foreground', '--user=root']
  const files = [`--pid-file=${join(folder, 'dnsmasq.pid')}`]
  closing.defer(inFar([dnsmasq, range, ...where, ...quiet, ...files]))
}

async function serve(): Promise<void> {
  const place = placeOf(near)
  const say = (line: string): void => void log.push(line)
  site.settings = { ...site.settings, mode: 'proxy', addresses: new Set(place.addresses) }
  const running: { service?: DhcpService } = {}
  const options = { places: [place], mode: 'proxy', log: say } as const
  const door = await openDhcp(options, async (bytes, arrival) =>
    running.service?.receive(bytes, arrival),
  )
  closing.defer(() => door.close())
  running.service = createDhcpService({
    book: site.book,
    journal: fakeJournal(),
    clock: () => site.now,
    world: () => site.world(),
    whoAnswers: () => Promise.resolve(new Map()),
    isNear: () => true,
    send: door.send,
    count: () => undefined,
    sight: () => undefined,
    log: say,
  })
}

/** Without KVM, which not every machine lends. Off when the test ends. */
function boot(t: TestContext, ...firmware: readonly string[]): void {
  log.length = 0
  const machineArgv = ['-M', 'q35,accel=tcg', '-cpu', 'max', '-m', '256', '-display', 'none']
  const card = ['-netdev', 'tap,id=n0,ifname=tap0,script=no,downscript=no']
  const stop = inFar([qemu, ...machineArgv, '-nodefaults', ...card, ...firmware])
  t.after(stop)
}

const explained = (): string => log.join('\n')

test(
  'PXE 2.1: OVMF takes its address from one server and its file from us',
  possible,
  async (t) => {
    const asked: string[] = []
    const tftp = createSocket('udp4')
    t.after(() => tftp.close())
    tftp.on('message', (bytes) => asked.push(bytes.toString('latin1')))
    tftp.bind(69, ours)
    const vars = join(folder, 'vars.fd')
    copyFileSync(ovmf.vars, vars)
    const flash = (path: string, more: string): string => `if=pflash,format=raw,file=${path}${more}`
    const drives = ['-drive', flash(ovmf.code, ',readonly=on'), '-drive', flash(vars, '')]
    boot(t, ...drives, '-device', `virtio-net-pci,netdev=n0,mac=${mac},romfile=`)
    await eventually('OVMF asks for the file', () => asked.length > 0).catch(() => undefined)
    assert.match(asked[0] ?? '', /snponly\.efi.octet./is, explained())
    assert.match(explained(), /DISCOVER 52:54:00:e7:00:21 .*-> OFFER file snponly\.efi/)
    assert.match(explained(), /10\.234\.7\.1\d\d from another server, overheard/)
  },
)

test(
  'PXE 2.1: a PXE ROM of iPXE takes its address from one server and its script from us',
  possible,
  async (t) => {
    const asked: string[] = []
    const http = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`)
      response.end('#!ipxe\nsleep 60\n')
    })
    t.after(() => http.close())
    http.listen(80, ours)
    boot(t, '-boot', 'n', '-device', `virtio-net-pci,netdev=n0,mac=${mac}`)
    await eventually('iPXE asks for its script', () => asked.length > 0).catch(() => undefined)
    assert.match(asked[0] ?? '', /^GET \/boot\.ipxe/, explained())
    assert.match(explained(), /-> OFFER file http:\/\/10\.234\.7\.1\/boot\.ipxe/)
  },
)
