// Why this file exists: what a host is told of a node must say all of it and nothing by accident, and what comes back
// must be understood even when others have written beside us.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { elementAt, elementsNamed, readXml, type XmlElement } from '#libvirt'
import {
  markNamespace,
  overlayVolumeXml,
  readDomain,
  readMark,
  vcnDomainXml,
  vcnFilterXml,
} from '#vocluster'
import fc from 'fast-check'
import { hostileText } from '../hostile-text.ts'
import { definition, imageDigest, mebibyte } from './samples.ts'

function rootOf(text: string): XmlElement {
  const read = readXml(text)
  assert.ok(read.ok, JSON.stringify(read))
  return read.value
}

test('a domain comes back from its XML as the facts it was made of', () => {
  const vcn = definition()
  const read = readDomain(vcnDomainXml(vcn))
  assert.ok(read.ok)
  assert.deepEqual(read.value, {
    uuid: vcn.uuid,
    name: 'compute3.hpl.physics',
    mark: vcn.mark,
    vcpus: 2,
    memoryBytes: 64 * mebibyte,
    nics: [
      {
        mac: '02:00:00:00:00:03',
        bridge: 'cbr7',
        filter: 'coppice-vcn',
        address: vcn.nics[0]?.address,
      },
    ],
  })
})

test('HOSTILE 47: the whole chain of a disk names its formats, and ends', () => {
  const domain = rootOf(vcnDomainXml(definition()))
  const disk = elementAt(domain, 'devices', 'disk') ?? assert.fail()
  assert.equal(elementAt(disk, 'driver')?.attributes.get('type'), 'qcow2')
  const backing = elementAt(disk, 'backingStore') ?? assert.fail()
  assert.equal(elementAt(backing, 'format')?.attributes.get('type'), 'qcow2')
  assert.deepEqual(elementAt(backing, 'backingStore')?.children, [])
  const volume = rootOf(overlayVolumeXml(definition()))
  assert.equal(elementAt(volume, 'backingStore', 'format')?.attributes.get('type'), 'qcow2')
  const raw = definition({ base: { file: 'b', format: 'raw', virtualBytes: 1 } })
  const format = elementAt(rootOf(overlayVolumeXml(raw)), 'backingStore', 'format')
  assert.equal(format?.attributes.get('type'), 'raw')
})

test('HOSTILE 60: a disk that fails stops the guest and tells it nothing', () => {
  const driver = elementAt(rootOf(vcnDomainXml(definition())), 'devices', 'disk', 'driver')
  assert.equal(driver?.attributes.get('error_policy'), 'stop')
  assert.equal(driver?.attributes.get('rerror_policy'), 'stop')
})

test('root of a node is told whose key opens it by the firmware tables, and by nothing else', () => {
  assert.equal(vcnDomainXml(definition()).includes('smbios'), false)
  const line = 'from="10.128.0.0/20",restrict ssh-ed25519 AAAA coppice-mpi'
  const domain = rootOf(vcnDomainXml(definition(), { rootKey: line }))
  const entry = elementAt(domain, 'sysinfo', 'oemStrings', 'entry')?.text ?? assert.fail()
  const [, encoded = ''] =
    /^io\.systemd\.credential\.binary:ssh\.authorized_keys\.root=(.*)$/.exec(entry) ?? []
  assert.equal(Buffer.from(encoded, 'base64').toString(), `${line}\n`)
  // QEMU would take a comma for the end of the string.
  assert.equal(encoded.includes(','), false)
  assert.equal(elementAt(domain, 'os', 'smbios')?.attributes.get('mode'), 'sysinfo')
})

test('a node has no screen, and its serial console is copied to a file only when asked', () => {
  const devices = elementAt(rootOf(vcnDomainXml(definition())), 'devices')
  assert.equal(elementsNamed(devices, 'graphics').length, 0)
  assert.equal(vcnDomainXml(definition()).includes('<log'), false)
  const log = elementAt(
    rootOf(vcnDomainXml(definition(), { consoleLog: true, machine: 'pc' })),
    'devices',
    'serial',
    'log',
  )
  assert.equal(log?.attributes.get('file'), '/var/lib/coppice/vcn/compute3.hpl.physics.console')
})

const ours = `vo="physics" cluster="hpl" name="compute3" role="compute" image="voc-compute@3" digest="${imageDigest}" reservation="r1"`

for (const [sentence, metadata, found] of [
  ['under another prefix', `<x:vcn xmlns:x="${markNamespace}" ${ours}/>`, true],
  ['without a prefix', `<vcn xmlns="${markNamespace}" ${ours}/>`, true],
  [
    'beside what other programs wrote',
    `<app:vcn xmlns:app="urn:other" vo="x"/><c:vcn xmlns:c="${markNamespace}" ${ours}/>`,
    true,
  ],
  [
    'with our prefix, but of another namespace',
    `<coppice:vcn xmlns:coppice="urn:x" ${ours}/>`,
    false,
  ],
  ['without any namespace', `<vcn ${ours}/>`, false],
  ['damaged', `<x:vcn xmlns:x="${markNamespace}" vo="../physics" cluster="hpl"/>`, false],
  ['not there', '', false],
] as const) {
  test(`HOSTILE 59: a mark ${sentence} is ${found ? 'ours' : 'not ours'}`, () => {
    const domain = rootOf(`<domain><metadata>${metadata}</metadata></domain>`)
    assert.equal(readMark(domain)?.vcn, found ? 'compute3' : undefined)
  })
}

test('the filter holds a NIC to its MAC and address and to the client side of DHCP', () => {
  const rules = elementsNamed(rootOf(vcnFilterXml()), 'rule')
  const last = rules.at(-1)
  assert.deepEqual([last?.attributes.get('action'), last?.children.length], ['drop', 0])
  const priorities = rules.map(({ attributes }) => Number(attributes.get('priority')))
  assert.deepEqual(
    priorities,
    priorities.toSorted((one, other) => one - other),
  )
})

test('HOSTILE 63: no digest or reservation changes the structure, and each comes back', () => {
  const xmlText = hostileText.filter((text) => !/(?![\t\n\r])[\p{Cc}]/u.test(text))
  fc.assert(
    fc.property(xmlText, xmlText, (one, other) => {
      const vcn = definition()
      const mark = { ...vcn.mark, imageDigest: one, reservation: other }
      const read = readDomain(vcnDomainXml({ ...vcn, mark }))
      assert.deepEqual(read.ok && read.value.mark, mark)
    }),
  )
})

test('nothing a host answers makes the reader throw', () => {
  fc.assert(
    fc.property(hostileText, (text) => {
      for (const answer of [text, `<domain><metadata>${text}</metadata></domain>`])
        assert.equal(readDomain(answer).ok, false)
    }),
  )
})
