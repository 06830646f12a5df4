// Why this file exists: what each kind of entry means, and why one is refused, as a table that people can check.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type EntryId, formatRoute, parseDnsName, parseUuid } from '#directory'
import { affectedBy, mapEntry } from '../../src/ldap-sync/mapping/map.ts'
import { rawEntry, type RawEntry } from '../../src/ldap-sync/raw-entry.ts'
import { Replica } from '../../src/ldap-sync/sync/replica.ts'
import { known } from './bench.ts'

const domain = known(parseDnsName('cluster.test'))
type Attributes = Readonly<Record<string, readonly string[]>>

let count = 0
function entry(dn: string, attributes: Attributes): RawEntry {
  count += 1
  const id: EntryId = known(parseUuid(count.toString(16).padStart(32, '0')))
  return rawEntry(id, dn, new Map(Object.entries(attributes)))
}

const base = 'ou=machines,dc=test'
const device = (dn: string, more: Attributes = {}) =>
  entry(dn, { objectclass: ['device', 'ieee802Device'], macaddress: ['525400000001'], ...more })
const network = (more: Attributes = {}) =>
  entry('cn=prov,ou=networks,dc=test', {
    objectclass: ['ipNetwork', 'coppiceNetwork'],
    ipnetworknumber: ['10.77.0.0'],
    ipnetmasknumber: ['255.255.255.0'],
    ...more,
  })
const person = (more: Attributes = {}) =>
  entry('uid=ada,ou=people,dc=test', { objectclass: ['posixAccount'], uid: ['ada'], ...more })

function mapped(raw: RawEntry, ...around: readonly RawEntry[]) {
  const tree = new Replica()
  tree.apply([raw, ...around], [])
  return mapEntry(raw, tree, domain)
}

for (const [what, raw, reason] of [
  ['without a MAC', device(`cn=a,${base}`, { macaddress: [] }), /no macAddress/],
  [
    'with a MAC of five bytes',
    device(`cn=a,${base}`, { macaddress: ['52540000'] }),
    /macAddress "52540000"/,
  ],
  [
    'with a group MAC',
    device(`cn=a,${base}`, { macaddress: ['01:00:5e:00:00:01'] }),
    /one network card/,
  ],
  [
    'with text as address',
    device(`cn=a,${base}`, { iphostnumber: ['10.0.0.x'] }),
    /ipHostNumber "10.0.0.x"/,
  ],
  ['with a name that DNS cannot hold', device(`cn=a b,${base}`), /no host name/],
  ['with a newline in its name', device(`cn=a\\0Ab,${base}`), /"a\\nb" is no host name/],
  [
    'with an unknown role',
    device(`cn=a,${base}`, { coppicerole: ['boss'] }),
    /role: host or other/,
  ],
  ['with two roles', device(`cn=a,${base}`, { coppicerole: ['host', 'other'] }), /has 2 values/],
  ['with a bad UUID', device(`cn=a,${base}`, { coppiceuuid: ['1234'] }), /no UUID/],
  [
    'with a secret in its power URL',
    device(`cn=a,${base}`, { coppicepower: ['ipmi://u:p@h/'] }),
    /without a secret/,
  ],
  [
    'of a virtual node outside any cluster',
    device(`cn=a,${base}`, { objectclass: ['device', 'ieee802Device', 'coppiceVcn'] }),
    /below a coppiceCluster/,
  ],
  [
    'of our class that is no device',
    entry(`cn=a,${base}`, { objectclass: ['room', 'coppiceMachine'] }),
    /not both device/,
  ],
  ['with a mask of 33 bits', network({ ipnetmasknumber: ['33'] }), /no netmask/],
  ['with a mask with a hole', network({ ipnetmasknumber: ['255.0.255.0'] }), /no netmask/],
  ['without a mask', network({ ipnetmasknumber: [] }), /no ipNetmaskNumber/],
  [
    'with host bits in its number',
    network({ ipnetworknumber: ['10.77.0.7'] }),
    /bits outside its mask/,
  ],
  ['with a gateway elsewhere', network({ coppicegateway: ['10.78.0.1'] }), /coppiceGateway/],
  [
    'with its broadcast address as gateway',
    network({ coppicegateway: ['10.77.0.255'] }),
    /coppiceGateway/,
  ],
  [
    'with a pool that ends before it begins',
    network({ coppicepool: ['10.77.0.9-10.77.0.8'] }),
    /no pool/,
  ],
  ['with a lease of no time', network({ coppiceleaseseconds: ['0'] }), /no number from 60/],
  ['with a VXLAN number too large', network({ coppicevni: ['16777216'] }), /no number from 1/],
  ['of a person whose uid is a path', person({ uid: ['../root'] }), /no account name/],
  ['of a person with half a number', person({ uidnumber: ['12.5'] }), /uidNumber|uidnumber/],
  [
    'of a cluster without its VO',
    entry('cn=hpl,dc=test', { objectclass: ['coppiceCluster'] }),
    /below a coppiceVo/,
  ],
  [
    'of a VO with a quota of one word',
    entry('cn=vo,dc=test', { objectclass: ['coppiceVo'], coppicequota: ['lots'] }),
    /name=value/,
  ],
] as const) {
  test(`HOSTILE 43: an entry ${what} is refused with the reason`, () => {
    const outcome = mapped(raw)
    assert.equal(outcome.kind, 'refused')
    assert.match(outcome.kind === 'refused' ? outcome.reason : '', reason)
  })
}

test('routes: one that cannot be read, or is said twice, costs the network only that one', () => {
  const values = [
    '198.51.100.0/24 10.77.0.9',
    '0.0.0.0/0   10.77.0.8',
    '198.51.100.0/24 10.77.0.7',
    '198.51.100.7/24 10.77.0.9',
    '192.0.2.0/33 10.77.0.9',
    '192.0.2.0/24',
    '192.0.2.0/24 10.77.0.9 10.77.0.8',
    '192.0.2.0/24 224.0.0.1',
    '192.0.2.0/25 0.0.0.0',
  ]
  const outcome = mapped(network({ coppiceroute: values }))
  assert.ok(outcome.kind === 'entry' && outcome.entry.kind === 'network')
  assert.deepEqual(outcome.entry.routes?.map(formatRoute), [
    '192.0.2.0/25 0.0.0.0',
    '198.51.100.0/24 10.77.0.7',
    '0.0.0.0/0 10.77.0.8',
  ])
  assert.equal(outcome.notes.length, 6)
  assert.match(outcome.notes.at(-1) ?? '', /another way to where 10\.77\.0\.7 leads and left out/)
})

test('routes beyond what DHCP can tell are left out, and each is named', () => {
  const values = Array.from({ length: 70 }, (_, at) => `192.0.${at}.0/24 10.77.0.9`)
  const outcome = mapped(network({ coppiceroute: values }))
  assert.ok(outcome.kind === 'entry' && outcome.entry.kind === 'network')
  assert.deepEqual([outcome.entry.routes?.length, outcome.notes.length], [64, 6])
})

test('several problems of one entry are told together', () => {
  const outcome = mapped(device(`cn=a b,${base}`, { iphostnumber: ['x'], coppicerole: ['y'] }))
  assert.equal(outcome.kind === 'refused' && outcome.reason.split(';').length, 3)
})

function machineOf(raw: RawEntry, ...around: readonly RawEntry[]) {
  const outcome = mapped(raw, ...around)
  assert.ok(outcome.kind === 'entry', JSON.stringify(outcome))
  assert.ok(outcome.entry.kind === 'machine' || outcome.entry.kind === 'vcn')
  return { machine: outcome.entry, notes: outcome.notes }
}

test('an RFC 2307 entry without any class of ours is a machine of role other', () => {
  const raw = device('cn=Web.Cluster.Test,ou=hosts,dc=test', {
    objectclass: ['top', 'Device', 'IEEE802Device', 'ipHost'],
    cn: ['mail', 'web.cluster.test'],
    iphostnumber: ['10.77.0.3'],
  })
  const { machine } = machineOf(raw)
  assert.deepEqual(
    [machine.name, machine.aliases, machine.kind === 'machine' && machine.role],
    ['web', ['mail'], 'other'],
  )
})

test('each spelling of a MAC is read, and the same one twice is one', () => {
  const macaddress = ['52-54-00-00-00-0A', '5254.0000.000a', '52540000000B']
  const { machine } = machineOf(device(`cn=a,${base}`, { macaddress }))
  assert.deepEqual(machine.nics[0]?.macs, ['52:54:00:00:00:0a', '52:54:00:00:00:0b'])
})

test('a flat entry with two addresses has both, for any of its cards', () => {
  const { machine } = machineOf(device(`cn=a,${base}`, { iphostnumber: ['10.0.0.1', '10.1.0.1'] }))
  assert.equal(machine.nics.length, 2)
  assert.deepEqual(machine.nics[0]?.macs, machine.nics[1]?.macs)
})

test('an alias, a key or an IPv6 address that cannot be served is left out and noted', () => {
  const { machine, notes } = machineOf(
    device(`cn=a,${base}`, { cn: ['a', 'my host'], iphostnumber: ['2001:db8::1', '10.0.0.1'] }),
  )
  assert.equal(machine.aliases.length, 0)
  assert.equal(notes.length, 2)
  const key = 'command="rm -rf /" ssh-ed25519 AAAA'
  const outcome = mapped(person({ sshpublickey: [key, 'ssh-ed25519 AAAA\nssh-rsa AAAA'] }))
  assert.ok(outcome.kind === 'entry' && outcome.entry.kind === 'person')
  assert.deepEqual(outcome.entry.sshKeys, [])
  assert.equal(outcome.notes.length, 2)
})

test('a device below a device is its card, and a bad card is refused alone', () => {
  const parent = device(`cn=a,${base}`)
  const good = device(`cn=eth1,cn=a,${base}`, {
    macaddress: ['525400000002'],
    coppiceonnetwork: ['prov'],
  })
  const bad = device(`cn=eth2,cn=a,${base}`, { macaddress: ['nothing'] })
  const { machine } = machineOf(parent, good, bad)
  assert.deepEqual(
    machine.nics.map(({ label, network: on }) => [label, on]),
    [
      [undefined, undefined],
      ['eth1', 'prov'],
    ],
  )
  assert.equal(mapped(good, parent).kind, 'nothing')
  assert.equal(mapped(bad, parent).kind, 'refused')
})

test('a machine may be known by its port alone', () => {
  const { machine } = machineOf(
    device(`cn=a,${base}`, { macaddress: [], coppiceport: ['eth 1/7'] }),
  )
  assert.equal(machine.kind === 'machine' && machine.port, 'eth 1/7')
})

test('a UUID that a vendor ships by the batch is left out and noted', () => {
  const { machine, notes } = machineOf(device(`cn=a,${base}`, { coppiceuuid: ['0'.repeat(32)] }))
  assert.ok(machine.kind === 'machine' && machine.uuid === undefined && notes.length === 1)
})

const vo = entry('cn=physics,ou=vos,dc=test', { objectclass: ['coppiceVo'] })
const cluster = entry('cn=hpl,cn=physics,ou=vos,dc=test', { objectclass: ['coppiceCluster'] })
const node = device('cn=compute3,cn=hpl,cn=physics,ou=vos,dc=test', { cn: ['compute3', 'c3'] })

test("a virtual node's name holds its cluster and its VO", () => {
  const { machine } = machineOf(node, vo, cluster)
  assert.deepEqual([machine.name, machine.aliases], ['compute3.hpl.physics', ['c3.hpl.physics']])
})

for (const [sentence, changed, again] of [
  ['a card: its machine', 'card', ['card', 'machine']],
  ['a VO: its clusters and their nodes', 'vo', ['cluster', 'node', 'vo']],
  ['a machine: its cards', 'machine', ['card', 'machine']],
  ['a container: nothing else', 'container', ['container']],
] as const) {
  test(`a change of ${sentence}, is looked at again`, () => {
    const machine = device(`cn=a,${base}`)
    const card = device(`cn=eth1,cn=a,${base}`)
    const container = entry(base, { objectclass: ['organizationalUnit'] })
    const all = { machine, card, container, vo, cluster, node }
    const tree = new Replica()
    tree.apply(Object.values(all), [])
    const newer = rawEntry(
      all[changed].id,
      all[changed].dn,
      new Map([...all[changed].attributes, ['x', []]]),
    )
    const ids = affectedBy(tree.apply([newer], []), tree)
    const names = Object.entries(all).flatMap(([name, { id }]) => (ids.has(id) ? [name] : []))
    assert.deepEqual(names.toSorted(), again)
  })
}
