// Why this file exists: RFCs are read differently; busybox's client, dnsmasq's relay and Kea's perfdhcp are judges that
// nobody of us wrote. A real wire, and our real sockets.
import assert from 'node:assert/strict'
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { createDhcpService, type DhcpService } from '#pxe'
import { openDhcp } from '../../src/wire/dhcp.ts'
import { placeOf } from '../../src/wire/place.ts'
import { openWhoAnswers } from '../../src/wire/who-answers.ts'
import { interfaceAddresses } from '#net'
import { needs, needsRoot } from '../needs.ts'
import { fakeJournal } from '../pxe/fake-journal.ts'
import { ip as address, label, machine, network, newSite } from '../pxe/dhcp-lab.ts'
import { eventually } from '../eventually.ts'

const ip = '/usr/sbin/ip'
const busybox = '/usr/bin/busybox'
const dnsmasq = '/usr/sbin/dnsmasq'
const perfdhcp = '/usr/sbin/perfdhcp'
const possible = { timeout: 40_000, ...needsRoot(), ...needs('iproute2', ip) }
const withBusybox = { ...possible, ...needs('busybox-static', busybox) }
const withRelay = { ...withBusybox, ...needs('dnsmasq-base', dnsmasq) }
const withPerfdhcp = { ...possible, ...needs('kea-admin', perfdhcp) }

/** perfdhcp leaves when the last question is out, unless told to wait for its answer. */
const exitWaitMicros = '500000'

const near = `cpd${process.pid}`
const far = `cpdf-${process.pid}`
const behind = `cpdb-${process.pid}`
const run = (...argv: readonly string[]): void => void execFileSync(ip, argv)
const inside = promisify(execFile)
const knownMac = '52:54:00:e7:00:11'
const strangeMac = '52:54:00:e7:00:99'
const folder = mkdtempSync(join(tmpdir(), 'coppice-udhcpc-'))
const script = join(folder, 'told')
let close = async (): Promise<void> => undefined

const site = newSite([
  network('10.232.7.0/24', {
    name: label('near'),
    pool: { first: address('10.232.7.100'), last: address('10.232.7.250') },
  }),
  network('10.233.7.0/24', {
    name: label('behind'),
    gateway: address('10.233.7.1'),
    pool: { first: address('10.233.7.100'), last: address('10.233.7.120') },
  }),
  machine('n001', { mac: knownMac, ip: '10.232.7.11' }),
])

before(async () => {
  if (possible.skip !== undefined) return
  writeFileSync(script, `#!${busybox} sh\nenv > ${folder}/"$1"\n`)
  chmodSync(script, 0o755)
  for (const name of [far, behind]) run('netns', 'add', name)
  run('link', 'add', near, 'type', 'veth', 'peer', 'name', 'far0', 'netns', far)
  run('address', 'add', '10.232.7.1/24', 'dev', near)
  run('-n', far, 'link', 'set', 'far0', 'address', strangeMac)
  run('-n', far, 'address', 'add', '10.232.7.2/24', 'dev', 'far0')
  run(
    '-n',
    far,
    'link',
    'add',
    'to-behind',
    'type',
    'veth',
    'peer',
    'name',
    'eth0',
    'netns',
    behind,
  )
  run('-n', far, 'address', 'add', '10.233.7.1/24', 'dev', 'to-behind')
  for (const device of ['lo', 'far0', 'to-behind']) run('-n', far, 'link', 'set', device, 'up')
  run('-n', behind, 'link', 'set', 'eth0', 'up')
  run('link', 'set', near, 'up')
  run('route', 'add', '10.233.7.0/24', 'via', '10.232.7.2')
  await eventually('the wire is there', () => interfaceAddresses(near)?.ip4.length === 1)
  await serve()
})

async function serve(): Promise<void> {
  const place = placeOf(near)
  const log = (): void => undefined
  site.settings = { ...site.settings, addresses: new Set(place.addresses) }
  const running: { service?: DhcpService } = {}
  const options = { places: [place], mode: 'authoritative', log } as const
  const door = await openDhcp(options, async (bytes, arrival) =>
    running.service?.receive(bytes, arrival),
  )
  const [wide] = place.subnets
  running.service = createDhcpService({
    book: site.book,
    journal: fakeJournal(),
    clock: () => site.now,
    world: () => site.world(),
    whoAnswers: openWhoAnswers([place], log),
    isNear: ({ number }) => number === wide?.number,
    send: door.send,
    count: () => undefined,
    sight: () => undefined,
    log,
  })
  await running.service.tick()
  close = () => door.close()
}

after(async () => {
  await close()
  rmSync(folder, { recursive: true })
  if (possible.skip === undefined) for (const name of [behind, far]) run('netns', 'delete', name)
})

async function end(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}

/** What udhcpc told its script. */
async function udhcpc(namespace: string, device: string): Promise<Map<string, string>> {
  const client = [busybox, 'udhcpc', '-i', device, '-f', '-q', '-n', '-t', '5', '-T', '1']
  const argv = ['netns', 'exec', namespace, ...client, '-s', script]
  await inside(ip, argv, { timeout: 20_000 })
  const lines = readFileSync(join(folder, 'bound'), 'utf8').split('\n')
  return new Map(lines.map((line) => [line.split('=', 1)[0] ?? '', line.replace(/^[^=]*=/, '')]))
}

test(
  'busybox udhcpc gets an address of the pool, and everything that it asks for',
  withBusybox,
  async () => {
    const told = await udhcpc(far, 'far0')
    assert.match(told.get('ip') ?? '', /^10\.232\.7\.(1\d\d|2[0-4]\d|250)$/)
    assert.equal(told.get('serverid'), '10.232.7.1')
    assert.equal(told.get('dns'), '10.232.7.1')
    assert.equal(told.get('domain'), 'cluster.test')
    assert.equal(told.get('lease'), '600')
  },
)

test('of two free addresses, one that somebody has by hand is found taken', possible, async () => {
  run('-n', far, 'address', 'add', '10.232.7.251/24', 'dev', 'far0')
  const ask = openWhoAnswers([placeOf(near)], assert.fail)
  const answers = await ask([address('10.232.7.251'), address('10.232.7.252')])
  assert.deepEqual([...answers], [[address('10.232.7.251'), strangeMac]])
})

test(
  'through dnsmasq as a relay, udhcpc gets an address of the network behind it',
  withRelay,
  async () => {
    const argv = ['--keep-in-foreground', '--port=0', '--conf-file=/dev/null', '--user=root']
    const relaying = ['--dhcp-relay=10.233.7.1,10.232.7.1', `--pid-file=${folder}/pid`]
    const relay = spawn(ip, ['netns', 'exec', far, dnsmasq, ...argv, ...relaying], {
      stdio: 'ignore',
    })
    await using _ = { [Symbol.asyncDispose]: () => end(relay) }
    const told = await udhcpc(behind, 'eth0')
    assert.match(told.get('ip') ?? '', /^10\.233\.7\.1[012]\d$/)
    assert.equal(told.get('router'), '10.233.7.1')
  },
)

test('perfdhcp finishes each of its exchanges', withPerfdhcp, async () => {
  const load = [
    '-4',
    '-r',
    '50',
    '-R',
    '40',
    '-n',
    '60',
    '-l',
    '10.232.7.2',
    '-W',
    exitWaitMicros,
    '10.232.7.1',
  ]
  const { stdout } = await inside(ip, ['netns', 'exec', far, perfdhcp, ...load], {
    timeout: 20_000,
  })
  assert.match(stdout, /received packets: 60[\s\S]*received packets: 60/)
})
