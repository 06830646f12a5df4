// Why this file exists: only libvirt can say whether our descriptions mean what we think, and only the kernel what the
// filter lets through. Both are asked here, in namespaces of their own.
import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import {
  dialUnix,
  type LibvirtConnection,
  openHypervisor,
  poolStartFlag,
  procedures,
  startFlag,
  xmlFlag,
} from '#libvirt'
import { openLinkSender } from '#net'
import {
  bridgeName,
  filterName,
  hostEndCommands,
  overlayPoolXml,
  overlayVolumeXml,
  readDomain,
  vcnDomainXml,
  vcnFilterXml,
} from '#vocluster'
import { ip } from '../directory/samples.ts'
import { type RealDaemon, startRealDaemon } from '../libvirt/real-daemon.ts'
import { needs, needsRoot } from '../needs.ts'
import { definition } from './samples.ts'

const real = {
  ...needsRoot(),
  ...needs('libvirt-daemon', '/usr/sbin/libvirtd', '/usr/sbin/ip', '/usr/bin/openssl'),
  ...needs('libvirt-clients', '/usr/bin/virsh'),
  ...needs('busybox-static', '/usr/bin/busybox'),
  ...needs('qemu-system-x86', '/usr/bin/qemu-system-x86_64', '/usr/bin/qemu-img'),
}

const vni = 7
let daemon: RealDaemon | undefined

function running(): RealDaemon {
  return daemon ?? assert.fail('no daemon')
}

/** A process inside of the daemon's namespaces. */
function insider(): string {
  return /^\/proc\/(\d+)\//.exec(running().socketPath)?.[1] ?? assert.fail()
}

function inside(...argv: readonly string[]): string {
  return execFileSync('/usr/bin/nsenter', ['-t', insider(), '--net', ...argv], {
    encoding: 'utf8',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
  })
}

/** The folders of a host, below one that goes with the test. */
function here(text: string): string {
  return text.replaceAll('/var/lib/coppice', join(running().folder, 'coppice'))
}

/** There is no KVM on most machines that run tests. */
function emulated(text: string): string {
  return here(text)
    .replace('type="kvm"', 'type="qemu"')
    .replace('<cpu mode="host-passthrough"/>', '')
}

before(async () => {
  if (real.skip !== undefined) return
  daemon = await startRealDaemon()
  mkdirSync(here('/var/lib/coppice/images'), { recursive: true })
  mkdirSync(here('/var/lib/coppice/vcn'))
  const base = here('/var/lib/coppice/images/base.qcow2')
  execFileSync('/usr/bin/qemu-img', ['create', '-q', '-f', 'qcow2', base, '8M'])
  for (const { argv } of hostEndCommands({ vni, local: ip(daemon.address), peers: [] }))
    inside(...argv)
})

after(async () => {
  if (real.skip === undefined) spawnSync('/usr/sbin/ip', ['netns', 'delete', namespace])
  await daemon?.[Symbol.asyncDispose]()
})

async function connect(): Promise<LibvirtConnection> {
  return openHypervisor(await dialUnix(running().socketPath), { peer: { name: 'host' } })
}

async function prepare(connection: LibvirtConnection): Promise<void> {
  await connection.call(procedures.nwfilterDefineXml, { xml: vcnFilterXml() })
  const pool = await connection.call(procedures.storagePoolDefineXml, {
    xml: here(overlayPoolXml()),
  })
  await connection.call(procedures.storagePoolCreate, { pool, flags: poolStartFlag.build })
  const xml = here(overlayVolumeXml(definition()))
  await connection.call(procedures.storageVolCreateXml, { pool, xml })
}

test(
  'libvirt starts a node from our descriptions, and what it shows reads as what was asked',
  real,
  async () => {
    using connection = await connect()
    await prepare(connection)
    const vcn = definition()
    const wanted = emulated(vcnDomainXml(vcn, { rootKey: 'ssh-ed25519 AAAA coppice-mpi' }))
    const domain = await connection.call(procedures.domainDefineXmlFlags, { xml: wanted, flags: 1 })
    await connection.call(procedures.domainCreateWithFlags, { domain, flags: startFlag.paused })
    for (const flags of [0, xmlFlag.inactive]) {
      const shown = await connection.call(procedures.domainGetXmlDesc, { domain, flags })
      assert.deepEqual(readDomain(shown), readDomain(wanted))
    }
    await connection.call(procedures.domainDestroyFlags, { domain })
    await connection.call(procedures.domainUndefineFlags, { domain })
  },
)

const guestMac = '02:00:00:00:00:03'
const guestAddress = '10.128.0.3'
/** Ends of cables on our side; the other ends are ports of the node's bridge. */
const cables = { guest: `cvg${process.pid}`, watch: `cvk${process.pid}` }
/** A node with addresses that this machine must not have. */
const namespace = `cvn${process.pid}`

function plug(name: string, port: string): void {
  const peer = ['peer', 'name', port, 'netns', insider()]
  execFileSync('/usr/sbin/ip', ['link', 'add', name, 'type', 'veth', ...peer])
  // Words of the kernel's own would be counted with ours.
  writeFileSync(`/proc/sys/net/ipv6/conf/${name}/disable_ipv6`, '1')
  execFileSync('/usr/sbin/ip', ['link', 'set', name, 'up'])
  inside('sysctl', '-q', '-w', `net.ipv6.conf.${port}.disable_ipv6=1`)
  inside('ip', 'link', 'set', port, 'master', bridgeName(vni), 'up')
}

/** A binding is what libvirt makes for the NIC of a domain that starts. */
function bindFilter(port: string): void {
  const file = join(running().folder, 'binding.xml')
  writeFileSync(
    file,
    `<filterbinding><owner><name>x</name><uuid>${definition().uuid}</uuid></owner>
     <portdev name="${port}"/><mac address="${guestMac}"/><filterref filter="${filterName}">
     <parameter name="IP" value="${guestAddress}"/><parameter name="MAC" value="${guestMac}"/>
     </filterref></filterbinding>`,
  )
  const uri = `nwfilter:///system?socket=${running().socketPath}`
  execFileSync('/usr/bin/virsh', ['-c', uri, 'nwfilter-binding-create', file], { stdio: 'pipe' })
}

function setMac(mac: string): void {
  execFileSync('/usr/sbin/ip', ['link', 'set', cables.guest, 'address', mac])
}

function heard(): number {
  const path = `/sys/class/net/${cables.watch}/statistics/rx_packets`
  return Number(execFileSync('/usr/bin/cat', [path], { encoding: 'utf8' }))
}

interface Udp {
  readonly from: readonly [string, number]
  readonly to: readonly [string, number]
  readonly mac?: string
}

function sendUdp({ from, to, mac = guestMac }: Udp): void {
  setMac(mac)
  const sender = openLinkSender(cables.guest)
  const failed = sender.send({
    from: { address: from[0], port: from[1] },
    to: { address: to[0], port: to[1], mac: 'ff:ff:ff:ff:ff:ff' },
    payload: Uint8Array.of(1),
  })
  sender.close()
  assert.equal(failed, undefined)
}

/** Asks by ARP in the name of an address; nobody answers, and what counts is whether the question arrived. */
function sendArp(sender: string): void {
  const within = ['netns', 'exec', namespace]
  const claim = sender === '0.0.0.0' ? ['-D'] : ['-s', sender]
  const words = ['arping', '-c', '1', '-w', '1', '-I', 'eth0', ...claim, '10.128.0.9']
  const { stderr } = spawnSync('/usr/sbin/ip', [...within, '/usr/bin/busybox', ...words], {
    encoding: 'utf8',
    // The question leaves at once; the rest is waiting for an answer that nobody gives.
    timeout: 200,
  })
  assert.equal(stderr, '')
}

function plugNamespace(): void {
  const host = (...words: readonly string[]): string =>
    execFileSync('/usr/sbin/ip', words, { encoding: 'utf8' })
  host('netns', 'add', namespace)
  const peer = ['peer', 'name', 'tapa', 'netns', insider()]
  host('-n', namespace, 'link', 'add', 'eth0', 'address', guestMac, 'type', 'veth', ...peer)
  host('netns', 'exec', namespace, 'sysctl', '-q', '-w', 'net.ipv6.conf.eth0.disable_ipv6=1')
  for (const address of [guestAddress, '10.128.0.1'])
    host('-n', namespace, 'address', 'add', `${address}/20`, 'dev', 'eth0')
  host('-n', namespace, 'link', 'set', 'eth0', 'up')
  inside('sysctl', '-q', '-w', 'net.ipv6.conf.tapa.disable_ipv6=1')
  inside('ip', 'link', 'set', 'tapa', 'master', bridgeName(vni), 'up')
}

const broadcast = '255.255.255.255'
const frames: readonly (readonly [string, boolean, () => void])[] = [
  ['its own address', true, () => sendUdp({ from: [guestAddress, 1000], to: ['10.128.0.9', 53] })],
  ['a DHCP question', true, () => sendUdp({ from: ['0.0.0.0', 68], to: [broadcast, 67] })],
  ['a renewal', true, () => sendUdp({ from: [guestAddress, 68], to: ['10.128.0.1', 67] })],
  ['ARP for itself', true, () => sendArp(guestAddress)],
  ['a probe by ARP (RFC 5227)', true, () => sendArp('0.0.0.0')],
  [
    'a foreign address',
    false,
    () => sendUdp({ from: ['10.128.0.4', 1000], to: ['10.128.0.9', 53] }),
  ],
  ['no address, but no DHCP', false, () => sendUdp({ from: ['0.0.0.0', 68], to: [broadcast, 69] })],
  ['an offer of DHCP', false, () => sendUdp({ from: [guestAddress, 67], to: [broadcast, 68] })],
  [
    'an offer from another port',
    false,
    () => sendUdp({ from: [guestAddress, 9], to: [broadcast, 68] }),
  ],
  [
    'a foreign MAC',
    false,
    () => sendUdp({ from: [guestAddress, 9], to: [broadcast, 9], mac: '02:00:00:00:00:04' }),
  ],
  ['ARP for another', false, () => sendArp('10.128.0.1')],
]

test('what a NIC with our filter may send, and what not', real, async (context) => {
  using connection = await connect()
  await connection.call(procedures.nwfilterDefineXml, { xml: vcnFilterXml() })
  plug(cables.guest, 'tapg')
  plug(cables.watch, 'tapw')
  plugNamespace()
  for (const port of ['tapg', 'tapa']) bindFilter(port)
  for (const [sentence, passes, send] of frames) {
    await context.test(`${sentence} ${passes ? 'passes' : 'is dropped'}`, () => {
      const before = heard()
      send()
      assert.equal(heard() > before, passes)
    })
  }
})
