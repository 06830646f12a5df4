// Why this file exists: MACs are copied from labels, switches, leases and firmware, each with a spelling of its own.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { macFromBytes, macToBytes, parseMac, visible } from '#directory'
import fc from 'fast-check'
import { hostileText } from '../hostile-text.ts'

for (const spelling of [
  '52:54:00:0a:0b:0c',
  '52-54-00-0A-0B-0C',
  '5254.000a.0b0c',
  '5254-000A-0B0C',
  '5254:000a:0b0c',
  '525400-0A0B0C',
  '5254000A0B0C',
  ' 52 54 00 0a 0b 0c ',
  '52:54:0:a:b:c',
]) {
  test(`the MAC ${JSON.stringify(spelling)} is read`, () => {
    assert.equal(parseMac(spelling), '52:54:00:0a:0b:0c')
  })
}

for (const text of [
  '',
  '52:54:00:0a:0b',
  '52:54:00:0a:0b:0c:0d',
  '52:54-00:0a-0b:0c',
  '52::54:00:0a:0b:0c',
  '52:54:00:0a:0b:0g',
  '5:25400:0a:0b:0c:0',
  '5254000A0B0C0',
  '５2:54:00:0a:0b:0c',
  '52:54:00:0a:0b:0c\0',
]) {
  test(`the text ${JSON.stringify(text)} is no MAC`, () => {
    assert.equal(parseMac(text), undefined)
  })
}

test('each MAC comes back from its bytes and from its own spelling, and no text makes the reader throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 6, maxLength: 6 }), hostileText, (bytes, text) => {
      const mac = macFromBytes(bytes, 0)
      assert.equal(parseMac(mac), mac)
      assert.deepEqual([...macToBytes(mac)], [...bytes])
      const read = parseMac(text)
      assert.ok(read === undefined || /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(read))
    }),
  )
})

test('text made visible has nothing left that hides, turns or ends a line', () => {
  assert.equal(visible('a\u202eb\n\u0000ü💥'), 'a\\u{202e}b\\u{a}\\u{0}ü💥')
  fc.assert(
    fc.property(hostileText, (text) => {
      assert.doesNotMatch(visible(text), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
    }),
  )
})
