// Why this file exists: what we write must be taken by the programs that it is for, say what our own answers say, and come
// back as the same machines.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import fc from 'fast-check'
import { formatIp4, ip4, type Machine, type Network, parseRoute, type Snapshot } from '#directory'
import { lookUp, recordSeconds, recordType, serverName } from '#dns'
import {
  exportFile,
  exportZone,
  type FileFormat,
  importFiles,
  naturalKey,
  planImport,
  type ZoneFacts,
  zoneNames,
} from '#exchange'
import { needs } from '../needs.ts'
import { address, anySite, machine, network, smallSite, snapshotOf } from './directories.ts'
import { domain, known } from './told.ts'

const text = (chunks: Iterable<string>): string => [...chunks].join('')
const written = (snapshot: Snapshot, format: FileFormat): string =>
  text(exportFile(snapshot, format))

const facts: ZoneFacts = {
  serial: 1_790_000_000,
  server: serverName(domain),
  person: `hostmaster.${domain}`,
  serverAddresses: [address('10.1.0.1')],
  recordSeconds,
  refreshSeconds: 60,
  retrySeconds: 30,
  expireSeconds: 604_800,
  negativeSeconds: 10,
}

test('hosts: by address, the full name first, aliases with the first address', () => {
  assert.equal(
    written(smallSite(), 'hosts'),
    `# Names and addresses of cluster.test
10.1.0.2\tn2.cluster.test n2
10.1.0.7\tp7.cluster.test p7
10.1.0.8\tu8.cluster.test u8
10.1.0.10\tn10.cluster.test n10 login
10.2.0.2\tn2.cluster.test n2
10.2.0.10\teth1.n10.cluster.test eth1.n10
`,
  )
})

test('csv: everything that is described of machines, quoted where it must be', () => {
  assert.equal(
    written(smallSite(), 'csv'),
    `name,aliases,nic,macs,addresses,role,uuid,port,power,tags,bootfile,bootparameters
bare,,,52:54:00:00:00:99,,other,,,,,,
n2,,,52:54:00:00:00:02,10.1.0.2 10.2.0.2,other,,,,,,
n10,login,,52:54:00:00:00:10 52:54:00:00:00:20,10.1.0.10,host,,,,gpu|rack 7|,"a""b\\c",
n10,,eth1,52:54:00:00:01:10,10.2.0.10,,,,,,,
p7,,,,10.1.0.7,other,,"eth 0/""7""",,,,
u8,,,,10.1.0.8,other,11111111-2222-4333-8444-555555550001,,,,,
`,
  )
})

test('names are sorted as people count', () => {
  const names = ['n10', 'n2', 'n002', 'n1', 'a', 'n10b', 'n9.r2', 'n9.r10']
  const sorted = names.toSorted((one, other) => (naturalKey(one) < naturalKey(other) ? -1 : 1))
  assert.deepEqual(sorted, ['a', 'n1', 'n2', 'n002', 'n9.r2', 'n9.r10', 'n10', 'n10b'])
})

test('the same directory gives the same bytes, in whatever order it was read', () => {
  const site = smallSite()
  const entries = [...site.entries.values()].filter(
    (entry): entry is Machine | Network => entry.kind === 'machine' || entry.kind === 'network',
  )
  const other = snapshotOf(entries.toReversed())
  for (const format of ['hosts', 'ethers', 'csv', 'dhcpd', 'dnsmasq'] as const) {
    assert.equal(written(other, format), written(site, format))
  }
})

const roundTrips = [
  ['csv', ['csv']],
  ['dhcpd', ['dhcpd']],
  ['dnsmasq', ['dnsmasq']],
  ['hosts', ['hosts', 'ethers']],
] as const

for (const [format, parts] of roundTrips) {
  test(`${format}: what is written and imported again is there already, for any directory`, () => {
    fc.assert(
      fc.property(anySite, (snapshot) => {
        const files = parts.map((part) => ({ name: part, text: written(snapshot, part) }))
        const known = snapshot.networks
        const result = importFiles(files, { format, domains: [domain], known })
        assert.ok(result.ok)
        const { machines, networks } = result.value
        const plan = planImport(result.value, snapshot)
        assert.deepEqual([plan.conflicts, plan.machines, plan.networks], [[], [], []])
        const all = [...snapshot.entries.values()].filter(({ kind }) => kind === 'machine')
        assert.equal(machines.length, all.length)
        // hosts, ethers and spreadsheets say nothing of networks.
        if (format === 'dhcpd' || format === 'dnsmasq') {
          assert.deepEqual(networks.map(({ name }) => name).toSorted(), ['prov', 'second', 'third'])
        }
      }),
      { numRuns: 200 },
    )
  })
}

test('dhcpd and csv also bring back ports, UUIDs and boot files', () => {
  const snapshot = smallSite()
  for (const format of ['dhcpd', 'csv'] as const) {
    const files = [{ name: format, text: written(snapshot, format) }]
    const result = importFiles(files, { format, domains: [domain], known: snapshot.networks })
    assert.ok(result.ok)
    const plan = planImport(result.value, snapshot)
    assert.deepEqual([plan.conflicts, plan.machines, plan.networks], [[], [], []])
    assert.deepEqual(
      result.value.machines.find(({ name }) => name === 'p7')?.facts.port,
      'eth 0/"7"',
    )
    assert.equal(result.value.machines.find(({ name }) => name === 'n10')?.facts.bootFile, 'a"b\\c')
  }
})

const hostile = [
  '"; } host evil { }',
  'a\nhost b { }',
  '\\',
  ')*(',
  '$(reboot)',
  '\u0000',
  '# x',
  'ü',
  '"',
  ',',
  "'",
  '\r\n.',
]

test('no value of the directory changes the structure of a file', () => {
  const innocent = { tags: ['x'], bootFile: 'x', port: 'x', power: 'x', bootParameters: ['x'] }
  for (const format of ['hosts', 'ethers', 'csv', 'dhcpd', 'dnsmasq'] as const) {
    for (const value of hostile) {
      const facts = {
        tags: [value],
        bootFile: value,
        port: value,
        power: value,
        bootParameters: [value],
      }
      const cards = [{ macs: ['52:54:00:00:00:01'], address: '10.1.0.1' }]
      const read = (more: Partial<Machine>): unknown => {
        const files = [
          {
            name: 'f',
            text: written(
              snapshotOf([
                machine(1, 'n1', cards, more),
                machine(2, 'n2', [{ macs: ['52:54:00:00:00:02'] }]),
              ]),
              format,
            ),
          },
        ]
        const result = importFiles(files, {
          format: format === 'ethers' ? 'hosts' : format,
          domains: [domain],
          known: [],
        })
        assert.ok(result.ok, `${format} ${JSON.stringify(value)}`)
        return result.value.machines.map(({ name, nics }) => ({ name, nics }))
      }
      assert.deepEqual(read(facts), read(innocent))
    }
  }
})

function fileIn(t: TestContext, name: string, content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'cpc-export-'))
  t.after(() => rmSync(folder, { recursive: true }))
  const path = join(folder, name)
  writeFileSync(path, content, { mode: 0o644 })
  return path
}

/** Nested networks, hostile text, and machines that are known in every way. */
function trickySite(): Snapshot {
  const all = [...smallSite().entries.values()].filter(
    (entry): entry is Machine | Network => entry.kind === 'machine' || entry.kind === 'network',
  )
  const odd = hostile.map((value, at) =>
    machine(
      100 + at,
      `odd${at}`,
      [
        {
          macs: [`52:54:00:ff:00:${at.toString(16).padStart(2, '0')}`],
          address: `10.1.9.${at + 1}`,
        },
      ],
      {
        tags: [value],
        bootFile: value,
        bootParameters: [value],
      },
    ),
  )
  const ports = hostile.map((value, at) =>
    machine(200 + at, `port${at}`, [{ macs: [] }], { port: value }),
  )
  const gateway = address('10.4.0.1')
  const routes = ['198.51.100.0/25 10.4.0.2', '0.0.0.0/1 0.0.0.0'].map((one) =>
    known(parseRoute(one)),
  )
  const routed = network(5, 'routed', '10.4.0.0/24', { gateway, routes })
  return snapshotOf([...all, network(4, 'inner', '10.1.4.0/24'), routed, ...odd, ...ports])
}

test('routes are told with the router among them', () => {
  assert.match(
    written(trickySite(), 'dhcpd'),
    /classless-static-routes 25, 198, 51, 100, 0, 10, 4, 0, 2, 1, 0, 0, 0, 0, 0, 0, 10, 4, 0, 1;/,
  )
  assert.match(
    written(trickySite(), 'dnsmasq'),
    /^dhcp-option=tag:routed,121,198\.51\.100\.0\/25,10\.4\.0\.2,0\.0\.0\.0\/1,0\.0\.0\.0,0\.0\.0\.0\/0,10\.4\.0\.1$/m,
  )
})

test('dhcpd takes our file', { ...needs('isc-dhcp-server', '/usr/sbin/dhcpd') }, (t) => {
  const path = fileIn(t, 'dhcpd.conf', written(trickySite(), 'dhcpd'))
  execFileSync('/usr/sbin/dhcpd', ['-t', '-cf', path], { stdio: 'pipe' })
})

test('dnsmasq takes our file', { ...needs('dnsmasq-base', '/usr/sbin/dnsmasq') }, (t) => {
  const path = fileIn(t, 'dnsmasq.conf', written(trickySite(), 'dnsmasq'))
  execFileSync('/usr/sbin/dnsmasq', ['--test', `--conf-file=${path}`], { stdio: 'pipe' })
})

test(
  'named-checkzone takes each of our zones',
  { ...needs('bind9-utils', '/usr/bin/named-checkzone') },
  (t) => {
    const snapshot = trickySite()
    assert.deepEqual(zoneNames(snapshot).slice(0, 3), [
      'cluster.test',
      '1.10.in-addr.arpa',
      '4.1.10.in-addr.arpa',
    ])
    for (const zone of zoneNames(snapshot)) {
      const path = fileIn(t, 'zone', text(known(exportZone(snapshot, zone, facts))))
      const told = execFileSync('/usr/bin/named-checkzone', ['-i', 'local', zone, path], {
        encoding: 'utf8',
      })
      assert.match(told, /loaded serial 1790000000\nOK/)
    }
  },
)

test('zones: every record is what our own DNS answers, and nothing that it answers is missing', () => {
  const snapshot = trickySite()
  const view = { snapshot, applianceAddresses: facts.serverAddresses, serial: facts.serial }
  const seen = new Set<string>()
  for (const zone of zoneNames(snapshot)) {
    for (const line of text(known(exportZone(snapshot, zone, facts))).split('\n')) {
      const [owner = '', , type = '', data = ''] = line.split('\t')
      if (type !== 'A' && type !== 'PTR') continue
      const name = `${owner}.${zone}`
      const found = lookUp(view, name, type === 'A' ? recordType.a : recordType.ptr)
      assert.ok(found.kind === 'records', name)
      const answered = found.records.map((record) =>
        record.type === 'a'
          ? formatIp4(record.address)
          : record.type === 'ptr'
            ? `${record.name}.`
            : '',
      )
      assert.ok(answered.includes(data), name)
      seen.add(`${type} ${name} ${data}`)
    }
  }
  for (const [name, { device, nicIndex }] of snapshot.byName.entries()) {
    const own = device.nics[nicIndex]?.id
    for (const nic of device.nics.filter(({ id }) => id === own)) {
      if (nic.address === undefined) continue
      assert.ok(seen.has(`A ${name}.cluster.test ${formatIp4(nic.address)}`), name)
    }
  }
  const names = [...seen].map((line) => line.split(' ').slice(0, 2).join(' '))
  for (const [each] of snapshot.byIp.entries()) {
    const octets = formatIp4(each).split('.').toReversed().join('.')
    assert.ok(names.includes(`PTR ${octets}.in-addr.arpa`), octets)
  }
  assert.ok(names.includes('A ns.cluster.test') && names.includes('PTR 1.0.1.10.in-addr.arpa'))
})

test('zones: a /20 has sixteen, a /28 shares one, a strange zone has none', () => {
  const snapshot = snapshotOf([network(1, 'a', '10.2.16.0/20'), network(2, 'b', '10.9.9.16/28')])
  const names = zoneNames(snapshot)
  assert.equal(names.length, 1 + 16 + 1)
  assert.ok(names.includes('31.2.10.in-addr.arpa') && names.includes('9.9.10.in-addr.arpa'))
  assert.equal(exportZone(snapshot, 'example.com', facts), undefined)
})

test('100,000 machines are written in bounded time and in small pieces', () => {
  const machines = Array.from({ length: 100_000 }, (_, at) => {
    const octets = [at >> 16, (at >> 8) & 255, at & 255].map((octet) =>
      octet.toString(16).padStart(2, '0'),
    )
    const own = formatIp4(ip4(0x0a00_0000 + at + 1))
    return machine(at + 1, `n${at}`, [{ macs: [`52:54:00:${octets.join(':')}`], address: own }])
  })
  const snapshot = snapshotOf(machines)
  const before = process.threadCpuUsage()
  for (const format of ['csv'] as const) {
    let characters = 0
    for (const chunk of exportFile(snapshot, format)) {
      assert.ok(chunk.length < 64 * 1024)
      characters += chunk.length
    }
    assert.ok(characters > 4_000_000)
  }
  assert.ok(process.threadCpuUsage(before).user < 10_000_000)
})
