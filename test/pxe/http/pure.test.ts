// Why this file exists: ranges and request targets are text from anyone, and decide which bytes leave.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isAlreadyThere, parseRange, rangeStillHolds } from '../../../src/pxe/http/range.ts'
import { parseTarget } from '../../../src/pxe/http/target.ts'

for (const [sentence, header, size, expected] of [
  ['no range is the whole file', undefined, 100, { kind: 'whole' }],
  ['the first ten bytes', 'bytes=0-9', 100, { kind: 'part', from: 0, to: 9 }],
  ['from a byte to the end', 'bytes=90-', 100, { kind: 'part', from: 90, to: 99 }],
  [
    'an end past the file is the file’s end',
    'bytes=90-500',
    100,
    { kind: 'part', from: 90, to: 99 },
  ],
  ['the last ten bytes', 'bytes=-10', 100, { kind: 'part', from: 90, to: 99 }],
  ['more last bytes than there are', 'bytes=-500', 100, { kind: 'part', from: 0, to: 99 }],
  ['a start past the end cannot be satisfied', 'bytes=100-', 100, { kind: 'unsatisfiable' }],
  ['no last bytes cannot be satisfied', 'bytes=-0', 100, { kind: 'unsatisfiable' }],
  ['nothing of an empty file can be satisfied', 'bytes=0-', 0, { kind: 'unsatisfiable' }],
  ['an end before its start is ignored', 'bytes=9-0', 100, { kind: 'whole' }],
  ['several ranges are answered by the whole', 'bytes=0-1,5-6', 100, { kind: 'whole' }],
  ['another unit is ignored', 'lines=0-1', 100, { kind: 'whole' }],
  ['a range without numbers is ignored', 'bytes=-', 100, { kind: 'whole' }],
  [
    'an end past all sense is the file’s end',
    `bytes=0-${'9'.repeat(400)}`,
    100,
    { kind: 'part', from: 0, to: 99 },
  ],
  [
    'a start past all sense cannot be satisfied',
    `bytes=${'9'.repeat(400)}-`,
    100,
    { kind: 'unsatisfiable' },
  ],
] as const) {
  test(`RFC 9110 section 14: ${sentence}`, () => {
    assert.deepEqual(parseRange(header, size), expected)
  })
}

test('RFC 9110 section 14: no header gives a part outside the file', () => {
  const header = fc.tuple(fc.string(), fc.nat(), fc.string(), fc.nat(), fc.string())
  fc.assert(
    fc.property(header, fc.nat({ max: 1_000 }), ([a, b, c, d, e], size) => {
      for (const text of [`${a}${b}${c}${d}${e}`, `bytes=${b}-${d}`, `bytes=-${b}`]) {
        const range = parseRange(text, size)
        if (range.kind !== 'part') continue
        assert.ok(range.from >= 0 && range.from <= range.to && range.to < size)
      }
    }),
  )
})

test('RFC 9110 section 13.1.5: a part is given only of the file that the first part was of', () => {
  assert.ok(rangeStillHolds(undefined, '"one"'))
  assert.ok(rangeStillHolds('"one"', '"one"'))
  assert.ok(!rangeStillHolds('"two"', '"one"'))
  assert.ok(!rangeStillHolds('Fri, 21 Nov 2025 01:20:00 GMT', '"one"'))
})

for (const [sentence, header, same] of [
  ['no header', undefined, false],
  ['the tag', '"one"', true],
  ['the tag, marked weak by somebody on the way', 'W/"one"', true],
  ['the tag among others', '"two", W/"three" ,"one"', true],
  ['a star', '*', true],
  ['another tag', '"two"', false],
  ['the tag without its quotes', 'one', false],
  ['the tag inside another', '"one, two"', false],
] as const) {
  test(`RFC 9110 section 13.1.2: with If-None-Match, ${sentence} is ${same ? 'what we have' : 'nothing we have'}`, () => {
    assert.equal(isAlreadyThere(header, '"one"'), same)
  })
}

for (const [text, path] of [
  ['/boot.ipxe', '/boot.ipxe'],
  ['/boot.ipxe?mac=52:54:00:77:00:11', '/boot.ipxe'],
  ['/kvm%2dhost/initrd', '/kvm-host/initrd'],
  ['http://10.77.0.1/snponly.efi', '/snponly.efi'],
  ['HTTP://x:80/snponly.efi', '/snponly.efi'],
  ['//evil/snponly.efi', '//evil/snponly.efi'],
  ['/a%', undefined],
  ['/%ff', undefined],
  ['*', undefined],
  ['', undefined],
  ['http://10.77.0.1', undefined],
] as const) {
  test(`RFC 9112 section 3.2: the target ${text || '(nothing)'} is ${path ?? 'refused'}`, () => {
    assert.equal(parseTarget(text)?.path, path)
  })
}

test('RFC 9112 section 3.2: a query is read, whatever stands in it, and no text makes the reader throw', () => {
  assert.equal(parseTarget('/x?a=1&b=%zz?&c')?.query.get('b'), '%zz?')
  fc.assert(fc.property(fc.string(), (text) => void parseTarget(text)))
})
