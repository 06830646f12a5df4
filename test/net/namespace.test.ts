// Why this file exists: link-level sending and router advertisements are promises to other machines, so a second
// network namespace plays the machine. Linux is the counterpart: it checks headers, checksums and hop limits.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { Fault } from '#fault'
import { openLinkSender, openRouterAdvertiser } from '#net'
import { needs, needsRoot } from '../needs.ts'

const ip = '/usr/sbin/ip'
const machine = `net9t${process.pid}`
const near = `n9a${process.pid}`.slice(0, 15)
const far = `n9b${process.pid}`.slice(0, 15)
const deadlineMillis = 15_000
const possible = { timeout: deadlineMillis, ...needsRoot(), ...needs('iproute2', ip) }

function run(...argv: readonly string[]): string {
  return execFileSync(ip, [...argv], { encoding: 'utf8' })
}

function inMachine(...argv: readonly string[]): string {
  return run('netns', 'exec', machine, ...argv)
}

before(() => {
  if (possible.skip !== undefined) return
  run('netns', 'add', machine)
  run('link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', machine)
  // No duplicate address detection: the link-local addresses are good at once.
  writeSetting(near, 'accept_dad', '0')
  inMachine('sysctl', '-qw', `net.ipv6.conf.${far}.accept_dad=0`)
  inMachine('sysctl', '-qw', `net.ipv6.conf.${far}.accept_ra=2`)
  inMachine('sysctl', '-qw', `net.ipv6.conf.${far}.router_solicitation_delay=0`)
  run('address', 'add', '198.18.9.1/24', 'dev', near)
  run('link', 'set', near, 'up')
})

after(() => {
  if (possible.skip !== undefined) return
  run('link', 'delete', near)
  run('netns', 'delete', machine)
})

function writeSetting(interfaceName: string, setting: string, value: string): void {
  execFileSync('/usr/sbin/sysctl', ['-qw', `net.ipv6.conf.${interfaceName}.${setting}=${value}`])
}

const receiver = `
const { createSocket } = require('node:dgram')
const socket = createSocket('udp4')
socket.on('message', (bytes, from) => { process.stdout.write(JSON.stringify([String(bytes), from.address, from.port]) + '\\n'); socket.close() })
socket.bind(68, '0.0.0.0', () => process.stdout.write('ready\\n'))`

test(
  'a datagram reaches a MAC whose address no ARP knows, and the far kernel accepts its checksums',
  possible,
  async () => {
    inMachine(ip, 'link', 'set', far, 'up')
    inMachine(ip, 'address', 'add', '198.18.9.11/32', 'dev', far)
    inMachine('sysctl', '-qw', `net.ipv4.conf.${far}.rp_filter=0`)
    inMachine(ip, 'route', 'add', '198.18.9.0/24', 'dev', far)
    const mac = /ether ([0-9a-f:]{17})/.exec(inMachine(ip, 'link', 'show', far))?.[1] ?? ''
    const child = spawn(ip, ['netns', 'exec', machine, process.execPath, '-e', receiver], {
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: deadlineMillis,
    })
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    assert.equal((await lines.next()).value, 'ready')
    const sender = openLinkSender(near)
    try {
      const refused = sender.send({
        from: { address: '198.18.9.1', port: 67 },
        to: { address: '198.18.9.11', port: 68, mac },
        payload: Buffer.from('an offer'),
      })
      assert.equal(refused, undefined)
      assert.equal((await lines.next()).value, '["an offer","198.18.9.1",67]')
      assert.doesNotMatch(run('neighbour', 'show', 'dev', near), /198\.18\.9\.11/)
    } finally {
      sender.close()
      child.kill()
    }
  },
)

test(
  'RFC 4861: a machine that comes up and solicits is answered by our advertisement',
  possible,
  async () => {
    inMachine(ip, 'link', 'set', far, 'down')
    const { promise: answered, resolve } = Promise.withResolvers<string>()
    const advertiser = await openRouterAdvertiser(near, (event) => {
      if (event.kind === 'answered') resolve(event.to)
    })
    try {
      inMachine(ip, 'link', 'set', far, 'up')
      assert.match(await answered, /^(fe80|ff02):/)
      assert.doesNotMatch(inMachine(ip, '-6', 'route', 'show'), /default/)
    } finally {
      await advertiser.close()
    }
  },
)

const dnsmasq = '/usr/sbin/dnsmasq'
const withDnsmasq = { ...possible, ...needs('dnsmasq-base', dnsmasq) }

test(
  'a router that was there before us is heard at once, because we ask',
  withDnsmasq,
  async () => {
    inMachine(ip, 'link', 'set', far, 'up')
    inMachine(ip, 'address', 'replace', 'fd77:9::1/64', 'dev', far, 'nodad')
    const settings = ['--conf-file=/dev/null', '--no-daemon', '--port=0', `--interface=${far}`]
    const leases = ['--bind-interfaces', '--leasefile-ro', '--enable-ra']
    const range = '--dhcp-range=fd77:9::,ra-only,64,10m'
    const router = spawn(ip, ['netns', 'exec', machine, dnsmasq, ...settings, ...leases, range], {
      stdio: ['ignore', 'ignore', 'pipe'],
      timeout: deadlineMillis,
    })
    const heard = Promise.withResolvers<string>()
    let advertiser: Awaited<ReturnType<typeof openRouterAdvertiser>> | undefined
    try {
      for await (const line of createInterface({ input: router.stderr }))
        if (/router advertisement on fd77/.test(line)) break
      advertiser = await openRouterAdvertiser(near, (event) => {
        if (event.kind === 'other-router') heard.resolve(event.address)
      })
      assert.match(await heard.promise, /^fe80:/)
    } finally {
      router.kill()
      await advertiser?.close()
    }
  },
)

test(
  'an interface without a link-local address is a warning that says what it costs',
  possible,
  async () => {
    const advertiser = await openRouterAdvertiser('lo', () => undefined)
    try {
      assert.equal(advertiser.warning?.code, 'CPC-NET-005')
      assert.match(advertiser.warning.text.todo, /disable_ipv6=0/)
    } finally {
      await advertiser.close()
    }
  },
)

test('an interface that does not exist is a fault', possible, async () => {
  await assert.rejects(
    openRouterAdvertiser('nowhere0', () => undefined),
    (error: unknown) => error instanceof Fault && error.code === 'CPC-NET-003',
  )
})
