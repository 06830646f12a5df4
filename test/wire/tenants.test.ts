// Why this file exists: nodes of different VOs are strangers with root. What they get on their networks, and what they
// must not reach there, is tried from where they are: real namespaces, real clients.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { formatIp4 } from '#directory'
import { addressOption } from '../../src/pxe/dhcp/option-value.ts'
import { optionOf } from '../../src/pxe/dhcp/options.ts'
import { type as t } from '../pxe/dhcp-lab.ts'
import { type End, eth, inNamespace, namespaceOf, run } from './vo-end.ts'
import { chem, configure, dig, ours, physics, possible, raiseRack, type VoRack } from './vo-rack.ts'
import {
  chemMac,
  ip as address,
  machineMac,
  nodeMac,
  physicsVni,
  spareMac,
  strangeMac,
} from './vo-site.ts'

/** Of the appliance, on another network. */
const elsewhere = '198.18.41.1'
const folder = mkdtempSync(join(tmpdir(), 'coppice-tenants-'))
let rack: VoRack

before(async () => {
  rack = await raiseRack()
})

after(async () => {
  rmSync(folder, { recursive: true })
  await rack.takeDown()
})

const udhcpcScript = '#!/bin/busybox sh\n[ "$1" = bound ] && env > "$TOLD"\nexit 0\n'

async function lease(end: End, ...more: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const script = join(folder, 'told.sh')
  const told = join(folder, `told-${end.vni}`)
  writeFileSync(script, udhcpcScript)
  chmodSync(script, 0o755)
  const udhcpc = ['env', `TOLD=${told}`, '/bin/busybox', 'udhcpc', '-i', eth, '-s', script]
  await inNamespace(end.node, ...udhcpc, '-f', '-n', '-q', '-t', '8', '-T', '1', ...more)
  const lines = readFileSync(told, 'utf8').split('\n')
  return new Map(lines.map((line) => [line.split('=')[0] ?? '', line.split('=')[1] ?? '']))
}

const everyOption = ['mtu', 'search', 'ntpsrv', 'router', 'hostname', 'bootfile', 'tftp']

test(
  "a node gets its lease by udhcpc, with its VO's names and the smaller MTU, and no way out",
  possible,
  async () => {
    const told = await lease(physics, ...everyOption.flatMap((option) => ['-O', option]))
    const expected = {
      ip: '10.133.0.2',
      subnet: '255.255.240.0',
      hostname: 'compute1',
      dns: ours,
      serverid: ours,
      search: 'hpl.physics.cluster.test cluster.test',
      domain: 'hpl.physics.cluster.test',
      mtu: '1450',
      lease: '600',
    }
    for (const [name, value] of Object.entries(expected)) assert.equal(told.get(name), value, name)
    for (const absent of ['router', 'ntpsrv', 'bootfile', 'boot_file', 'tftp', 'siaddr'])
      assert.ok(
        [undefined, '', '0.0.0.0'].includes(told.get(absent)),
        `${absent} ${told.get(absent)}`,
      )
  },
)

test(
  'its lease is in the book and on the disk, and core is told with the card',
  possible,
  async () => {
    await lease(physics)
    const held = [...rack.running.book.all()].filter(({ mac }) => mac === nodeMac)
    assert.deepEqual(
      held.map(({ address, state }) => [formatIp4(address), state]),
      [['10.133.0.2', 'bound']],
    )
    assert.ok(rack.running.journal.appended.some(({ kind }) => kind === 'keep'))
    const seen = rack.running.sightings.filter(
      ({ kind, mac }) => kind === 'dhcp' && mac === nodeMac,
    )
    const exchanges = seen.map((one) => (one.kind === 'dhcp' ? `${one.asked} ${one.answered}` : ''))
    assert.ok(exchanges.includes('DISCOVER OFFER') && exchanges.includes('REQUEST ACK'))
    const [first] = seen
    assert.equal(first?.kind === 'dhcp' ? first.interfaceName : '', `cvx${physicsVni}`)
  },
)

for (const [sentence, mac] of [
  ['a card that nobody has described', strangeMac],
  ['the card of a machine', machineMac],
  ["the card of another VO's node", chemMac],
] as const) {
  test(
    `${sentence} hears nothing on a VO's network, and core nothing of it`,
    possible,
    async () => {
      const seenBefore = rack.running.sightings.length
      const from = rack.nextTransaction()
      const asked = { mac, wanted: '10.133.0.2' }
      rack.raw().send({ ...asked, xid: from, type: t.discover })
      rack.raw().send({ ...asked, xid: from + 1, type: t.request, server: ours })
      rack.raw().send({ ...asked, xid: from + 2, type: t.request })
      rack.raw().send({ mac, xid: from + 3, type: t.request, ciaddr: '10.133.0.2' })
      rack.raw().send({ mac, xid: from + 4, type: t.inform, ciaddr: '10.133.0.2' })
      // One after the other on one wire: when this is answered, those before it were not.
      rack.raw().send({ mac: spareMac, xid: from + 9, type: t.discover })
      const offer = await rack.raw().answer(from + 9)
      assert.equal(formatIp4(offer.yiaddr), '10.133.0.3')
      const answered = rack.raw().heard.filter(({ xid }) => xid >= from && xid < from + 9)
      assert.deepEqual(answered, [])
      const told = rack.running.sightings
        .slice(seenBefore)
        .filter((sighting) => sighting.mac === mac)
      assert.deepEqual(told, [])
    },
  )
}

test('a node that says it is firmware gets an address and nothing to boot', possible, async () => {
  const xid = rack.nextTransaction()
  const text = (value: string): Uint8Array => new TextEncoder().encode(value)
  const options = { 60: text('PXEClient:Arch:00007'), 93: Uint8Array.of(0, 7), 77: text('iPXE') }
  rack.raw().send({ mac: nodeMac, xid, type: t.discover, options })
  const offer = await rack.raw().answer(xid)
  assert.equal(formatIp4(offer.yiaddr), '10.133.0.2')
  assert.equal(offer.siaddr, 0)
  for (const code of [3, 42, 43, 66, 67, 175])
    assert.equal(optionOf(offer.options, code), undefined)
  assert.equal(addressOption(offer.options, 6), address(ours))
})

test(
  'dig finds the nodes of its own VO, forward and backward, by UDP and TCP, and no others',
  possible,
  async () => {
    configure(physics, '10.133.0.2')
    configure(chem, '10.133.16.2')
    for (const [end, words, expected] of [
      [physics, ['compute2.hpl.physics.cluster.test', '+short'], /^10\.133\.0\.3\n$/],
      [physics, ['compute2.hpl.physics.cluster.test', '+short', '+tcp'], /^10\.133\.0\.3\n$/],
      [physics, ['-x', '10.133.0.3', '+short'], /^compute2\.hpl\.physics\.cluster\.test\.\n$/],
      [physics, ['ns.cluster.test', '+short'], /^10\.133\.0\.1\n$/],
      [
        physics,
        ['compute1', '+search', '+domain=hpl.physics.cluster.test', '+short'],
        /^10\.133\.0\.2\n$/,
      ],
      [physics, ['compute1.mpi.chem.cluster.test'], /status: NXDOMAIN/],
      [physics, ['n001.cluster.test'], /status: NXDOMAIN/],
      [physics, ['-x', '10.133.16.2'], /status: REFUSED/],
      [physics, ['-x', '10.77.0.11'], /status: REFUSED/],
      [physics, ['www.example.org'], /status: REFUSED/],
      [physics, ['cluster.test', 'AXFR'], /Transfer failed/],
      // RFC 8020 would let the name of another VO, which has nothing itself, show that there is such a VO.
      [physics, ['hpl.physics.cluster.test'], /status: NOERROR.*ANSWER: 0/s],
      [physics, ['mpi.chem.cluster.test'], /status: NXDOMAIN/],
      [physics, ['chem.cluster.test', '+tcp'], /status: NXDOMAIN/],
      [physics, ['compute1.mpi.chem.cluster.test', 'ANY', '+tcp'], /status: NXDOMAIN.*ANSWER: 0/s],
      [physics, ['n001.cluster.test', '+tcp'], /status: NXDOMAIN.*ANSWER: 0/s],
      [physics, ['cluster.test', 'NS', '+tcp'], /ANSWER: 1, .*ADDITIONAL: 1\n/],
      [physics, ['-x', '10.77.0.11', '+tcp'], /status: REFUSED/],
      [physics, ['-x', '10.133.16.2', '+tcp'], /status: REFUSED/],
      [physics, ['-x', '10.133.16.1', '+tcp'], /status: REFUSED/],
      [physics, ['0.77.10.in-addr.arpa', 'SOA', '+tcp'], /status: REFUSED/],
      [physics, ['localhost'], /status: REFUSED/],
      [chem, ['compute1.mpi.chem.cluster.test', '+short'], /^10\.133\.16\.2\n$/],
      [chem, ['compute1.hpl.physics.cluster.test'], /status: NXDOMAIN/],
      [chem, ['ns.cluster.test', '+short'], /^10\.133\.16\.1\n$/],
    ] as const) {
      assert.match(await dig(end, ...words), expected, words.join(' '))
    }
  },
)

test('nothing but DHCP and DNS listens there', possible, async () => {
  const listening = await inNamespace(namespaceOf(physics), 'ss', '-Hlntu')
  const doors = listening
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/))
    .map(([protocol, , , , local = '']) => `${protocol} ${local}`)
  const device = `cvx${physicsVni}`
  assert.deepEqual(doors.toSorted(), [
    `tcp ${ours}%${device}:53`,
    `udp 0.0.0.0%${device}:67`,
    `udp ${ours}%${device}:53`,
  ])
})

test(
  'a node with root that sends everything to the appliance still reaches nothing beyond',
  possible,
  async (context) => {
    configure(physics, '10.133.0.2')
    // The process of this test stands where the rest of the appliance does, with an address of its own.
    const cable = `cvt${process.pid}`
    run('link', 'add', cable, 'type', 'veth', 'peer', 'name', `${cable}p`)
    context.after(() => run('link', 'delete', cable))
    run('address', 'add', `${elsewhere}/32`, 'dev', cable)
    const server = createServer((socket) => socket.end('reached')).listen(0, '0.0.0.0')
    context.after(() => server.close())
    await once(server, 'listening')
    const port = portOf(server)
    assert.equal(String(await once(connect(port, elsewhere), 'data')), 'reached')
    run('-n', physics.node, 'route', 'replace', 'default', 'via', ours)
    context.after(() => run('-n', physics.node, 'route', 'delete', 'default'))
    const busybox = (...argv: readonly string[]) =>
      inNamespace(physics.node, '/bin/busybox', ...argv)
    await busybox('ping', '-c', '1', '-W', '2', ours)
    const tried = [elsewhere, '10.133.16.1', '10.133.16.2', '127.0.0.1'].flatMap((address) => [
      busybox('nc', '-w', '1', address, String(port)),
      ...(address === '127.0.0.1' ? [] : [busybox('ping', '-c', '1', '-W', '1', address)]),
    ])
    for (const result of await Promise.allSettled(tried)) assert.equal(result.status, 'rejected')
  },
)

function portOf(server: Server): number {
  const at = server.address()
  assert.ok(typeof at === 'object' && at !== null)
  return at.port
}
