// Why this file exists: two VOs must never share a number, a subnet or a MAC, and every command on a host must be safe to
// run again.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  applyDeltas,
  emptySnapshot,
  formatIp4,
  formatSubnet,
  type Network,
  parseSubnet,
} from '#directory'
import {
  applianceAddress,
  applianceEndCommands,
  chooseMac,
  chooseNetwork,
  clusterNetworkName,
  forgetPeers,
  hostEndCommands,
  hostEndRemoval,
  networksOfCluster,
  readTunnels,
  voNetworkName,
} from '#vocluster'
import { domain, ip, label, mac, network } from '../directory/samples.ts'
import { digest } from './samples.ts'

function choice(taken: readonly Network[], wished?: string): string {
  const subnet = wished === undefined ? undefined : parseSubnet(wished)
  const chosen = chooseNetwork(label('vo-x'), subnet, taken)
  if (!chosen.ok) return chosen.refusal.kind
  return `${formatSubnet(chosen.value.subnet)} ${chosen.value.vni}`
}

const first = network(1, '10.128.0.0/20', { vni: 1 })
for (const [sentence, taken, wished, chosen] of [
  ['the first', [], undefined, '10.128.0.0/20 1'],
  ['the next', [first], undefined, '10.128.16.0/20 2'],
  ['a gap', [network(1, '10.128.16.0/20', { vni: 2 })], undefined, '10.128.0.0/20 1'],
  ['beside a wide physical network', [network(1, '10.128.0.0/13')], undefined, '10.136.0.0/20 1'],
  [
    'beside a narrow physical network',
    [network(1, '10.128.3.0/24')],
    undefined,
    '10.128.16.0/20 1',
  ],
  ['as wished', [first], '10.9.0.0/20', '10.9.0.0/20 2'],
  ['a wish within what another has', [first], '10.128.8.0/24', 'subnet-taken'],
  ['a wish around what another has', [first], '10.128.0.0/16', 'subnet-taken'],
  ['none is left', [network(1, '10.0.0.0/8')], undefined, 'no-subnet'],
] as const) {
  test(`a network of a VO is chosen: ${sentence}`, () =>
    assert.equal(choice(taken, wished), chosen))
}

test('names of networks tell whose they are, even when hyphens could be read two ways', () => {
  assert.equal(voNetworkName(label('physics')), 'vo-physics')
  const inner = label('inner')
  const one = clusterNetworkName({ vo: label('a-b'), cluster: label('c') }, inner, digest)
  const other = clusterNetworkName({ vo: label('a'), cluster: label('b-c') }, inner, digest)
  assert.match(one ?? '', /^voc-a-b-c-inner-[0-9a-f]{6}$/)
  assert.notEqual(one, other)
  const entries = [one, other].flatMap((name, at) =>
    name === undefined ? [] : [network(at + 1, `10.128.${at * 16}.0/20`, { name })],
  )
  const snapshot = applyDeltas(
    emptySnapshot(domain),
    entries.map((entry) => ({ kind: 'put', entry })),
  )
  const found = networksOfCluster(snapshot, { vo: label('a'), cluster: label('b-c') }, digest)
  assert.deepEqual(
    found.map(({ name }) => name),
    [other],
  )
})

test('a MAC is locally administered, the same each time, and another one on a clash', () => {
  const nothing = (): boolean => false
  const one = chooseMac('compute3.hpl.physics', nothing, digest)
  assert.match(one ?? '', /^02:/)
  assert.equal(chooseMac('compute3.hpl.physics', nothing, digest), one)
  const other = chooseMac('compute3.hpl.physics', (taken) => taken === one, digest)
  assert.match(other ?? '', /^02:/)
  assert.notEqual(other, one)
  assert.equal(
    chooseMac('x', () => true, digest),
    undefined,
  )
  assert.equal(
    chooseMac('x', nothing, () => 'ff'.repeat(16)),
    mac('02:ff:ff:ff:ff:ff'),
  )
})

test('every command that could find its work done names what it then says', () => {
  const end = { vni: 7, local: ip('10.77.0.2'), peers: [ip('10.77.0.1'), ip('10.77.0.3')] }
  const subnet = parseSubnet('10.128.0.0/20') ?? assert.fail()
  const commands = [
    ...hostEndCommands(end),
    ...hostEndRemoval(7),
    ...applianceEndCommands(end, subnet),
    ...forgetPeers(7, end.peers, 'appliance'),
  ]
  for (const { argv, tolerated } of commands) {
    const once = argv.some((word) => ['add', 'append', 'delete'].includes(word))
    if (once) assert.notEqual(tolerated, undefined, argv.join(' '))
  }
  assert.ok(
    commands.some(
      ({ argv }) => argv.join(' ') === 'bridge fdb append 00:00:00:00:00:00 dev cvx7 dst 10.77.0.3',
    ),
  )
  assert.equal(formatIp4(applianceAddress(subnet)), '10.128.0.1')
})

test('what a host says of its tunnels is read, and nonsense is nothing', () => {
  const links = JSON.stringify([
    {},
    { ifname: 'cvx7', linkinfo: { info_kind: 'vxlan', info_data: { id: 7, local: '10.77.0.2' } } },
    { ifname: 'vxlan9', linkinfo: { info_kind: 'vxlan', info_data: { id: 9 } } },
  ])
  const entries = JSON.stringify([
    { mac: '00:00:00:00:00:00', ifname: 'cvx7', dst: '10.77.0.1' },
    { mac: '02:00:00:00:00:01', ifname: 'cvx7', dst: '10.77.0.1' },
    { mac: '33:33:00:00:00:01', ifname: 'cbr7' },
  ])
  assert.deepEqual(readTunnels(links, entries), [
    { vni: 7, local: ip('10.77.0.2'), peers: [ip('10.77.0.1')] },
  ])
  for (const nonsense of ['', '{', '[1,null]', '{"a":1}'])
    assert.deepEqual(readTunnels(nonsense, nonsense), [])
})
