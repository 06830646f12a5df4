// Why this file exists: the directory of a site is older than the appliance. A tree that grew for twenty years is read
// from a slapd that was never meant for us, and what becomes of each entry is written down here.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { formatIp4, formatSubnet, type Machine, type Nic, startAssembly, stepAll } from '#directory'
import { connectorOf, systemClock } from '#ldap-sync'
import { needs } from '../needs.ts'
import { known } from './bench.ts'
import { ConfiguredSlapd } from './configured-slapd.ts'
import { WatchedSync } from './watched-sync.ts'

const slapd = needs('slapd ldap-utils', '/usr/sbin/slapd', '/usr/bin/ldapadd')
const folder = join(import.meta.dirname, '..')
const server = new ConfiguredSlapd('o=Universität Musterstadt,c=DE')
const opened: { watched?: WatchedSync } = {}
const watched = (): WatchedSync => known(opened.watched)

before(async () => {
  if (slapd.skip !== undefined) return
  await server.start()
  for (const name of ['openssh-lpk.ldif', 'coppice.ldif']) {
    server.loadSchema(join(folder, '../schema', name))
  }
  server.load(readFileSync(join(folder, 'vectors/ldap/foreign-tree.ldif'), 'utf8'))
  server.load(manyMachines())
  const { url, bindDn, secretFile, suffix: base } = server
  const settings = { url, base, bindDn, secretFile, copyFile: join(server.folder, 'copy') }
  opened.watched = new WatchedSync({ settings, connect: connectorOf(systemClock) })
  await opened.watched.sync.start()
  await opened.watched.untilLive()
})

after(async () => {
  await opened.watched?.sync.close()
  await server.stop()
})

/** Halls below halls below halls, and in each some racks of machines, their MACs spelt by turns. */
const bulk = { depth: 12, perHall: 50 }

function manyMachines(): string {
  let above = 'ou=Rechenzentrum Göttingen,o=Universität Musterstadt,c=DE'
  const entries: string[] = []
  for (let hall = 0; hall < bulk.depth; hall += 1) {
    above = `ou=Halle ${hall} \\"Süd\\",${above}`
    entries.push(`dn: ${above}\nobjectClass: organizationalUnit\nou: Halle ${hall} "Süd"`)
    for (let at = 0; at < bulk.perHall; at += 1) {
      const octets = ['52', '54', '01', '00', hex(hall), hex(at)]
      const joined = [octets.join(':'), octets.join('-').toUpperCase(), octets.join('')][at % 3]
      entries.push(
        [
          `dn: cn=h${hall}n${at},${above}`,
          'objectClass: device\nobjectClass: ipHost\nobjectClass: ieee802Device',
          `cn: h${hall}n${at}\nipHostNumber: 10.20.${100 + hall}.${at + 1}\nmacAddress: ${joined}`,
        ].join('\n'),
      )
    }
  }
  return `${entries.join('\n\n')}\n`
}

function hex(octet: number): string {
  return octet.toString(16).padStart(2, '0')
}

function told({ label, macs, address }: Nic): string {
  const where = address === undefined ? [] : [formatIp4(address)]
  return [...(label === undefined ? [] : [label]), ...macs, ...where].join(' ')
}

/** Name and aliases, then each card as `[label] MACs address`. */
const served: readonly (readonly [string, ...string[]])[] = [
  ['knoten01', '52:54:00:20:00:0a 10.20.0.1'],
  ['knoten02 mail', '52:54:00:20:00:02 10.20.0.2'],
  ['knoten03 archiv', '52:54:00:20:00:03 10.20.0.3'],
  ['knoten04', '52:54:00:20:00:04 10.20.0.4'],
  ['knoten05', '52:54:00:20:00:05'],
  ['knoten06', '52:54:00:20:00:06 10.20.0.6'],
  ['knoten07', '08:00:20:01:02:03 10.20.0.7'],
  ['drucker2', '52:54:00:20:00:08 10.20.0.8'],
  [
    'knoten09 www',
    '52:54:00:20:00:09 52:54:00:21:00:09 10.20.0.9',
    '52:54:00:20:00:09 52:54:00:21:00:09 10.21.0.9',
  ],
  [
    'knoten10',
    '52:54:00:20:00:10 10.20.0.10',
    'eth1 52:54:00:21:00:10 10.21.0.10',
    'eth2 52:54:00:22:00:10',
    'ilo 10.20.1.10',
  ],
  ['knoten11', '52:54:00:20:00:11'],
  ['blade1', '52:54:00:20:00:12 10.20.0.12'],
  ['plotter', '10.20.0.13'],
  ['altlast.example.org', '52:54:00:20:00:14 10.20.0.14'],
  ['knoten15', '52:54:00:20:00:15 10.20.0.15'],
]

for (const [names, ...cards] of served) {
  test(`a foreign tree: ${names} is served`, { ...slapd }, () => {
    const [name = '', ...aliases] = names.split(' ')
    const machine = known(watched().machine(name))
    assert.deepEqual(machine.aliases, aliases)
    assert.deepEqual(machine.nics.map(told).toSorted(), cards.toSorted())
  })
}

const refused: readonly (readonly [string, RegExp])[] = [
  ['cn=müller', /"müller" is no host name/],
  ['cn=unter_strich', /"unter_strich" is no host name/],
  ['cn=kein-mac', /no macAddress/],
  ['cn=muell', /macAddress "\\u0001\\u0002.*" is no address of one network card/],
  ['cn=text-als-adresse', /ipHostNumber "per DHCP" is no address/],
  ['cn=gruppe', /ipHostNumber "224\.0\.0\.5" is no address of a machine/],
  ['cn=zu-tief', /below a network card/],
  ['cn=ohne-maske', /no ipNetmaskNumber/],
  ['cn=loch', /ipnetmasknumber "255\.0\.255\.0" is no netmask/],
  ['cn=default', /ipnetmasknumber "0\.0\.0\.0" is no netmask/],
]

for (const [rdn, reason] of refused) {
  test(`HOSTILE 43: a foreign tree: ${rdn} is set aside with its reason`, { ...slapd }, () => {
    const items = watched().batches.flat()
    const found = items.flatMap((one) =>
      one.kind === 'refused' && one.item.dn.startsWith(`${rdn},`) ? [one.item.reason] : [],
    )
    assert.match(known(found[0]), reason)
  })
}

test(
  'a foreign tree: nothing else is set aside, and what is not ours is ignored',
  { ...slapd },
  () => {
    const { entries, refused: aside, sync } = watched()
    assert.equal(aside.size, refused.length)
    const kinds = Object.groupBy(entries.values(), ({ kind }) => kind)
    const counts = Object.entries(kinds).map(([kind, list]) => `${kind} ${list.length}`)
    const machines = served.length + 1 + bulk.depth * bulk.perHall
    assert.deepEqual(counts.toSorted(), [
      'cluster 1',
      `machine ${machines}`,
      'network 3',
      'person 1',
      'vcn 1',
      'vo 1',
    ])
    assert.ok(sync.state.rawEntries > machines + refused.length)
  },
)

test('a foreign tree: networks are found by number, whatever they are called', { ...slapd }, () => {
  const networks = [...watched().entries.values()].filter((entry) => entry.kind === 'network')
  assert.deepEqual(
    networks.map((network) => `${network.name} ${formatSubnet(network)}`).toSorted(),
    ['lager 10.22.0.0/24', 'net-10-21-0-0-24 10.21.0.0/24', 'prov 10.20.0.0/16'],
  )
})

test('a foreign tree: what is left out of an entry that is served is told', { ...slapd }, () => {
  const notesOf = (name: string): string => {
    const { id }: Machine = known(watched().machine(name))
    return known(watched().notes.get(id)).join('\n')
  }
  assert.match(
    notesOf('knoten03'),
    /cn "knoten03\.alt\.example\.org" is its name in another domain/,
  )
  assert.match(notesOf('drucker2'), /cn "Drucker, zweiter Stock \\"Süd\\"" is no host name/)
  assert.match(notesOf('knoten09'), /cn "www\.example\.org\." is in another domain/)
  assert.match(notesOf('knoten09'), /"52:54:00:20:00:09:00" is no address of one .* left out/)
  assert.match(notesOf('knoten15'), /coppiceTag.* "umtänze \\u\{202e\}gnu" is no plain text/i)
})

test(
  'our auxiliary classes work on a server that loaded our schema by cn=config',
  { ...slapd },
  () => {
    const machine = known(watched().machine('knoten15'))
    const { role, uuid, serial, port, power, tags } = machine
    assert.deepEqual(
      { role, uuid, serial, port, power, tags },
      {
        role: 'host',
        uuid: '4c4c4544-0051-3610-8052-b4c04f4d3132',
        serial: 'CZ1234ABCD',
        port: 'Gi1/0/15',
        power: 'redfish+https://bmc15.example/redfish/v1/Systems/1',
        tags: ['gestell-7', 'zwei Wörter'],
      },
    )
    const [vcn] = [...watched().entries.values()].filter((entry) => entry.kind === 'vcn')
    assert.deepEqual([vcn?.name, vcn?.host], ['compute1.hpl.physics', 'knoten15'])
    const [person] = [...watched().entries.values()].filter((entry) => entry.kind === 'person')
    assert.deepEqual([person?.uid, person?.sshKeys.length, person?.sudo], ['juergen', 1, true])
  },
)

test(
  'HOSTILE 41: a foreign tree: two with one MAC are told with both their names, halls and umlauts',
  {
    ...slapd,
  },
  () => {
    const entries = [...watched().entries.values()]
    const { deltas } = stepAll(
      startAssembly(),
      entries.map((entry) => ({ kind: 'entry', entry })),
    )
    const aside = deltas.flatMap((delta) => (delta.kind === 'set-aside' ? [delta.item] : []))
    assert.deepEqual(
      new Set(aside.map(({ dn }) => dn.split(',')[0])),
      new Set(['cn=doppelgaenger', 'cn=knoten01']),
    )
    for (const { reason } of aside) {
      assert.match(reason, /cn=doppelgaenger,ou=Rechenzentrum Göttingen/)
      assert.match(reason, /cn=knoten01,ou=Räume der .*Alten.*,l=Keller/)
    }
  },
)
