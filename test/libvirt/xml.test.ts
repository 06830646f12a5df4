// Why this file exists: XML goes to hosts with names of strangers in it, and comes back from hosts that may be hostile.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  elementAt,
  elementsNamed,
  readCapabilities,
  readXml,
  xml,
} from '../../src/libvirt/index.ts'
import type { XmlElement } from '../../src/libvirt/index.ts'

function rootOf(text: string): XmlElement {
  const read = readXml(text)
  assert.ok(read.ok, JSON.stringify(read))
  return read.value
}

/** Everything but what XML 1.0 cannot carry. */
const printable = fc
  .string({ unit: 'binary' })
  .filter((text) => !/(?![\t\n\r])[\p{Cc}\p{Cs}\ufffe\uffff]/u.test(text))
const markup = fc.constantFrom('</name><x/>', '"/><x a="', "' b='", ']]>', '&amp;', '&#38;', '<!--')
const hostile = fc.oneof(
  printable,
  markup,
  fc.tuple(printable, markup).map(([a, b]) => a + b),
)

test('HOSTILE 63: no value changes the structure, and each comes back as it was', () => {
  fc.assert(
    fc.property(hostile, hostile, hostile, (first, second, third) => {
      const root = rootOf(
        xml`<domain a="${first}" b='${second}'><name>${third}</name></domain>`.text,
      )
      assert.equal(root.name, 'domain')
      assert.deepEqual(
        [...root.attributes],
        [
          ['a', first],
          ['b', second],
        ],
      )
      assert.deepEqual(
        root.children.map(({ name }) => name),
        ['name'],
      )
      const [name] = root.children
      assert.equal(name?.text, third)
      assert.deepEqual([name?.attributes.size, name?.children.length], [0, 0])
    }),
  )
})

for (const [sentence, value] of [
  ['a control character', 'a\u0001b'],
  ['a NUL', '\0'],
  ['half of a character', '\ud800'],
] as const) {
  test(`${sentence} is refused, because XML cannot carry it`, () => {
    assert.throws(() => xml`<a>${value}</a>`, { code: 'CPC-LV-012' })
  })
}

test('pieces made by the tag go in as they are, singly, in lists, or not at all', () => {
  const disks = ['a', 'b'].map((name) => xml`<disk name="${name}"/>`)
  const text = xml`<domain>${xml`<vcpu>${2}</vcpu>`}${disks}${undefined}</domain>`.text
  assert.equal(text, '<domain><vcpu>2</vcpu><disk name="a"/><disk name="b"/></domain>')
})

for (const [sentence, make] of [
  ['as the name of an element', () => xml`<${'a'}/>`],
  ['as an attribute without quotes', () => xml`<a b=${'c'}/>`],
  ['in a comment', () => xml`<a><!-- ${'b'} --></a>`],
  ['in a processing instruction', () => xml`<?xml ${'b'}?><a/>`],
  ['in a CDATA section', () => xml`<a><![CDATA[${'b'}]]></a>`],
] as const) {
  test(`a value ${sentence} is a mistake that shows at once`, () => {
    assert.throws(make, TypeError)
  })
}

for (const [sentence, text] of [
  ['nothing', ''],
  ['text', 'libvirt'],
  ['an element that does not end', '<a><b></a>'],
  ['two roots', '<a/><b/>'],
  ['a document type', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'],
  ['a pit of elements', '<a>'.repeat(80) + '</a>'.repeat(80)],
  ['a flood', `<a>${'x'.repeat(5_000_000)}</a>`],
] as const) {
  test(`${sentence} is refused, not read`, () => {
    assert.equal(readXml(text).ok, false)
  })
}

test('random text is read or refused, and never more', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.array(markup).map(String)), (text) => {
      assert.equal(typeof readXml(text).ok, 'boolean')
      assert.equal(typeof readXml(`<a>${text}</a>`).ok, 'boolean')
      assert.equal(typeof readCapabilities(text).ok, 'boolean')
    }),
  )
})

test('what is foreign is kept: our metadata is found among that of others', () => {
  const root = rootOf(`<domain><metadata>
    <other:thing xmlns:other="http://example.test/o"><a/></other:thing>
    <coppice:vcn xmlns:coppice="urn:coppice" name="c &quot;3&quot;">&#x66;ine</coppice:vcn>
  </metadata></domain>`)
  const ours = elementAt(root, 'metadata', 'coppice:vcn')
  assert.equal(ours?.attributes.get('name'), 'c "3"')
  assert.equal(ours?.text, 'fine')
  assert.equal(elementsNamed(elementAt(root, 'metadata'), 'other:thing').length, 1)
})

const capabilities = (domains: string): string => `<capabilities>
  <host>
    <uuid>01234567-89ab-4def-8123-456789abcdef</uuid>
    <cpu><arch>x86_64</arch><model>EPYC-Milan</model><topology sockets='2' cores='4' threads='2'/></cpu>
    <migration_features><live/><uri_transports>
      <uri_transport>tcp</uri_transport><uri_transport>rdma</uri_transport>
    </uri_transports></migration_features>
    <topology><cells num='2'>
      <cell id='0'><memory unit='KiB'>1000000</memory><cpus num='8'><cpu id='0'/></cpus></cell>
      <cell id='1'><memory unit='KiB'>2000000</memory><cpus num='8'><cpu id='8'/></cpus></cell>
    </cells></topology>
  </host>
  <guest><os_type>hvm</os_type><arch name='i686'><domain type='qemu'/><domain type='kvm'/></arch></guest>
  <guest><os_type>hvm</os_type><arch name='x86_64'><wordsize>64</wordsize>${domains}</arch></guest>
</capabilities>`

test('capabilities say how large a host is and whether it has KVM', () => {
  assert.deepEqual(readCapabilities(capabilities("<domain type='qemu'/><domain type='kvm'/>")), {
    ok: true,
    value: {
      hostUuid: '01234567-89ab-4def-8123-456789abcdef',
      arch: 'x86_64',
      cpuModel: 'EPYC-Milan',
      cpus: 16,
      memoryKib: 3_000_000,
      kvm: true,
      migration: ['tcp', 'rdma'],
    },
  })
})

test('a host that only emulates its own architecture has no KVM', () => {
  const read = readCapabilities(capabilities("<domain type='qemu'/>"))
  assert.equal(read.ok && read.value.kvm, false)
})

test('another document is not taken for capabilities', () => {
  assert.deepEqual(readCapabilities('<domain/>'), {
    ok: false,
    refusal: { kind: 'not-xml', why: 'it is not a description of capabilities' },
  })
})
