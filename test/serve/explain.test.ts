// Why this file exists: explain, whatif, the counters and doctor are asked of a whole appliance, as its users ask, beside a
// client that gets what they tell.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { eventually } from '../eventually.ts'
import { needs } from '../needs.ts'
import { bytesOf, type as dhcpType } from '../pxe/dhcp-lab.ts'
import { Appliance, applianceNeeds } from './appliance.ts'

const wanted = {
  ...applianceNeeds,
  ...needs('busybox-static', '/bin/busybox'),
  ...needs('curl', '/usr/bin/curl'),
}
const root = join(import.meta.dirname, '../..')
const client = `coppice-asker-${process.pid}`
const card = '52:54:00:79:02:01'
const capture = join(root, 'test/vectors/dhcp/firmware-uefi-dora-tftp.pcap')
let appliance: Appliance

async function coppice(...words: readonly string[]) {
  const server = `unix:${join(appliance.data, 'api.sock')}`
  return appliance.run([join(root, 'bin/coppice'), '--server', server, ...words])
}

function inClient(...argv: readonly string[]): string {
  return execFileSync('ip', ['netns', 'exec', client, ...argv], { encoding: 'utf8', stdio: 'pipe' })
}

/** As a machine of ours does; gives what one boot is told, and nobody else may see. */
function boot(): string {
  const udhcpc = ['busybox', 'udhcpc', '-i', 'far0', '-n', '-q', '-f', '-s', '/bin/true']
  inClient('timeout', '20', ...udhcpc)
  const query = `mac=${card}&uuid=&serial=&platform=efi&round=0`
  const from = ['--interface', '10.79.1.20']
  const script = inClient('curl', '-s', ...from, `http://10.79.1.1/boot.ipxe?${query}`)
  const claim = /coppice\.claim=([0-9a-f]{32})/.exec(script)?.[1] ?? ''
  assert.notEqual(claim, '')
  return claim
}

before(async () => {
  if (wanted.skip !== undefined) return
  appliance = new Appliance('explain')
  appliance.give('far0', client)
  for (const words of [
    `link set far0 address ${card}`,
    'link set far0 up',
    'address add 10.79.1.66/24 dev far0',
    'address add 10.79.1.20/24 dev far0',
    'route add default dev far0',
  ])
    execFileSync('ip', ['-n', client, ...words.split(' ')])
  await appliance.start()
  const pool = ['--pool', '10.79.1.200-10.79.1.220', '--gateway', '10.79.1.254']
  await coppice('network', 'add', 'prov', '--subnet', '10.79.1.0/24', ...pool)
  await coppice('machine', 'add', 'n001', '--mac', card, '--ip', '10.79.1.20', '--role', 'host')
})
after(async () => {
  if (wanted.skip !== undefined) return
  await appliance.remove()
  execFileSync('ip', ['netns', 'del', client])
})

test(
  'a machine gets what explain told, explain then tells what it got, and nobody is told its claim',
  wanted,
  async () => {
    const told = await coppice('explain', 'n001')
    assert.match(told.out, /^dhcp {5}10\.79\.1\.20 on network prov, for 3600 s, on prov0$/m)
    assert.match(told.out, /^ +because n001 has 10\.79\.1\.20 in the directory {2}\[described\]$/m)
    assert.match(told.out, /^script {3}boots the host image, and becomes a KVM host$/m)
    const claim = boot()
    const after = await coppice('explain', card, '-o', 'json')
    assert.match(after.out, /DHCP: REQUEST got ACK 10\.79\.1\.20, as os on prov0/)
    assert.match(after.out, /script: kvm-host, for 10\.79\.1\.20/)
    assert.match(after.out, /10\.79\.1\.20 is bound to 52:54:00:79:02:01 until/)
    assert.ok(!after.out.includes(claim))
  },
)

test('a scrape tells by protocol and rule what machines were answered', wanted, async () => {
  const claim = boot()
  inClient('curl', '-s', '-o', '/dev/null', 'http://10.79.1.1/nothing')
  await appliance.answerOf('n001')
  const lines = [
    /^coppice_dhcp_total\{network="own",rule="described"\} [1-9]\d*$/m,
    /^coppice_script_total\{network="own",rule="kvm-host"\} [1-9]\d*$/m,
    /^coppice_http_total\{network="own",rule="notFound"\} [1-9]\d*$/m,
    /^coppice_dns_total\{network="own",rule="answered"\} [1-9]\d*$/m,
    /^coppice_wire_connected 1$/m,
  ]
  let text = ''
  await eventually('the counters are scraped', async () => {
    text = (await appliance.run(['curl', '-s', 'http://127.0.0.1:8420/metrics'])).out
    return lines.every((line) => line.test(text))
  })
  const sample = /^[a-z_]+(\{[a-z]+="[^"\n]*"(,[a-z]+="[^"\n]*")*\})? -?\d+$/
  for (const line of text.trimEnd().split('\n'))
    assert.match(line, line.startsWith('#') ? /^# (HELP|TYPE) [a-z_]+ \S/ : sample)
  assert.ok(!text.includes(claim))
})

test('whatif tells what would be, and writes nothing', wanted, async () => {
  const free = await coppice('whatif', 'machine', 'n002', '--mac', '52:54:00:79:02:02')
  assert.equal(free.status, 0)
  assert.match(free.out, /^address {2}10\.79\.1\.2 for n002: the lowest free one of network prov$/m)
  assert.match(free.out, /^dns {6}n002\.serve\.test A: 10\.79\.1\.2, for 30 s$/m)
  const taken = await coppice('whatif', 'machine', 'n003', '--mac', card)
  assert.equal(taken.status, 5)
  assert.match(taken.out, /^aside .*MAC 52:54:00:79:02:01 is claimed by .*n001.* held it first/m)
  const packets = await coppice('whatif', capture)
  assert.equal(packets.status, 0)
  assert.match(packets.out, /^dhcp {5}OFFER 10\.79\.1\.2\d\d$/m)
  assert.match(packets.out, /^68 frames, 14 packets answered$/m)
  assert.equal((await coppice('machine', 'list', '-o', 'name')).out, 'n001\n')
  const leases = (await coppice('lease', 'list', '-o', 'name')).out.trim().split('\n')
  assert.ok(
    leases.every((lease) => lease === '' || lease === '10.79.1.20'),
    leases.join(' '),
  )
})

for (const [sentence, words, status, said] of [
  ['a name that nobody has', ['explain', 'n01'], 3, /did you mean n001\?/],
  ['what is no capture', ['whatif', 'packet', '/etc/passwd'], 2, /neither pcap nor pcapng/],
  ['hex that is none', ['whatif', 'packet', '--hex', 'xyz'], 2, /hex digits/],
  ['a name that is none', ['whatif', 'machine', 'a b'], 2, /host name/],
] as const) {
  test(`${sentence} is an error with the reason`, wanted, async () => {
    const answer = await coppice(...words)
    assert.equal(answer.status, status, answer.words)
    assert.match(answer.words, said)
  })
}

test('HOSTILE 10: doctor names another DHCP server by address and card', wanted, async () => {
  const offer = {
    type: dhcpType.offer,
    op: 'reply',
    server: '10.79.1.66',
    mac: '52:54:00:79:02:09',
  } as const
  const program = `
    const socket = require('node:dgram').createSocket('udp4')
    socket.bind({ address: '10.79.1.66', port: 67 }, () => {
      socket.setBroadcast(true)
      const bytes = Buffer.from('${bytesOf(offer).toHex()}', 'hex')
      socket.send(bytes, 68, '255.255.255.255', () => socket.close())
    })`
  inClient(join(root, 'bin/node-26'), '--eval', program)
  const words = ['doctor', '--config', appliance.config, '--data', appliance.data]
  await eventually('doctor names it', async () =>
    /^error +other DHCP servers +10\.79\.1\.66 with card 52:54:00:79:02:01 answers/m.test(
      (await coppice(...words)).out,
    ),
  )
})

test(
  'who holds an address is known after a restart of core and of wire, and the address can be taken back',
  wanted,
  async () => {
    boot()
    const list = async (): Promise<string> => (await coppice('lease', 'list')).out
    const held = /^10\.79\.1\.20 +52:54:00:79:02:01 +n001 +bound +directory +\S+Z +\S+Z$/m
    assert.match(await list(), held)
    for (const part of ['core', 'wire']) {
      appliance.kill(part)
      await eventually(`${part} is back`, async () => held.test(await list()))
    }
    const released = await coppice('lease', 'release', 'n001')
    assert.deepEqual([released.status, released.words.trim()], [0, 'released 10.79.1.20'])
    assert.doesNotMatch(await list(), held)
    const again = await coppice('lease', 'release', '10.79.1.20')
    assert.equal(again.status, 3, again.words)
    boot()
    assert.match(await list(), held)
  },
)

test('a wire that was killed is away for a moment, and then explains again', wanted, async () => {
  appliance.kill('wire')
  await eventually('it explains', async () => (await coppice('explain', 'n001')).status === 0)
})

test('of a whole run no line of the log has a claim, a token or a secret', wanted, async () => {
  const claim = boot()
  const token = /coppice_[0-9a-f]{12}_\S+/.exec(
    (await coppice('token', 'add', 'eve', '--role', 'operator')).out,
  )
  assert.ok(token)
  const secret = (
    await appliance.run(['cat', join(appliance.data, 'ldap-admin.secret')])
  ).out.trim()
  const told = new RegExp(`script for ${card} to 10\\.79\\.1\\.20: kvm-host`)
  await eventually('the log tells it', () => Promise.resolve(told.test(appliance.said)))
  for (const hidden of [claim, token[0], secret]) {
    assert.ok(hidden.length > 8)
    assert.ok(!appliance.said.includes(hidden))
  }
})
