// Why this file exists: TFTP packets come from anyone; each must become a value or a refusal with its error code.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { encodePacket, parsePacket, type TftpPacket } from '../../../src/pxe/tftp/packet.ts'
import { toNetascii } from '../../../src/pxe/tftp/netascii.ts'
import { readFrames, udpPayloads } from '../../pcap.ts'

const word = fc.integer({ min: 0, max: 65_535 })
const text = (maxLength: number) => fc.string({ minLength: 1, maxLength, unit: 'grapheme-ascii' })
const option = fc.tuple(
  text(12).map((name) => name.toLowerCase()),
  text(8),
)
const optionList = fc.array(option, { maxLength: 16 })
const someOptions = fc.array(option, { minLength: 1, maxLength: 16 })
const plain = { noNullPrototype: true }
const packet: fc.Arbitrary<TftpPacket> = fc.oneof(
  fc.record(
    {
      kind: fc.constantFrom('read', 'write'),
      file: text(40),
      mode: fc.constantFrom('octet', 'netascii'),
      options: optionList,
    },
    plain,
  ),
  fc.record(
    { kind: fc.constant('data'), block: word, bytes: fc.uint8Array({ maxLength: 1_468 }) },
    plain,
  ),
  fc.record({ kind: fc.constant('ack'), block: word }, plain),
  fc.record({ kind: fc.constant('error'), code: word, text: text(40) }, plain),
  fc.record({ kind: fc.constant('options-ack'), options: someOptions }, plain),
)

test('RFC 1350, RFC 2347: every packet that we encode is decoded to itself', () => {
  fc.assert(
    fc.property(packet, (value) => {
      const bytes = encodePacket(value)
      fc.pre(bytes.length <= 512 || value.kind === 'data')
      assert.deepEqual(parsePacket(bytes), { ok: true, value })
    }),
  )
})

test('RFC 1350: no bytes make the reader throw', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 7 }), fc.uint8Array({ maxLength: 600 }), (code, rest) => {
      parsePacket(rest)
      parsePacket(Uint8Array.of(0, code, ...rest))
    }),
  )
})

const request = (body: string) => Buffer.from(`\0\x01${body}`, 'latin1')

for (const [sentence, bytes, code] of [
  ['a name of 64 kB', request(`${'a'.repeat(65_000)}\0octet\0`), 4],
  ['a name without its NUL', request('snponly.efi'), 4],
  ['a mode without its NUL', request('snponly.efi\0octet'), 4],
  ['no mode', request('snponly.efi\0'), 4],
  ['an option’s value without its NUL', request('a\0octet\0blksize\x00512'), 4],
  ['an empty name', request('\0octet\0'), 4],
  ['an option without a value', request('a\0octet\0blksize\0'), 8],
  ['seventeen options', request(`a\0octet\0${'x\x001\0'.repeat(17)}`), 8],
  ['an operation that does not exist', Buffer.from('\0\x09\0\0'), 4],
  ['three octets', Buffer.from('\0\x01a'), 4],
  ['nothing', Buffer.alloc(0), 4],
] as const) {
  test(`HOSTILE 18: ${sentence} is refused with error ${code}`, () => {
    const parsed = parsePacket(bytes)
    assert.equal(!parsed.ok && parsed.refusal.code, code)
  })
}

test('firmware that pads its request with zeros is understood', () => {
  const parsed = parsePacket(request('a\0octet\0tsize\x000\0\0\0\0\0'))
  assert.deepEqual(parsed.ok && parsed.value, {
    kind: 'read',
    file: 'a',
    mode: 'octet',
    options: [['tsize', '0']],
  })
})

test('RFC 2347: mode and option names are read in any case', () => {
  const parsed = parsePacket(request('A\0OCTET\0BLKSIZE\x001468\0'))
  assert.deepEqual(parsed.ok && parsed.value, {
    kind: 'read',
    file: 'A',
    mode: 'octet',
    options: [['blksize', '1468']],
  })
})

test('RFC 1350: netascii ends lines with CR LF and guards a CR of its own', () => {
  assert.deepEqual(String.fromCharCode(...toNetascii(Buffer.from('a\nb\rc'))), 'a\r\nb\r\0c')
})

const folder = join(import.meta.dirname, '../../vectors/tftp')
const payloadsOf = (name: string) => udpPayloads(readFrames(readFileSync(join(folder, name))))

test('a real request without terminating NULs (tftp-heapoverflow.pcap) is refused with error 4', () => {
  const payloads = payloadsOf('tftp-heapoverflow.pcap')
  assert.ok(payloads.length > 0)
  for (const { payload } of payloads) {
    const parsed = parsePacket(payload)
    assert.equal(!parsed.ok && parsed.refusal.code, 4)
  }
})

for (const name of [
  'ipxe-transfer.pcap',
  'ipxe-exact-multiple.pcap',
  'ipxe-missing-file.pcap',
  'tftp.pcap',
]) {
  test(`every TFTP packet of real transfers survives both ways (${name})`, () => {
    const payloads = payloadsOf(name).filter(
      ({ sourcePort, targetPort }) =>
        ![67, 68].includes(sourcePort) && ![67, 68].includes(targetPort),
    )
    assert.ok(payloads.length > 0)
    for (const { payload } of payloads) {
      const parsed = parsePacket(payload)
      assert.ok(parsed.ok)
      assert.deepEqual(Buffer.from(encodePacket(parsed.value)), Buffer.from(payload))
    }
  })
}
