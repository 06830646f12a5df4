// Why this file exists: XDR is the ground that everything else stands on: what is written must be read back the same,
// and no bytes at all may do more harm than a typed error.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { procedures } from '../../src/libvirt/index.ts'
import {
  readDomain,
  readTypedValues,
  readUuid,
  readVolume,
  writeDomain,
  writeUuid,
  writeVolume,
} from '../../src/libvirt/procedure/objects.ts'
import { XdrError, XdrReader } from '../../src/libvirt/xdr/reader.ts'
import { stringBytesMax, XdrWriter } from '../../src/libvirt/xdr/writer.ts'

const hex = (text: string): XdrReader => new XdrReader(Uint8Array.fromHex(text.replaceAll(' ', '')))

for (const [sentence, write, expected] of [
  ['RFC 4506 section 4.1: an integer is four bytes, big-endian', (w) => w.int(-2), 'fffffffe'],
  ['RFC 4506 section 4.2: an unsigned integer', (w) => w.uint(0xffff_ffff), 'ffffffff'],
  ['RFC 4506 section 4.5: a hyper', (w) => w.hyper(-1n), 'ffffffffffffffff'],
  ['RFC 4506 section 4.5: an unsigned hyper', (w) => w.unsignedHyper(1n), '0000000000000001'],
  ['RFC 4506 section 4.7: a double', (w) => w.double(1), '3ff0000000000000'],
  [
    'RFC 4506 section 4.11: a string is counted and padded',
    (w) => w.string('é'),
    '00000002c3a90000',
  ],
  ['RFC 4506 section 4.11: an empty string is a zero', (w) => w.string(''), '00000000'],
  [
    'RFC 4506 section 4.13: an array is counted',
    (w) => w.array([1, 2], (each, value) => each.int(value)),
    '000000020000000100000002',
  ],
  [
    'RFC 4506 section 4.19: what is absent is a zero',
    (w) => w.optional<string>(undefined, (each, value) => each.string(value)),
    '00000000',
  ],
] as const satisfies readonly (readonly [string, (w: XdrWriter) => unknown, string])[]) {
  test(sentence, () => {
    const writer = new XdrWriter()
    write(writer)
    assert.equal(writer.bytes.toHex(), expected)
  })
}

for (const [sentence, read] of [
  ['HOSTILE 22: a negative count', () => hex('ffffffff').array(10, (each) => each.int())],
  ['HOSTILE 22: a count above the limit', () => hex('0000000b').array(10, (each) => each.int())],
  [
    'HOSTILE 22: a count without bytes for it',
    () => hex('0000000a').array(10, (each) => each.int()),
  ],
  ['HOSTILE 22: a string above its limit', () => hex('00000005 6161616161').string(4)],
  ['HOSTILE 22: a string of negative length', () => hex('ffffffff').string(stringBytesMax)],
  ['a string without its padding', () => hex('00000001 61').string(4)],
  ['a truth value that is neither', () => hex('00000002').bool()],
  ['a size that no disk has', () => hex('ffffffffffffffff').size()],
  [
    'a typed value of unknown type',
    () => readTypedValues(hex('00000001 00000001 61000000 00000009'), 1),
  ],
  ['bytes after the end', () => hex('00').end()],
] as const satisfies readonly (readonly [string, () => unknown])[]) {
  test(`${sentence} is refused`, () => {
    assert.throws(read, XdrError)
  })
}

for (const [sentence, write] of [
  ['a number above 32 bits', (w) => w.int(0x8000_0000)],
  ['a negative number as unsigned', (w) => w.uint(-1)],
  ['a fraction', (w) => w.int(0.5)],
  ['a hyper above 64 bits', (w) => w.unsignedHyper(1n << 64n)],
  ['a text with NUL, which C would cut', (w) => w.string('a\0b')],
  ['a text longer than libvirt takes', (w) => w.string('x'.repeat(stringBytesMax + 1))],
  ['a UUID with a letter too many', (w) => writeUuid(w, '00000000-0000-4000-8000-0000000000001')],
] as const satisfies readonly (readonly [string, (w: XdrWriter) => unknown])[]) {
  test(`${sentence} is not sent`, () => {
    assert.throws(() => write(new XdrWriter()), { code: 'CPC-LV-012' })
  })
}

const text = fc.string({ unit: 'binary' }).filter((value) => !value.includes('\0'))
const uuid = fc.uuid()

test('what is written is read back the same', () => {
  const domain = fc.record(
    { name: text, uuid, id: fc.integer({ min: -1, max: 0x7fff_ffff }) },
    { noNullPrototype: true },
  )
  const volume = fc.record({ pool: text, name: text, key: text }, { noNullPrototype: true })
  const everything = fc.tuple(
    fc.array(domain),
    fc.option(volume, { nil: undefined }),
    uuid,
    fc.bigInt(0n, 2n ** 64n - 1n),
  )
  fc.assert(
    fc.property(everything, ([domains, maybe, id, large]) => {
      const writer = new XdrWriter()
      writer.array(domains, writeDomain).optional(maybe, writeVolume)
      writeUuid(writer, id)
      writer.unsignedHyper(large)
      const reader = new XdrReader(writer.bytes)
      assert.deepEqual(reader.array(domains.length, readDomain), domains)
      assert.deepEqual(reader.optional(readVolume), maybe)
      assert.equal(readUuid(reader), id)
      assert.equal(reader.unsignedHyper(), large)
      reader.end()
    }),
  )
})

test('random bytes as the answer to any procedure are read or refused, and never more', () => {
  const all = Object.values(procedures)
  const half = fc.oneof(fc.uint8Array({ maxLength: 256 }), smallWords())
  fc.assert(
    fc.property(fc.constantFrom(...all), half, (procedure, bytes) => {
      try {
        procedure.decode(new XdrReader(bytes))
      } catch (error) {
        assert.ok(error instanceof XdrError, String(error))
      }
    }),
    { numRuns: 2000 },
  )
})

/** Words that are plausible counts get further than noise does. */
function smallWords(): fc.Arbitrary<Uint8Array> {
  return fc.array(fc.integer({ min: 0, max: 7 }), { maxLength: 64 }).map((words) => {
    const writer = new XdrWriter()
    for (const word of words) writer.int(word)
    return writer.bytes
  })
}

test('typed values keep their types', () => {
  const parameters = [
    ['a', '00000001 ffffffff'],
    ['b', '00000002 ffffffff'],
    ['c', '00000003 ffffffffffffffff'],
    ['d', '00000004 ffffffffffffffff'],
    ['e', '00000005 3ff8000000000000'],
    ['f', '00000006 00000001'],
    ['g', '00000007 00000001 78000000'],
  ] as const
  const body = parameters.map(([name, value]) => `00000001 ${hexOf(name)}000000 ${value}`).join('')
  assert.deepEqual(
    [...readTypedValues(hex(`00000007 ${body}`), 7)],
    [
      ['a', -1],
      ['b', 0xffff_ffff],
      ['c', -1n],
      ['d', 2n ** 64n - 1n],
      ['e', 1.5],
      ['f', true],
      ['g', 'x'],
    ],
  )
})

function hexOf(letters: string): string {
  return new TextEncoder().encode(letters).toHex()
}

for (const [name, write, bytes] of [
  ['a number', (w) => w.int(7), '00000007'],
  ['a hyper', (w) => w.hyper(7n), '0000000000000007'],
  ['a string', (w) => w.string('abc'), '0000000361626300'],
] as const satisfies readonly (readonly [string, (w: XdrWriter) => unknown, string])[]) {
  test(`${name} is whole wherever the buffer has to grow for it`, () => {
    for (let before = 0; before <= 300; before += 4) {
      const writer = new XdrWriter().fixedOpaque(new Uint8Array(before))
      write(writer)
      assert.equal(writer.bytes.subarray(before).toHex(), bytes, `after ${before} bytes`)
    }
  })
}
