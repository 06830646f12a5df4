// Why this file exists: an advertisement too many disturbs a site's IPv6; one too few costs each boot 13 seconds.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import {
  type AdvertiserState,
  advertiserState,
  answerSolicitation,
  answersPerSecondMax,
  hearAdvertisement,
  multicastGapMillis,
  routerMemoryMillis,
} from '../../src/net/advertising.ts'
import {
  buildAdvertisement,
  buildSolicitation,
  filterOnly,
  parseRouterMessage,
} from '../../src/net/icmp6.ts'

const mac = Uint8Array.of(0x52, 0x54, 0, 0x77, 0, 0x11)
const linkLocal = Uint8Array.of(0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0x50, 0x54, 0, 0xff, 0xfe, 0x77, 0, 1)
const global = Uint8Array.of(0x20, 1, ...linkLocal.subarray(2))
const unspecified = new Uint8Array(16)
const empty = {
  kind: 'advertisement',
  lifetimeSeconds: 0,
  managed: false,
  other: false,
  prefixes: 0,
} as const

test('RFC 4861 section 4.2: our advertisement offers no router, no prefix and no DHCPv6', () => {
  assert.deepEqual(parseRouterMessage(buildAdvertisement(mac)), empty)
})

test('RFC 4861 section 6.2.3: an unknown link address is left out, never sent as zeros', () => {
  assert.equal(buildAdvertisement(undefined).length, 16)
  assert.equal(buildSolicitation(undefined).length, 8)
  assert.deepEqual(parseRouterMessage(buildAdvertisement(undefined)), empty)
})

test('RFC 4861 section 4.1: our solicitation is one', () => {
  assert.deepEqual(parseRouterMessage(buildSolicitation(mac)), { kind: 'solicitation' })
})

for (const [sentence, hex, expected] of [
  ['an option of length 0 is dropped, and does not loop', '8500000000000000' + '0100', undefined],
  ['an option past the end is dropped', '8500000000000000' + '0102aabbccddeeff', undefined],
  ['a code that is not 0 is dropped', '8501000000000000', undefined],
  ['a short solicitation is dropped', '85000000', undefined],
  ['another type is not ours', '8700000000000000', undefined],
  [
    'M, O, lifetime and prefixes of another router are read',
    '8600000040c00708' + '0000000000000000' + '0304'.padEnd(64, '0'),
    { kind: 'advertisement', lifetimeSeconds: 1800, managed: true, other: true, prefixes: 1 },
  ],
] as const) {
  test(`RFC 4861 section 6.1: ${sentence}`, () => {
    assert.deepEqual(parseRouterMessage(Buffer.from(hex, 'hex')), expected)
  })
}

test('RFC 4861: no bytes make the reader throw', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(133, 134), (bytes, type) => {
      if (bytes.length > 0) bytes[0] = type
      parseRouterMessage(bytes)
    }),
  )
})

test('RFC 3542 section 3.2: the filter passes the named types and blocks every other', () => {
  const words = new Uint32Array(filterOnly(133, 134).slice().buffer)
  const passed = Array.from({ length: 256 }, (_, type) => type).filter(
    (type) => (((words[type >>> 5] ?? 0) >>> (type & 31)) & 1) === 0,
  )
  assert.deepEqual(passed, [133, 134])
})

const answerAt = (state: AdvertiserState, source: Uint8Array, now: number) =>
  answerSolicitation(state, source, now).answer

test('a solicitation from a link-local address is answered to its sender alone', () => {
  assert.equal(answerAt(advertiserState(0), linkLocal, 0), 'to-sender')
})

test('a source that could come from beyond the wire is not answered', () => {
  assert.equal(answerAt(advertiserState(0), global, 0), 'silent')
})

test('RFC 4861 section 10: who has no address yet is answered by multicast, at most once in 3 s', () => {
  const first = answerSolicitation(advertiserState(0), unspecified, 0)
  assert.equal(first.answer, 'to-all')
  assert.equal(answerAt(first.state, unspecified, multicastGapMillis - 1), 'silent')
  assert.equal(answerAt(first.state, unspecified, multicastGapMillis), 'to-all')
})

for (const [what, offer] of [
  ['itself as a router', { lifetimeSeconds: 1 }],
  ['a prefix', { prefixes: 1 }],
  ['DHCPv6 addresses', { managed: true }],
  ['DHCPv6 settings', { other: true }],
] as const) {
  test(`a router that offers ${what} silences us until it has long gone`, () => {
    const state = hearAdvertisement(advertiserState(0), { ...empty, ...offer }, 0)
    assert.equal(answerAt(state, linkLocal, routerMemoryMillis - 1), 'silent')
    assert.equal(answerAt(state, linkLocal, routerMemoryMillis), 'to-sender')
  })
}

test('an advertisement as empty as ours silences nobody, so two appliances serve one wire', () => {
  const state = hearAdvertisement(advertiserState(0), empty, 0)
  assert.equal(answerAt(state, linkLocal, 1), 'to-sender')
})

test('a flood of solicitations gets a bounded number of answers, and then the next second is new', () => {
  let state = advertiserState(0)
  let answers = 0
  for (let round = 0; round < answersPerSecondMax * 3; round += 1) {
    const step = answerSolicitation(state, linkLocal, 0)
    state = step.state
    if (step.answer !== 'silent') answers += 1
  }
  assert.equal(answers, answersPerSecondMax)
  assert.equal(answerAt(state, linkLocal, 1_000), 'to-sender')
})
