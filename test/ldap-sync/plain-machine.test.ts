// Why this file exists: nearly every machine is read in one look, past all that maps an entry with care. Whatever that look
// recognises must be, to the last byte, what the careful way makes of it; and it must recognise what is plain.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type LaidMachine, laidMachine, parseDnsName, parseUuid } from '#directory'
import fc from 'fast-check'
import type { Attributes } from '../../src/ldap-sync/attribute-list.ts'
import { mapEntry } from '../../src/ldap-sync/mapping/map.ts'
import { PlainMachines } from '../../src/ldap-sync/mapping/plain-machine.ts'
import { rawEntry, type RawEntry } from '../../src/ldap-sync/raw-entry.ts'
import { Replica } from '../../src/ldap-sync/sync/replica.ts'
import { known } from './bench.ts'

/** The second could be the name of a machine. */
const domains = ['cluster.test', 'cluster'].map((text) => known(parseDnsName(text)))
type Domain = (typeof domains)[number]
type Read = (raw: RawEntry, domain: Domain) => LaidMachine | undefined

/** Each reads all that these tests have, one after the other. */
const readers = new Map(domains.map((domain) => [domain, new PlainMachines(domain)]))
const read: Read = (raw, domain) => known(readers.get(domain)).read(raw)
const lonely = new Replica()

/** Fails when the entry is something else in the general way, or when that has a word to say about it. */
function inFull(raw: RawEntry, domain: Domain): LaidMachine | undefined {
  const mapped = mapEntry(raw, lonely, domain)
  assert.equal(mapped.kind, 'entry')
  assert.deepEqual(mapped.notes, [])
  assert.equal(mapped.entry.kind, 'machine')
  return laidMachine(mapped.entry)
}

type Values = Readonly<Record<string, readonly string[]>>
interface Told {
  readonly dn: string
  readonly values: Values
}

const id = known(parseUuid('6b1a7e52-8a0c-4a4e-9d0e-52540000ffff'))
const optional = ['serialnumber', 'coppicetag', 'coppicerole'] as const
const order = ['objectclass', 'cn', 'iphostnumber', 'macaddress', ...optional] as const

/** In one of two orders: only so many lists of names are kept for all, and others are never plain. */
function entryOf({ dn, values }: Told, isTurned = false): RawEntry {
  const inOrder = [...new Set([...order, ...Object.keys(values)])].filter((name) => name in values)
  const names = isTurned ? inOrder.toReversed() : inOrder
  return rawEntry(id, dn, new Map(names.map((name) => [name, values[name] ?? []])))
}

function without(values: Values, isOut: (name: string) => boolean): Values {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !isOut(name)))
}

const byte = fc.nat(255)
const hex = byte.map((value) => value.toString(16).padStart(2, '0'))
const text = fc.stringMatching(/^[ !#-[\]-~]{1,30}$/)
/** No digits alone, which might be a MAC, and none of the domains. */
const label = fc
  .stringMatching(/^[a-z]([a-z0-9-]{0,20}[g-z])?$/)
  .filter((each) => each !== 'cluster')
const classes = [
  ['device', 'ieee802Device'],
  ['device', 'ipHost', 'ieee802Device', 'coppiceMachine'],
  ['top', 'IEEE802DEVICE', 'Device', 'posixAccount', 'ipNetwork'],
  // So long a list is kept for nobody else.
  [...Array.from({ length: 16 }, (_, at) => `class${at}`), 'device', 'ieee802Device'],
]
const tags = fc.oneof(
  fc.constantFrom(['a', 'b'], ['rack1']),
  fc.array(text),
  fc.array(text, { minLength: 17 }),
)
const plain: fc.Arbitrary<Told> = fc
  .record({
    name: fc.oneof(label, fc.constantFrom('cluster1', 'a'.repeat(63))),
    suffix: fc.constantFrom('', ',ou=machines,dc=cluster,dc=test', ',OU=The  Hall,dc=test'),
    mac: fc.tuple(hex, hex, hex, hex, hex).map((rest) => ['52', ...rest].join(':')),
    address: fc.tuple(byte, byte, byte).map((rest) => ['10', ...rest].join('.')),
    list: fc.constantFrom(...classes),
    serial: fc.option(fc.oneof(text, fc.constant('x'.repeat(1024)))),
    tags: fc.option(tags),
    role: fc.option(fc.constantFrom('host', 'other')),
  })
  .map(({ name, suffix, mac, address, list, serial, tags, role }) => ({
    dn: `cn=${name}${suffix}`,
    values: {
      objectclass: list,
      cn: [name],
      iphostnumber: [address],
      macaddress: [mac],
      ...(serial === null ? {} : { serialnumber: [serial] }),
      ...(tags === null ? {} : { coppicetag: tags }),
      ...(role === null ? {} : { coppicerole: [role] }),
    },
  }))
const domain = fc.constantFrom(...domains)

/** Odd entries would soon have used up the numbers under which lists are kept: those of plain ones come before. */
function keepPlainLists(): void {
  for (const list of classes) {
    for (let some = 0; some < 2 ** optional.length; some += 1) {
      const names = order.filter((name) => {
        const at = optional.findIndex((each) => each === name)
        return at < 0 || (some & (1 << at)) !== 0
      })
      const values = Object.fromEntries(names.map((name) => [name, ['1']]))
      for (const isTurned of [false, true])
        entryOf({ dn: 'cn=n1', values: { ...values, objectclass: list } }, isTurned)
    }
  }
}
keepPlainLists()

test('a machine of the plain shape is recognised, with or without serial number, tags and role', () => {
  fc.assert(
    fc.property(plain, fc.boolean(), domain, (told, isTurned, domain) => {
      const raw = entryOf(told, isTurned)
      const laid = read(raw, domain)
      assert.ok(laid)
      assert.deepEqual(laid, inFull(raw, domain))
    }),
    { numRuns: 2000 },
  )
})

test('an entry that names an attribute twice is left to the general way', () => {
  const { values } = known(fc.sample(plain, 1)[0])
  const pairs = [...Object.entries(values), ['cn', ['n2']] as const]
  const attributes: Attributes = {
    size: pairs.length,
    get: (name) => values[name],
    values: () => pairs.map(([, list]) => list),
    [Symbol.iterator]: () => pairs.values(),
  }
  for (const each of domains) assert.equal(read(rawEntry(id, 'cn=n2', attributes), each), undefined)
})

test('an entry of so many attributes that their names are kept for nobody else is left to it too', () => {
  const { dn, values } = known(fc.sample(plain, 1)[0])
  const more = Object.fromEntries(Array.from({ length: 16 }, (_, at) => [`l${at}`, ['here']]))
  const raw = entryOf({ dn, values: { ...values, ...more } })
  for (const each of domains) assert.equal(read(raw, each), undefined)
})

/** The same text with one character of another code. */
function shifted(text: string, by: number): string {
  const at = text.length >> 1
  const code = text.charCodeAt(at) || 0
  return text.slice(0, at) + String.fromCharCode(code + by) + text.slice(at + 1)
}

const respell = fc.constantFrom<((text: string) => string)[]>(
  (text) => text.toUpperCase(),
  (text) => text.charAt(0).toUpperCase() + text.slice(1),
  ...[' ', '-', '0'].map((before) => (text: string) => before + text),
  ...[' ', ',', '.', '-', '"', '\\', '\t', '\n', '\x7f', 'ä', 'č', '\u2028', '💥'].map(
    (behind) => (text: string) => text + behind,
  ),
  (text) => text.replaceAll(':', '-'),
  (text) => text.replaceAll(/[:.]/g, ''),
  (text) => text.slice(1),
  (text) => text.repeat(100),
  (text) => shifted(text, 0x80),
  (text) => shifted(text, 0x100),
  () => '',
)

const long = `|${'x'.repeat(1024)}|${'x'.repeat(1025)}|${'x'.repeat(5000)}`
const odd: Readonly<Record<string, string>> = {
  objectclass: 'device',
  cn:
    'cluster|cluster.test|n1.cluster.test|n1.|n1.rack2|525400000001|cafe-0001-beef|cafe|N1|n_1|-n|n-|a b|' +
    `5-5-5-5-5-5|52-54-00-00-00-01|10.0.0.1|${'a'.repeat(63)}|${'a'.repeat(64)}`,
  macaddress:
    '01:00:5e:00:00:01|53:54:00:00:00:01|5f:54:00:00:00:01|5b:00:00:00:00:00|5e:ff:ff:ff:ff:ff|' +
    '00:00:00:00:00:00|00:00:00:00:00:01|52-54-00-00-00-01|525400000001|5254.0000.0001|52:54:00:00:0:01|' +
    '52:54:00:00:00:0g|5:::54:00:00:00:01|52:54:00:00:00001|ethernet 52:54:00:00:00:01|52:54:00:00:00:01:02',
  iphostnumber:
    '0.0.0.0|0.1.2.3|1.0.0.0|9.255.255.255|127.0.0.1|126.255.255.255|128.0.0.0|223.255.255.255|224.0.0.1|' +
    '255.255.255.255|99.255.255.255|100.0.0.0|5.245.225.0|5.245.224.255|59.154.202.0|59.154.201.255|10.0.0|10.0.0.|' +
    '10.1.2.3.4|10.0.0.01|10.0.0.256|10..0.1|010.0.0.1|.10.0.0.1|fe80::1|10.0.0.1/24|1.1.1.1111111111',
  serialnumber: long,
  coppicetag: long,
  coppicerole: 'host|other|Host|OTHER| host|boss|hosts|othe',
}
const place = fc.constantFrom(...order)
const oddValue = place.chain((name) =>
  fc.record({ name: fc.constant(name), value: oneOf(odd[name] ?? '') }),
)

function oneOf(texts: string): fc.Arbitrary<string> {
  return fc.constantFrom(...texts.split('|'))
}

function changed(told: Told, name: string, to: (list: readonly string[]) => readonly string[]) {
  return { ...told, values: { ...told.values, [name]: to(told.values[name] ?? []) } }
}

/** In the RDN too. */
function renamed(told: Told, to: (name: string) => string): Told {
  const [name = ''] = told.values['cn'] ?? []
  return changed({ ...told, dn: told.dn.replace(name, () => to(name)) }, 'cn', () => [to(name)])
}

/** What makes an entry less plain. */
type Bend = (told: Told) => Told

function bend<T>(by: fc.Arbitrary<T>, how: (told: Told, by: T) => Told): fc.Arbitrary<Bend> {
  return by.map((value) => (told) => how(told, value))
}

const bends = fc.oneof(
  bend(fc.tuple(place, respell), (told, [name, how]) =>
    changed(told, name, (list) => list.map((each) => how(each))),
  ),
  bend(respell, renamed),
  bend(respell, ({ dn, values }, how) => ({ dn: how(dn), values })),
  bend(oneOf(odd['cn'] ?? ''), (told, name) => renamed(told, () => name)),
  bend(oddValue, (told, { name, value }) => changed(told, name, () => [value])),
  bend(oddValue, (told, { name, value }) => changed(told, name, (list) => [...list, value])),
  bend(place, (told, name) => changed(told, name, (list) => [...list, ...list])),
  bend(place, (told, name) => changed(told, name, () => [])),
  bend(place, ({ dn, values }, name) => ({ dn, values: without(values, (one) => one === name) })),
  bend(
    oneOf('CN=|uid=|commonName=|2.5.4.3=|cn =|cn= |cn=#|l=here+cn=|ou=|cn=x,cn=|'),
    ({ dn, values }, rdn) => ({ dn: dn.replace('cn=', rdn), values }),
  ),
  bend(oneOf('+l=here|\\2c| |\\ |.cluster.test|,'), ({ dn, values }, more) => ({
    dn: dn.replace(/(,|$)/, `${more}$1`),
    values,
  })),
  bend(
    oneOf(`,o="a"|,o=a\\,b|,o=ä|,o=č|,o= a  b|,o=${'x'.repeat(5000)}`),
    ({ dn, values }, more) => ({ dn: dn + more, values }),
  ),
  bend(
    fc.tuple(
      oneOf('coppiceuuid|coppiceport|coppicepower|bootfile|bootparameter|coppiceonnetwork|uid|l'),
      oneOf('6b1a7e52-8a0c-4a4e-9d0e-525400000001|n1|http://bmc/'),
    ),
    (told, [name, value]) => changed(told, name, () => [value]),
  ),
  bend(
    oneOf(
      'device ieee802Device coppiceVcn|ieee802Device COPPICEVCN device|device ipHost|device device|' +
        'ieee802Device coppiceMachine|ieee802Device ipNetwork|posixAccount device|top device coppiceNic ieee802Device',
    ),
    (told, list) => changed(told, 'objectclass', () => list.split(' ')),
  ),
)
const near = fc
  .tuple(plain, fc.array(bends, { maxLength: 3 }))
  .map(([told, some]) => some.reduce((bent, next) => next(bent), told))

/** Tells how much was recognised. */
function promise(reader: Read, tell?: () => void) {
  return fc.property(near, fc.boolean(), domain, (told, isTurned, domain) => {
    const raw = entryOf(told, isTurned)
    const laid = reader(raw, domain)
    if (laid === undefined) return
    tell?.()
    assert.deepEqual(laid, inFull(raw, domain))
  })
}

test('whatever is recognised as a plain machine is what the general way makes of it, without a note', () => {
  let recognised = 0
  fc.assert(
    promise(read, () => (recognised += 1)),
    { numRuns: 20_000 },
  )
  assert.ok(recognised > 2_000, `only ${recognised} of 20,000 were recognised`)
})

/** Reads another entry in its place. */
function seeing(change: Bend): Read {
  return (raw, domain) =>
    read(entryOf(change({ dn: raw.dn, values: Object.fromEntries(raw) })), domain)
}

function eachValue(how: (list: readonly string[]) => readonly string[]): Bend {
  return (told) =>
    Object.keys(told.values).reduce(
      (bent, name) => (name === 'objectclass' ? bent : changed(bent, name, how)),
      told,
    )
}

for (const [what, careless] of [
  ['case of letters', seeing(eachValue((list) => list.map((each) => each.toLowerCase())))],
  ['blanks around values', seeing(eachValue((list) => list.map((each) => each.trim())))],
  ['characters of two bytes', seeing(eachValue((list) => list.map(lowerByte)))],
  ['further values', seeing(eachValue((list) => list.slice(0, 1)))],
  [
    'further attributes',
    seeing(({ dn, values }) => {
      return { dn, values: without(values, (name) => !order.some((one) => one === name)) }
    }),
  ],
  ['object classes', seeing((told) => changed(told, 'objectclass', () => classes[0] ?? []))],
  [
    'what cn says beside the RDN',
    seeing((told) => changed(told, 'cn', () => [/=(\w+)/.exec(told.dn)?.[1] ?? ''])),
  ],
  ['the domain', (raw, domain) => read(raw, known(domains.find((other) => other !== domain)))],
] satisfies readonly (readonly [string, Read])[]) {
  test(`a reader that overlooks ${what} does not keep that promise`, () => {
    assert.ok(fc.check(promise(careless), { numRuns: 20_000, endOnFailure: true }).failed)
  })
}

function lowerByte(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}
