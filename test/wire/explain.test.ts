// Why this file exists: what explain tells must be what machines get, and asking must change nothing.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseDnsName, type Snapshot } from '#directory'
import { explainSubject } from '../../src/wire/explain/explain.ts'
import {
  diskMac,
  ip,
  knownMac,
  mac,
  machine,
  newSite,
  otherMac,
  replyOf,
  siteEntries,
  strangeMac,
  type as t,
  vcnMac,
} from '../pxe/dhcp-lab.ts'
import { of, stand } from './explain-stage.ts'

test('a described machine is told the address, its rule with operands, and the entries they come from', () => {
  const told = stand().explain('n001')
  assert.equal(told.subject, 'machine')
  const [dhcp] = of(told, 'dhcp')
  assert.equal(dhcp?.text, '10.77.0.11 on network prov, for 600 s, on prov0')
  assert.equal(dhcp.why, 'n001 has 10.77.0.11 in the directory')
  assert.equal(dhcp.rule, 'described')
  assert.deepEqual(dhcp.operands, ['n001', ip('10.77.0.11')])
  assert.equal(dhcp.entry, 'cn=n001,ou=machines,dc=cluster,dc=test')
  assert.equal(of(told, 'entry')[0]?.entry, 'cn=n001,ou=machines,dc=cluster,dc=test')
})

for (const [sentence, mac, type] of [
  ['a described machine', knownMac, t.discover],
  ['a machine that boots its disk', diskMac, t.discover],
  ['a stranger', strangeMac, t.discover],
] as const) {
  test(`${sentence} then gets by DHCP what explain told`, () => {
    const { site, explain } = stand()
    const [dhcp] = of(explain(mac), 'dhcp')
    const reply = replyOf(site.ask({ type, mac }))
    assert.equal(dhcp?.values?.['address'], reply && explainedAddress(reply.yiaddr))
  })
}

function explainedAddress(address: number): string {
  return [24, 16, 8, 0].map((bits) => (address >>> bits) & 255).join('.')
}

test('each kind of firmware is told its loader and where it is, or which one is not installed', () => {
  const boots = of(stand().explain('n001'), 'boot')
  const by = (stage: string) => boots.find(({ values }) => values?.['stage'] === stage)
  assert.deepEqual(by('x64 UEFI')?.values, {
    stage: 'x64 UEFI',
    architecture: '7',
    file: 'snponly.efi',
    standing: 'memory',
    bytes: '2048',
  })
  assert.equal(by('x64 UEFI that says EBC')?.values?.['file'], 'snponly.efi')
  assert.equal(by('ARM64 UEFI')?.rule, 'loaderMissing')
  assert.equal(by('our loader, iPXE')?.values?.['standing'], 'script')
})

test('the script is told with its decision, its files, and none of its secrets', () => {
  const told = stand().explain('n001')
  const [script] = of(told, 'script')
  assert.equal(script?.values?.['boots'], 'kvm-host')
  assert.equal(script.rule, 'role')
  assert.deepEqual(script.operands, ['n001', 'host'])
  assert.deepEqual(
    of(told, 'file').map(({ values }) => [values?.['role'], values?.['standing']]),
    [
      ['kernel', 'memory'],
      ['initrd', 'missing'],
    ],
  )
  assert.doesNotMatch(JSON.stringify(told), /claim/)
})

test('DNS is told forward and back, and what is not there as it is told on the wire', () => {
  const dns = of(stand().explain('n001.cluster.test'), 'dns').map(({ rule, values }) => [
    values?.['asked'],
    rule,
    values?.['records'],
  ])
  assert.deepEqual(dns, [
    ['n001.cluster.test A', 'answered', '10.77.0.11'],
    ['11.0.77.10.in-addr.arpa PTR', 'answered', 'n001.cluster.test'],
    ['n001.cluster.test AAAA', 'no data', ''],
    ['a-name-that-nobody-has.n001.cluster.test A', 'no such name', ''],
  ])
})

test('a stranger is told a pool address, and why it waits', () => {
  const told = stand().explain(strangeMac)
  assert.equal(told.subject, 'stranger')
  assert.equal(of(told, 'dhcp')[0]?.rule, 'free')
  assert.equal(of(told, 'script')[0]?.rule, 'unknown')
})

test('a MAC that no card can have is told so', () => {
  assert.match(
    of(stand().explain('ff:ff:ff:ff:ff:ff'), 'entry')[0]?.text ?? '',
    /no address of one card/,
  )
})

test('an address of the pool leads to whoever holds it', () => {
  const { site, explain } = stand()
  const offered = replyOf(site.ask({ type: t.discover, mac: strangeMac }))
  const wanted = explainedAddress(offered?.yiaddr ?? 0)
  site.ask({ type: t.request, mac: strangeMac, server: '10.77.0.1', wanted })
  const told = explain(wanted)
  assert.equal(told.subject, 'stranger')
  assert.equal(of(told, 'card')[0]?.text, strangeMac)
  const [lease, renewal] = of(told, 'lease')
  assert.match(lease?.text ?? '', new RegExp(`^${wanted} is bound to ${strangeMac} until 20`))
  assert.equal(renewal?.values?.['renewal'], 'ACK')
})

test('HOSTILE 42: of an address that moved, the old holder is told NAK and the new one who holds it', () => {
  const { site, explain } = stand()
  site.ask({ type: t.request, mac: knownMac, server: '10.77.0.1', wanted: '10.77.0.11' })
  site.snapshot = newSite([
    ...siteEntries.filter(({ dn }) => !/^cn=n00[12],/.test(dn)),
    machine('n001', { mac: knownMac, ip: '10.77.0.12' }),
    machine('n002', { mac: otherMac, ip: '10.77.0.11' }),
  ]).snapshot
  const renewal = of(explain('n001'), 'lease').at(-1)
  assert.equal(renewal?.values?.['renewal'], 'NAK')
  assert.equal(renewal.rule, 'notTheirs')
  const told = explain('n002')
  assert.equal(of(told, 'dhcp')[0]?.rule, 'heldByOther')
  assert.ok(of(told, 'hint').some(({ text: hint }) => /CPC-DHCP-007/.test(hint)))
})

test('a machine without MAC is told what any card at its port gets', () => {
  const told = stand().explain('n003')
  assert.match(of(told, 'card')[0]?.text ?? '', /any card at switch port ge-0\/0\/3/)
  const [dhcp] = of(told, 'dhcp')
  assert.equal(dhcp?.values?.['address'], '10.77.0.14')
  assert.match(dhcp.text, /by relay 10\.77\.0\.254 on prov0, port ge-0\/0\/3$/)
})

test('a machine behind a relay is asked for by its gateway', () => {
  const [dhcp] = of(stand().explain('far1'), 'dhcp')
  assert.equal(dhcp?.text, '10.78.0.11 on network far, for 600 s, by relay 10.78.0.1 on prov0')
})

test('a machine whose network is nowhere is told that nothing reaches it', () => {
  const [dhcp] = of(stand().explain('deep'), 'dhcp')
  assert.match(dhcp?.text ?? '', /network cellar is on none of our interfaces, and has no gateway/)
})

for (const subject of ['compute3.hpl.physics', vcnMac, '10.128.0.5']) {
  test(`a node of a VO is explained at the end of its network, asked by ${subject}`, () => {
    const told = stand().explain(subject)
    assert.equal(told.subject, 'vcn')
    const [dhcp] = of(told, 'dhcp')
    assert.equal(dhcp?.text, '10.128.0.5 on network vo-physics, for 600 s, on vo100')
    assert.deepEqual(of(told, 'script'), [])
    assert.equal(of(told, 'dns')[0]?.values?.['records'], '10.128.0.5')
  })
}

test('a node whose network has no end here is told so', () => {
  const { asked } = stand()
  const { ends, ...rest } = asked()
  const told = explainSubject('compute3.hpl.physics', { ...rest, ends: ends.slice(0, 1) })
  assert.match(of(told, 'dhcp')[0]?.text ?? '', /has no end here now/)
})

for (const [address, place] of [
  ['10.77.0.205', /in the pool for machines that nobody has described/],
  ['10.77.0.254', /whose gateway it is/],
  ['10.77.0.99', /outside its pool/],
  ['192.0.2.1', /in no network of the directory/],
] as const) {
  test(`${address}, which nobody has, is told where it lies`, () => {
    const told = stand().explain(address)
    assert.equal(told.subject, 'address')
    assert.match(of(told, 'place')[0]?.text ?? '', place)
  })
}

test('beside another server a machine is told that another gives its address, and what we give it to load', () => {
  const { site, explain } = stand()
  site.settings = { ...site.settings, mode: 'proxy' }
  const told = explain('n001')
  assert.equal(of(told, 'dhcp')[0]?.rule, 'notBooting')
  assert.ok(of(told, 'boot').some(({ values }) => values?.['file'] === 'snponly.efi'))
  assert.equal(of(told, 'script')[0]?.values?.['boots'], 'kvm-host')
})

for (const [who, forwarder, rule] of [
  ['nobody', undefined, 'not our name'],
  ['a server of the site', { isPublic: false }, 'forwarded'],
  ['a server out in the world', { isPublic: true }, 'not our name'],
] as const) {
  test(`a private address of nobody’s, with ${who} to ask, is told as DNS says it: ${rule}`, () => {
    const [dns] = of(stand(forwarder).explain('192.168.1.1'), 'dns')
    assert.equal(dns?.values?.['asked'], '1.1.168.192.in-addr.arpa PTR')
    assert.equal(dns.rule, rule)
  })
}

test('a name that nobody has is nobody', () => {
  assert.deepEqual(stand().explain('n009'), { subject: 'nobody', facts: [] })
})

test('what is only thought of is told as if it were there, and is not', () => {
  const { site, asked } = stand()
  const entry = machine('n009', { mac: '52:54:00:77:00:99', ip: '10.77.0.99' })
  const told = explainSubject('n009', asked(), [{ kind: 'put', entry }])
  assert.equal(of(told, 'dhcp')[0]?.values?.['address'], '10.77.0.99')
  assert.equal(of(told, 'dns')[0]?.values?.['records'], '10.77.0.99')
  const n009 = parseDnsName('n009')
  assert.ok(n009 !== undefined && site.snapshot.byName.get(n009) === undefined)
})

test('what a card got last of each kind is told, the newest last, and what its address asked DNS', () => {
  const { lastSeen, explain } = stand()
  const seen = { mac: mac(knownMac), address: ip('10.77.0.11') }
  const dhcp = { kind: 'dhcp', asked: 'DISCOVER', stage: 'os', interfaceName: 'prov0' } as const
  lastSeen.note({ ...dhcp, ...seen, at: 1_000, why: 'first' })
  lastSeen.note({ ...dhcp, ...seen, at: 2_000, answered: 'OFFER', why: 'second' })
  lastSeen.note({
    kind: 'script',
    ...seen,
    at: 3_000,
    decision: 'kvm-host',
    claim: 'c'.repeat(32),
    why: 'its role',
  })
  const bytes = Buffer.concat([
    Buffer.from('000001000001000000000000046e303031', 'hex'),
    Buffer.from('07636c757374657204746573740000010001', 'hex'),
  ])
  lastSeen.noteDns({ bytes, from: '10.77.0.12', why: 'answered' }, 4_000)
  lastSeen.noteDns({ bytes: Uint8Array.of(1), from: '10.77.0.13', why: 'not a query' }, 5_000)
  const last = of(explain('n001'), 'last').map(({ text: line }) => line)
  assert.deepEqual(last, [
    '1970-01-01T00:00:02.000Z DHCP: DISCOVER got OFFER 10.77.0.11, as os on prov0',
    '1970-01-01T00:00:03.000Z script: kvm-host, for 10.77.0.11',
    '1970-01-01T00:00:04.000Z DNS: 10.77.0.12 asked for n001.cluster.test A: answered',
  ])
})

test('asking changes nothing: no lease, no count, no sighting, no line', () => {
  const { site, told, service, explain } = stand()
  const before: Snapshot = site.snapshot
  for (const subject of ['n001', strangeMac, 'n003', vcnMac, '10.77.0.205']) explain(subject)
  assert.deepEqual([...site.book.all()], [])
  assert.equal(site.book.offers, 0)
  assert.deepEqual(told, [])
  assert.deepEqual(service.counts, { received: 0, answered: 0, refused: 0, dropped: 0 })
  assert.equal(site.snapshot, before)
})
