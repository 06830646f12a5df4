// Why this file exists: whether a VO's network carries frames, keeps its MTU and leads nowhere else is known to the
// kernel alone. Two hosts and an appliance stand here as namespaces on one wire.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { after, before, test } from 'node:test'
import { parseSubnet } from '#directory'
import {
  applianceEndCommands,
  applianceEndRemoval,
  bridgeName,
  type Command,
  forgetPeers,
  hostEndCommands,
  hostEndRemoval,
  namespaceName,
  readTunnels,
  tunnelQuestions,
  vxlanName,
} from '#vocluster'
import { ip } from '../directory/samples.ts'
import { needs, needsRoot } from '../needs.ts'

const real = {
  ...needsRoot(),
  ...needs('iproute2', '/usr/sbin/ip', '/usr/sbin/bridge'),
  ...needs('busybox-static', '/usr/bin/busybox'),
}

/** Far from every number that a real appliance would choose, and this process's own. */
const vni = 16_000_000 + (process.pid % 700_000)
const prefix = `cvt${process.pid}`
const subnet = parseSubnet('10.128.0.0/20') ?? assert.fail()
const wire = { wire: `${prefix}w`, appliance: `${prefix}a`, h1: `${prefix}x`, h2: `${prefix}y` }
const underlay = { appliance: '198.19.0.1', h1: '198.19.0.2', h2: '198.19.0.3' } as const
const guests = { g1: `${prefix}g`, g2: `${prefix}h` }
type End = keyof typeof underlay

function run(
  namespace: string,
  argv: readonly string[],
  timeout = 10_000,
): { ok: boolean; out: string } {
  // Only the network changes: "ip netns exec" would hide namespaces made within.
  const within = ['/usr/bin/nsenter', `--net=/run/netns/${namespace}`, ...argv]
  const { status, stdout, stderr } = spawnSync(within[0] ?? '', within.slice(1), {
    encoding: 'utf8',
    timeout,
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
  })
  return { ok: status === 0, out: `${stdout}${stderr}` }
}

function must(namespace: string, line: string): string {
  const { ok, out } = run(namespace, line.split(' '))
  assert.ok(ok, `${line}: ${out}`)
  return out
}

function obey(end: End, commands: readonly Command[]): void {
  for (const { argv, tolerated } of commands) {
    const { ok, out } = run(wire[end], argv)
    assert.ok(
      ok || (tolerated !== undefined && out.includes(tolerated)),
      `${argv.join(' ')}: ${out}`,
    )
  }
}

function tunnelEnd(end: End): Parameters<typeof hostEndCommands>[0] {
  const peers = Object.entries(underlay).flatMap(([name, at]) => (name === end ? [] : [ip(at)]))
  return { vni, local: ip(underlay[end]), peers }
}

function namespaces(verb: 'add' | 'delete'): void {
  for (const name of [...Object.values(wire), ...Object.values(guests)]) {
    spawnSync('/usr/sbin/ip', ['netns', verb, name])
    if (verb === 'add') run(name, ['sysctl', '-q', '-w', 'net.ipv6.conf.all.disable_ipv6=1'])
  }
  if (verb === 'delete') spawnSync('/usr/sbin/ip', ['netns', 'delete', namespaceName(vni)])
}

function cable(end: End): void {
  must(wire.wire, `ip link add ${end} type veth peer name eth0 netns ${wire[end]}`)
  must(wire.wire, `ip link set ${end} master wire up`)
  must(wire[end], `ip addr add ${underlay[end]}/24 dev eth0`)
  must(wire[end], 'ip link set eth0 up')
  must(wire[end], 'ip link set lo up')
}

/** Stands for the NIC of a node. */
function plugGuest(host: End, guest: string, address: string): void {
  must(wire[host], `ip link add tap0 type veth peer name eth0 netns ${guest}`)
  must(wire[host], `ip link set tap0 master ${bridgeName(vni)} mtu 1450 up`)
  must(guest, `ip addr add ${address}/20 dev eth0`)
  must(guest, 'ip link set eth0 mtu 1450 up')
}

function answers(guest: string, address: string, bytes = 56): boolean {
  return run(guest, ['busybox', 'ping', '-c', '1', '-W', '1', '-s', String(bytes), address]).ok
}

/** An answer would come within a millisecond; echoesHeard tells of one that found no way back. */
function staysSilent(guest: string, address: string): boolean {
  return !run(guest, ['busybox', 'ping', '-c', '1', address], 300).ok
}

function build(): void {
  obey('appliance', applianceEndCommands(tunnelEnd('appliance'), subnet))
  for (const host of ['h1', 'h2'] as const) obey(host, hostEndCommands(tunnelEnd(host)))
}

before(() => {
  if (real.skip !== undefined) return
  namespaces('add')
  must(wire.wire, 'ip link add wire type bridge stp_state 0 forward_delay 0')
  must(wire.wire, 'ip link set wire up')
  for (const end of ['appliance', 'h1', 'h2'] as const) cable(end)
  build()
  plugGuest('h1', guests.g1, '10.128.0.11')
  plugGuest('h2', guests.g2, '10.128.0.12')
})

after(() => {
  if (real.skip === undefined) namespaces('delete')
})

test('a node reaches a node on the other host and the appliance, with the full MTU', real, () => {
  assert.ok(answers(guests.g1, '10.128.0.12'))
  assert.ok(answers(guests.g1, '10.128.0.12', 1450 - 28))
  assert.ok(answers(guests.g2, '10.128.0.1'))
})

/** Echo requests that the kernel took as meant for itself; an answer need not find its way back. */
function echoesHeard(end: End): number {
  const [names, values] = must(wire[end], 'cat /proc/net/snmp')
    .split('\n')
    .filter((line) => line.startsWith('Icmp:'))
    .map((line) => line.split(' '))
  return Number(values?.[names?.indexOf('InEchos') ?? -1] ?? assert.fail('no counter'))
}

test('root in a node reaches no address of its host or of the appliance', real, () => {
  const heard = [echoesHeard('h1'), echoesHeard('appliance')]
  must(guests.g1, `ip route replace ${underlay.h1}/32 dev eth0`)
  must(guests.g1, `ip route replace ${underlay.appliance}/32 via 10.128.0.1`)
  assert.ok(staysSilent(guests.g1, underlay.h1))
  assert.doesNotMatch(must(guests.g1, `ip neigh show ${underlay.h1}`), /lladdr/)
  // Nor when it knows the bridge's MAC, and needs no ARP.
  const [, bridge = ''] =
    / link\/ether (\S+)/.exec(must(wire.h1, `ip link show ${bridgeName(vni)}`)) ?? []
  must(guests.g1, `ip neigh replace ${underlay.h1} lladdr ${bridge} dev eth0`)
  assert.ok(staysSilent(guests.g1, underlay.h1))
  assert.ok(staysSilent(guests.g1, underlay.appliance))
  assert.deepEqual([echoesHeard('h1'), echoesHeard('appliance')], heard)
})

test('all of it may be done again and changes nothing', real, () => {
  const links = must(wire.h1, 'ip -j link show')
  build()
  assert.equal(must(wire.h1, 'ip -j link show'), links)
  assert.ok(answers(guests.g1, '10.128.0.12'))
})

function tunnelsOf(end: End): ReturnType<typeof readTunnels> {
  const { links, entries } = tunnelQuestions(end === 'appliance' ? vni : undefined)
  return readTunnels(run(wire[end], links.argv).out, run(wire[end], entries.argv).out)
}

test('what each end has and whom it knows is read back', real, () => {
  for (const end of ['appliance', 'h1'] as const) {
    const [seen, ...others] = tunnelsOf(end)
    assert.deepEqual(others, [])
    assert.deepEqual(
      { ...seen, peers: seen?.peers.toSorted((one, other) => one - other) },
      tunnelEnd(end),
    )
  }
})

test('an end is forgotten and removed, twice without complaint, and nothing is left', real, () => {
  for (let again = 0; again < 2; again += 1) {
    obey('h1', forgetPeers(vni, [ip(underlay.h2)], 'host'))
    obey('appliance', forgetPeers(vni, [ip(underlay.h2)], 'appliance'))
  }
  assert.deepEqual(tunnelsOf('h1')[0]?.peers, [ip(underlay.appliance)])
  for (let again = 0; again < 2; again += 1) {
    obey('h1', hostEndRemoval(vni))
    obey('appliance', applianceEndRemoval(vni))
  }
  assert.equal(must(wire.h1, 'ip -j link show').includes(vxlanName(vni)), false)
  assert.deepEqual(tunnelsOf('appliance'), [])
  // Others use what is left of the rack.
  build()
  must(wire.h1, `ip link set tap0 master ${bridgeName(vni)}`)
})
