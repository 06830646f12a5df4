// Why this file exists: what a client reads first, and what it loses when its room is small, is decided byte by byte.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type DhcpMessage, encodeDhcp, replyBuffer } from '#pxe'
import { codesOf, optionOf } from '../../../src/pxe/dhcp/options.ts'
import { decoded, knownMac, newSite, onProv, replyOf, text, type as t } from '../dhcp-lab.ts'

const site = newSite()
const offerTo = (options: Readonly<Record<number, Uint8Array>>): DhcpMessage => {
  const offer = replyOf(site.ask({ type: t.discover, mac: knownMac, options }, onProv))
  assert.ok(offer)
  return offer
}
const ask = (...codes: readonly number[]): { 55: Uint8Array } => ({ 55: Uint8Array.from(codes) })

for (const [asked, order] of [
  [
    [15, 6, 3],
    [15, 6, 3],
  ],
  [
    [3, 42, 6, 15],
    [3, 42, 6, 15],
  ],
  [
    [6, 3, 6],
    [6, 3],
  ],
] as const) {
  test(`RFC 2132 §9.8: who asks for ${asked.join(', ')} is told in that order`, () => {
    const codes = codesOf(offerTo(ask(...asked)).options)
    assert.deepEqual(
      codes.filter((code) => [3, 6, 15, 42].includes(code)),
      order,
    )
  })
}

test('RFC 2132 §3.3: the mask stands before the router, even where the client asks otherwise', () => {
  const codes = codesOf(offerTo(ask(15, 3, 6, 1)).options)
  assert.deepEqual(
    codes.filter((code) => [1, 3, 6, 15].includes(code)),
    [15, 1, 3, 6],
  )
})

const uefi = { 60: text('PXEClient:Arch:00007'), 93: Uint8Array.of(0, 7) }
const bios = { 60: text('PXEClient:Arch:00000'), 93: Uint8Array.of(0, 0) }

test('RFC 4578 §2.3: the machine’s id comes back as it came, and not to whoever sent none', () => {
  const id = Uint8Array.of(0, ...Array.from({ length: 16 }, (_, at) => at + 1))
  assert.deepEqual(optionOf(offerTo({ ...uefi, 97: id }).options, 97), id)
  assert.equal(optionOf(offerTo({ ...uefi, ...ask(97) }).options, 97), undefined)
})

test('who asks for them is told file and server in options 66, 67 and 150 too', () => {
  const { options, bootFile } = offerTo({ ...uefi, ...ask(66, 67, 150) })
  assert.equal(bootFile, 'snponly.efi')
  assert.deepEqual(optionOf(options, 67), text('snponly.efi'))
  assert.deepEqual(optionOf(options, 66), text('10.77.0.1'))
  assert.deepEqual(optionOf(options, 150), Uint8Array.of(10, 77, 0, 1))
})

test('BIOS firmware, which reads past the end of option 67, finds its file in the field alone', () => {
  const { options, bootFile } = offerTo({ ...bios, ...ask(66, 67) })
  assert.equal(bootFile, 'undionly.kpxe')
  assert.equal(optionOf(options, 67), undefined)
})

test('what boots nothing from us is told of no TFTP server', () => {
  const { options } = offerTo(ask(66, 67, 150))
  for (const code of [66, 67, 150]) assert.equal(optionOf(options, code), undefined)
})

const base = site.ask({ type: t.discover }).send?.reply
const large = fc.uniqueArray(
  fc.record({
    code: fc.integer({ min: 130, max: 174 }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 200, size: 'max' }),
  }),
  { minLength: 3, maxLength: 12, size: 'max', selector: ({ code }) => code },
)

test('RFC 2132 §9.3: what has no room in the options field goes into file and sname, once, and reads back', () => {
  assert.ok(base)
  const buffer = replyBuffer()
  let overloaded = 0
  fc.assert(
    fc.property(large, fc.constantFrom('', 'loader.efi'), (options, bootFile) => {
      const bytesMax = 548
      const length = encodeDhcp({ ...base, options, bootFile, bytesMax }, buffer)
      assert.ok(length <= bytesMax)
      const read = decoded(buffer.subarray(0, length))
      const codes = codesOf(read.options)
      if (codes.includes(52)) overloaded += 1
      const bits = optionOf(read.options, 52)?.[0] ?? 0
      if ((bits & 1) === 0) assert.equal(read.bootFile, bootFile)
      if (bootFile !== '') assert.equal(bits & 1, 0)
      for (const { code, bytes } of options)
        if (codes.includes(code)) assert.deepEqual(optionOf(read.options, code), bytes)
    }),
    { numRuns: 200 },
  )
  assert.ok(overloaded > 0)
})

test('RFC 2132 §9.3: a client that takes 576 octets is told more than its options field holds', () => {
  assert.ok(base)
  const buffer = replyBuffer()
  const sized = [
    [130, 100],
    [131, 100],
    [134, 60],
    [135, 100],
  ] as const
  const wanted = sized.map(([code, length]) => ({ code, bytes: new Uint8Array(length) }))
  const length = encodeDhcp({ ...base, options: wanted, bytesMax: 548 }, buffer)
  const read = decoded(buffer.subarray(0, length))
  assert.deepEqual(
    [130, 131, 134, 135].filter((code) => optionOf(read.options, code) === undefined),
    [],
  )
  assert.equal(optionOf(read.options, 52)?.[0], 1)
})

test('RFC 3396 §5: an option of 300 octets is written in two pieces, one behind the other', () => {
  assert.ok(base)
  const buffer = replyBuffer()
  const bytes = Uint8Array.from({ length: 300 }, (_, at) => at)
  const options = [{ code: 200, bytes }]
  const length = encodeDhcp({ ...base, options, bytesMax: 1400 }, buffer)
  const read = decoded(buffer.subarray(0, length))
  const at = read.options.parts.flatMap((part, index) => (index % 3 === 0 ? [part] : []))
  assert.deepEqual(at.slice(-2), [200, 200])
  assert.deepEqual(optionOf(read.options, 200), bytes)
})
