// Why this file exists: a machine that is laid without being made must rest as it would have, and be found by the same hashes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  claimsOf,
  hashOf,
  ip4,
  isMachineAddress,
  type LaidMachine,
  laidMachine,
  LaidMachineWriter,
  type Machine,
  parseLabel,
  parseMac,
  type Role,
} from '#directory'
import fc from 'fast-check'
import { textOf } from '../../src/directory/at-rest.ts'
import { claimsLaid } from '../../src/directory/laid-machine.ts'
import { hostileText } from '../hostile-text.ts'
import { id, ip, label, mac, machine, type MachineSample, name } from './samples.ts'

const usual = { macs: ['52:54:00:00:00:01'], address: '10.0.0.1' } as const

test('a machine of one card, MAC, address and name is laid as it rests, with its hashes', () => {
  const tagged = machine(1, { ...usual, tags: ['rack 1', '"'], serial: '\\', power: 'http://bmc' })
  assert.deepEqual(laidMachine(tagged), {
    kind: 'laid',
    id: tagged.id,
    rest: textOf(tagged),
    tags: ['rack 1', '"'],
    idHash: hashOf(tagged.id),
    macHash: hashOf(mac('52:54:00:00:00:01')),
    addressHash: hashOf(ip('10.0.0.1')),
    nameHash: hashOf('n1'),
    claims: ['MAC 52:54:00:00:00:01', 'address 10.0.0.1', 'name n1'].map(hashOf),
  })
})

test('what a laid machine claims is read from how it rests, whatever it is called', () => {
  fc.assert(
    fc.property(hostileText, fc.array(hostileText), fc.nat(0xffff_ffff), (dn, tags, address) => {
      const nic = { id: id(1), macs: [mac('52:54:00:00:00:01')], address: ip4(address) }
      const made = { ...machine(1, { dn, tags, serial: dn }), nics: [nic] }
      assert.deepEqual(claimsLaid(textOf(made)), claimsOf(made))
    }),
  )
})

const card = { id: id(2), label: label('eth1'), macs: [mac('52:54:00:00:00:02')] }
const [own] = machine(1, usual).nics

for (const [what, sample] of [
  ['without a MAC', { ...usual, macs: [] }],
  ['with two MACs', { ...usual, macs: ['52:54:00:00:00:01', '52:54:00:00:00:02'] }],
  ['with the MAC of a group', { ...usual, macs: ['01:00:5e:00:00:01'] }],
  ['with a MAC of zeros', { ...usual, macs: ['00:00:00:00:00:00'] }],
  ['without an address', { macs: usual.macs }],
  ['with a second card', { ...usual, children: [card] }],
  ['with an alias', { ...usual, aliases: [name('www')] }],
  ['with a name of two labels', { ...usual, name: name('eth1.n1') }],
  ['that a UUID leads to', { ...usual, uuid: id(7) }],
  ['that a port leads to', { ...usual, port: 'eth0/7' }],
] satisfies readonly (readonly [string, MachineSample])[]) {
  test(`a machine ${what} is not laid`, () => {
    assert.equal(laidMachine(machine(1, sample)), undefined)
  })
}

for (const [what, more] of [
  ['with a label', { label: label('eth0') }],
  ['on a network that it names', { network: label('prov') }],
] as const) {
  test(`a machine of one card ${what} is not laid`, () => {
    assert.ok(own)
    assert.equal(laidMachine({ ...machine(1, usual), nics: [{ ...own, ...more }] }), undefined)
  })
}

test('a machine without any card is not laid', () => {
  assert.equal(laidMachine({ ...machine(1), nics: [] }), undefined)
})

/** What is told to a writer, as text. */
interface Told {
  readonly dn: string
  readonly name: string
  readonly mac: string
  readonly address: string
  readonly tags: readonly string[]
  readonly role: Role
  readonly serial: string | undefined
}

const owner = id(7)
/** One for all: what it refuses must leave nothing behind. */
const writer = new LaidMachineWriter()

function written(told: Told): LaidMachine | undefined {
  const { tags, role, serial } = told
  const only = tags.length === 1 ? tags[0] : undefined
  const texts = [owner, told.dn, told.name, told.mac, told.address, only, serial]
  const bytes = Buffer.from(texts.map((text) => `?${text ?? ''}`).join(''), 'latin1')
  let end = 0
  const [start, dn, named, mac, address, tag, number] = texts.map((text = '') => {
    const from = end + 1
    end = from + text.length
    return [from, end] as const
  })
  assert.ok(start && dn && named && mac && address && tag && number)
  writer.begin(bytes, start[0])
  const isPlain = writer.dn(...dn) && writer.name(...named) && writer.mac(...mac)
  if (!isPlain || !writer.address(...address)) return undefined
  if (!(only === undefined ? writer.tags(tags) : writer.tag(...tag))) return undefined
  writer.role(role)
  if (serial === undefined) writer.noSerial()
  else if (!writer.serial(...number)) return undefined
  return writer.end(owner, tags)
}

/** The same with every value made; fails when one of them is none, or is spelt in another way than ours. */
function made({ dn, name: named, mac: card, address, tags, role, serial }: Told): Machine {
  const sample = { id: owner, dn, name: name(named), macs: [card], address, tags, role }
  const whole = machine(7, serial === undefined ? sample : { ...sample, serial })
  assert.equal(parseLabel(named), named)
  assert.equal(parseMac(named), undefined)
  assert.deepEqual(whole.nics[0]?.macs, [card])
  assert.ok(whole.nics.every((nic) => nic.address !== undefined && isMachineAddress(nic.address)))
  return whole
}

const byte = fc.nat(255)
const pair = byte.map((value) => value.toString(16).padStart(2, '0'))
const pairs = fc.tuple(pair, pair, pair, pair, pair)
const plainText = fc.stringMatching(/^[ !#-[\]-~]{1,40}$/)
const plain: fc.Arbitrary<Told> = fc.record({
  dn: plainText,
  name: fc.stringMatching(/^[a-z]([a-z0-9-]{0,61}[g-z])?$/),
  mac: pairs.map((rest) => ['52', ...rest].join(':')),
  address: fc.tuple(fc.integer({ min: 1, max: 126 }), byte, byte, byte).map((all) => all.join('.')),
  tags: fc.array(plainText, { maxLength: 3 }),
  role: fc.constantFrom('host', 'other'),
  serial: fc.option(plainText, { nil: undefined }),
})

test('whatever is plain is written as it is laid in the general way', () => {
  fc.assert(
    fc.property(plain, (told) => {
      assert.deepEqual(written(told), laidMachine(made(told)))
    }),
    { numRuns: 1000 },
  )
})

/** A writer is told bytes: of a longer character there would be two. */
const hostileBytes = hostileText.map((text) => text.replaceAll(/[^\0-\xff]/g, '"'))
const nearName = fc.oneof(
  hostileBytes,
  fc.stringMatching(/^[a-f0-9-]{1,20}$/),
  fc.stringMatching(/^[a-z0-9.A-Z_-]{1,4}$/),
  fc.stringMatching(/^[a-z]{62,66}$/),
)
const nearMac = fc.oneof(
  hostileBytes,
  fc.stringMatching(/^[0-9a-fA-Fg:-]{17}$/),
  fc.stringMatching(/^0[0-3]:00:00:00:00:0[0-2]$/),
  fc.stringMatching(/^[0-9a-f]{2}([:-][0-9a-f]{1,2}){5}:?$/),
)
const nearAddress = fc.oneof(
  hostileBytes,
  fc.stringMatching(/^[0-9.]{1,16}$/),
  fc.stringMatching(/^(0|1|127|22[34]|255)(\.(0|00|01|1|255|256|999)){2,4}\.?$/),
)
/** One value at a time: else one of them would nearly always be too odd for the others to matter. */
const bent: fc.Arbitrary<Partial<Told>> = fc.oneof(
  fc.record({ dn: hostileBytes }),
  fc.record({ name: nearName }),
  fc.record({ mac: nearMac }),
  fc.record({ address: nearAddress }),
  fc.record({ tags: fc.tuple(hostileBytes) }),
  // One alone stands in the bytes.
  fc.record({ tags: fc.array(hostileText, { minLength: 2 }) }),
  fc.record({ serial: hostileBytes }),
)
const near = fc.tuple(plain, bent).map(([told, more]): Told => ({ ...told, ...more }))

test('what is nearly plain is written as it is laid in the general way, or not at all', () => {
  fc.assert(
    fc.property(near, (told) => {
      const laid = written(told)
      if (laid !== undefined) assert.deepEqual(laid, laidMachine(made(told)))
    }),
    { numRuns: 3000 },
  )
})

const small: Told = {
  dn: 'cn=n1',
  name: 'n1',
  mac: '52:54:00:00:00:01',
  address: '10.0.0.1',
  tags: [],
  role: 'other',
  serial: undefined,
}

test('more than there is room for is not written, and what comes next is as it would have been', () => {
  const long = 'x'.repeat(4096)
  const longName = 'x'.repeat(63)
  for (const [big, isWritten] of [
    [{ dn: long }, false],
    [{ serial: long }, false],
    [{ tags: [long] }, false],
    [{ tags: [long.slice(2000), long.slice(2000)] }, false],
    [{ dn: long.slice(60), name: longName, address: '223.255.255.255' }, true],
    [{ dn: long.slice(60), name: longName, tags: ['x', 'x'] }, false],
  ] as const) {
    const told = { ...small, ...big }
    assert.deepEqual(written(told), isWritten ? laidMachine(made(told)) : undefined)
    assert.deepEqual(written(small), laidMachine(made(small)))
  }
})
