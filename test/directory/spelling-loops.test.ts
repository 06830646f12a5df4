// Why this file exists: addresses, names and identities are read by loops over characters, for there are 100,000 of them.
// What they accept is said more plainly by expressions, and must be the same for every text.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseDnsName, parseIp4, parseLabel, parseMac, parseUuid } from '#directory'
import { hostileText } from '../hostile-text.ts'

const runs = { numRuns: 2000 }

function oneOf(characters: string): fc.Arbitrary<string> {
  return fc.constantFrom(...characters.split(''))
}

/** Texts that are nearly right: of the right characters, and whole ones with one character exchanged. */
function near(characters: string, parts: fc.Arbitrary<string>, separators: readonly string[]) {
  const unit = oneOf(characters)
  const joined = fc
    .tuple(fc.array(parts, { minLength: 1, maxLength: 7 }), fc.constantFrom(...separators))
    .map(([list, separator]) => list.join(separator))
  const bent = fc
    .tuple(joined, fc.nat(), fc.oneof(unit, oneOf('İ \n\0٣ß')))
    .map(([text, place, other]) => {
      const at = place % (text.length + 1)
      return text.slice(0, at) + other + text.slice(at + 1)
    })
  return fc.oneof(hostileText, fc.string({ unit, maxLength: 70 }), joined, bent)
}

const octet = fc.oneof(fc.nat(255), fc.nat(999)).map(String)

test('an address is four numbers to 255 without leading zeros, and dots between them', () => {
  const part = '(0|[1-9]\\d?|1\\d\\d|2[0-4]\\d|25[0-5])'
  const shape = new RegExp(`^${part}\\.${part}\\.${part}\\.${part}$`)
  fc.assert(
    fc.property(near('0123456789.', octet, ['.', '..', ',']), (text) => {
      const value = shape.test(text)
        ? text.split('.').reduce((sum, each) => sum * 256 + Number(each), 0)
        : undefined
      assert.equal(parseIp4(text), value)
    }),
    runs,
  )
  const quad = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255))
  fc.assert(
    fc.property(quad, ([one, two, three, four]) => {
      const value = one * 2 ** 24 + two * 2 ** 16 + three * 2 ** 8 + four
      assert.equal(parseIp4(`${one}.${two}.${three}.${four}`), value)
    }),
  )
})

const octets = /^[0-9a-f]{1,2}([:\- ])[0-9a-f]{1,2}(?:\1[0-9a-f]{1,2}){4}$/
const groups =
  /^(?:[0-9a-f]{4}([.:-])[0-9a-f]{4}\1[0-9a-f]{4}|[0-9a-f]{6}[.:-][0-9a-f]{6}|[0-9a-f]{12})$/

function macIn(text: string): string | undefined {
  const spelt = text.trim().toLowerCase()
  if (groups.test(spelt)) return spelt.replaceAll(/[.:-]/g, '').match(/../g)?.join(':')
  if (!octets.test(spelt)) return undefined
  const list = spelt.split(/[:\- ]/)
  return list.map((each) => each.padStart(2, '0')).join(':')
}

test('a MAC is read from what the expressions for its spellings accept, and nothing else', () => {
  const hex = (minLength: number, maxLength: number) =>
    fc.string({ unit: oneOf('0123456789abcdefABCDEF'), minLength, maxLength })
  const parts = fc.oneof(hex(2, 2), hex(1, 2), hex(4, 4), hex(6, 6), hex(12, 12))
  const texts = near('0123456789abcdefAF:-. g', parts, [':', '-', ' ', '.', ''])
  const six = fc
    .tuple(fc.array(hex(1, 2), { minLength: 6, maxLength: 6 }), oneOf(':- .'))
    .map(([list, separator]) => list.join(separator))
  const three = fc
    .tuple(fc.array(hex(4, 4), { minLength: 3, maxLength: 3 }), oneOf(':- .'))
    .map(([list, separator]) => ` ${list.join(separator)} `)
  fc.assert(
    fc.property(fc.oneof(texts, six, three), (text) => {
      assert.equal(parseMac(text), macIn(text))
    }),
    runs,
  )
})

const labelShape = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/

test('a label is what RFC 1123 says, and a name is labels with dots between them', () => {
  const unit = oneOf('az09-Z')
  const part = fc.oneof(
    fc.string({ unit, maxLength: 6 }),
    fc.string({ unit, minLength: 60, maxLength: 65 }),
  )
  fc.assert(
    fc.property(near('az09-.Z\u212a_', part, ['.', '', '..']), (text) => {
      const lower = text.toLowerCase()
      assert.equal(parseLabel(text), labelShape.test(lower) ? lower : undefined)
      const name = lower.replace(/\.$/, '')
      const isName = name.length <= 253 && name.split('.').every((each) => labelShape.test(each))
      assert.equal(parseDnsName(text), isName ? name : undefined)
    }),
    runs,
  )
})

test('a name of 253 characters is one, and of 254 is none', () => {
  const text = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}`
  assert.equal(parseDnsName(text), text)
  assert.equal(parseDnsName(`${text}.`), text)
  assert.equal(parseDnsName(`${text}d`), undefined)
})

test('a UUID is 32 hexadecimal digits, wherever hyphens stand', () => {
  const hex = fc.string({
    unit: oneOf('0123456789abcdefABCDEF'),
    minLength: 32,
    maxLength: 32,
  })
  const hyphenated = fc.tuple(hex, fc.constantFrom('-', '', '_')).map(([text, between]) => {
    const list = /^(.{8})(.{4})(.{4})(.{4})(.{12})$/.exec(text)?.slice(1)
    return list?.join(between) ?? text
  })
  const bent = fc
    .tuple(hyphenated, fc.nat(36), oneOf('-g 0İ'))
    .map(([text, at, other]) => text.slice(0, at) + other + text.slice(at + 1))
  fc.assert(
    fc.property(fc.oneof(hostileText, hyphenated, bent, fc.uuid()), (text) => {
      const digits = text.trim().toLowerCase().replaceAll('-', '')
      const spelt = digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
      assert.equal(parseUuid(text), /^[0-9a-f]{32}$/.test(digits) ? spelt : undefined)
    }),
    runs,
  )
})
