// Why this file exists: the promises of the BER and DER room: round trips, limits, and one typed error.
import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { test } from 'node:test'
import { Asn1Error, der, frameAt, ldapLimits, parseAsn1, Reader, tags, x509Limits } from '#asn1'
import fc from 'fast-check'
import { hostileText } from '../hostile-text.ts'
import { needs } from '../needs.ts'

test('decode(encode(x)) = x for integers of any size and sign', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(1n << 200n), max: 1n << 200n }), (value) => {
      assert.equal(new Reader(der.integer(value), x509Limits).integer(), value)
    }),
  )
})

test('decode(encode(x)) = x for object identifiers, arcs of 128 bits included', () => {
  const arc = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n })
  const oid = fc.oneof(
    fc.tuple(fc.constantFrom(0n, 1n), fc.bigInt({ min: 0n, max: 39n }), arc),
    fc.tuple(fc.constant(2n), arc, arc),
  )
  fc.assert(
    fc.property(oid, (arcs) => {
      const dotted = arcs.join('.')
      assert.equal(new Reader(der.oid(dotted)).oid(), dotted)
    }),
  )
})

test('decode(encode(x)) = x for text, octets, booleans and any tag', () => {
  const tag = fc.record(
    {
      class: fc.constantFrom('universal', 'application', 'context', 'private'),
      constructed: fc.boolean(),
      number: fc.nat(0xfff_ffff),
    } as const,
    { noNullPrototype: true },
  )
  fc.assert(
    fc.property(tag, hostileText, fc.boolean(), (any, text, flag) => {
      const element = new Reader(der.text(text, any), x509Limits).element()
      assert.deepEqual(element.tag, any)
      assert.equal(Buffer.from(element.content).toString(), Buffer.from(text).toString())
      assert.equal(new Reader(der.boolean(flag), x509Limits).boolean(), flag)
    }),
  )
})

test('random bytes throw nothing but the typed error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      for (const limits of [ldapLimits, x509Limits]) {
        parseAsn1(bytes, limits, function walk(reader): void {
          while (!reader.atEnd) {
            const element = reader.element()
            if (element.tag.constructed) walk(reader.into(element))
          }
        })
        const reads = [
          (reader: Reader) => reader.integer(),
          (reader: Reader) => reader.oid(),
          (reader: Reader) => reader.bits(),
          (reader: Reader) => reader.time(),
          (reader: Reader) => reader.text(),
        ]
        for (const read of reads) parseAsn1<unknown>(bytes, limits, read)
      }
    }),
    { numRuns: 2000 },
  )
})

for (const [sentence, hex, kind] of [
  [
    'HOSTILE 21: a length of 4 GiB is refused before its bytes are awaited',
    '3084ffffffff',
    'too-long',
  ],
  ['HOSTILE 21: a length of 127 octets is refused', '30ff00', 'too-long'],
  ['HOSTILE 21: an indefinite length is refused', '30800000', 'indefinite-length'],
  ['a tag number that never ends is refused', '3f8182838485', 'bad-tag'],
  ['a low tag number in the long form is refused', '3f0500', 'bad-tag'],
] as const) {
  test(sentence, () => {
    const framing = frameAt(Uint8Array.fromHex(hex), 0, ldapLimits)
    assert.equal(framing.kind === 'refused' && framing.refusal.kind, kind)
  })
}

test('a stream that is cut anywhere asks for more, and is whole only at its end', () => {
  const whole = der.sequence([der.integer(5), der.octets(new Uint8Array(200))])
  for (let length = 0; length < whole.length; length += 1) {
    assert.equal(frameAt(whole.subarray(0, length), 0, ldapLimits).kind, 'more')
  }
  const framing = frameAt(whole, 0, ldapLimits)
  assert.equal(framing.kind === 'frame' && framing.end, whole.length)
})

test('HOSTILE 21: 10,000 levels are refused at the depth limit, without a stack overflow', () => {
  let nested = der.null()
  for (let level = 0; level < 10_000; level += 1) nested = der.sequence([nested])
  const outcome = parseAsn1(nested, ldapLimits, function dive(reader): void {
    if (reader.sees(tags.sequence)) dive(reader.enter())
  })
  assert.equal(!outcome.ok && outcome.refusal.kind, 'too-deep')
})

for (const [sentence, hex, read] of [
  ['X.690 10.1: DER refuses a length that is longer than needed', '0481010a', 'octets'],
  ['X.690 8.3.2: DER refuses an integer with needless leading bytes', '02020001', 'integer'],
  ['X.690 11.1: DER refuses a boolean that is neither 00 nor FF', '010101', 'boolean'],
] as const) {
  test(`${sentence}; BER reads it`, () => {
    const bytes = Uint8Array.fromHex(hex)
    assert.throws(() => new Reader(bytes, x509Limits)[read](), Asn1Error)
    assert.doesNotThrow(() => new Reader(bytes, ldapLimits)[read]())
  })
}

for (const [text, iso] of [
  ['491231235959Z', '2049-12-31T23:59:59.000Z'],
  ['500101000000Z', '1950-01-01T00:00:00.000Z'],
  ['20500101000000Z', '2050-01-01T00:00:00.000Z'],
] as const) {
  test(`RFC 5280: the time ${text} is ${iso}, and is written the same way`, () => {
    const bytes = der.text(text, text.length === 13 ? tags.utcTime : tags.generalizedTime)
    assert.equal(new Reader(bytes).time().toISOString(), iso)
    assert.deepEqual(der.time(new Date(iso)), bytes)
  })
}

test('a date that the calendar does not have is refused', () => {
  assert.throws(() => new Reader(der.text('260231000000Z', tags.utcTime)).time(), Asn1Error)
})

test(
  'a certificate made by openssl reads as DER, element by element',
  needs('openssl', '/usr/bin/openssl'),
  () => {
    const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
    const rest = ['-subj', '/CN=coppice', '-days', '2', '-keyout', '/dev/null', '-outform', 'DER']
    const stdio = ['ignore', 'pipe', 'ignore'] as const
    const bytes = execFileSync('/usr/bin/openssl', [...args, ...rest], { stdio: [...stdio] })
    const certificate = new X509Certificate(bytes)
    const read = parseAsn1(bytes, x509Limits, (reader) => {
      const outer = reader.enter()
      const inner = outer.enter()
      assert.equal(inner.enter(tags.contextOf(0)).count(2), 2)
      const serial = inner.integer()
      const algorithm = inner.enter().oid()
      inner.element()
      const validity = inner.enter()
      const dates = [validity.time(), validity.time()]
      outer.element()
      assert.equal(outer.bits().unused, 0)
      return { serial, algorithm, dates }
    })
    assert.ok(read.ok)
    assert.equal(read.value.serial, BigInt(`0x${certificate.serialNumber}`))
    assert.equal(read.value.algorithm, '1.2.840.10045.4.3.2')
    assert.equal(read.value.dates[1]?.getTime(), certificate.validToDate.getTime())
  },
)
