// Why this file exists: what the vectors did not think of. Random and mutated bytes must give a refusal or a message,
// and an answer or a silence, and never throw; and what we write must read back as it was.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { ip4, parseDnsName } from '#directory'
import { decodeDhcp, describeMessage, encodeDhcp, explainRefusal, logLine, replyBuffer } from '#pxe'
import { decodeDomainSearch, encodeDomainSearch } from '../../../src/pxe/dhcp/domain-search.ts'
import { optionOf } from '../../../src/pxe/dhcp/options.ts'
import { readRelayInformation } from '../../../src/pxe/dhcp/relay.ts'
import { readFrames, udpPayloads } from '../../pcap.ts'
import { newSite, onProv, onVo, replyOf } from '../dhcp-lab.ts'

const site = newSite()

/** Everything that a packet goes through but the sockets. HOSTILE 8: the log too. */
function survive(bytes: Uint8Array): void {
  const result = decodeDhcp(bytes)
  if (!result.ok) {
    assert.match(explainRefusal(result.refusal), /^[\x20-\x7e]+$/)
    return
  }
  const message = result.value
  describeMessage(message)
  for (const arrival of [onProv, onVo, { ...onProv, port: 4011 }]) {
    const outcome = site.ask(message, arrival)
    replyOf(outcome)
    assert.match(logLine({ message, arrival, outcome }), /^[\x20-\x7e]+$/)
  }
}

const header = fc.uint8Array({ minLength: 240, maxLength: 240 }).map((bytes) => {
  bytes.set([1, 1, 6], 0)
  bytes.set([0x63, 0x82, 0x53, 0x63], 236)
  return bytes
})

test('HOSTILE 1, 8: random bytes are refused or answered, never thrown over', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), survive), { numRuns: 300 })
})

test('HOSTILE 1 to 8: random options behind a sound header are refused or answered', () => {
  const area = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 255 }), fc.uint8Array({ maxLength: 40 })),
    { maxLength: 20 },
  )
  fc.assert(
    fc.property(header, fc.integer({ min: 0, max: 9 }), area, (bytes, type, options) => {
      const tail = options.flatMap(([code, value]) => [code, value.length, ...value])
      survive(Uint8Array.from([...bytes, 53, 1, type, ...tail, 255]))
    }),
    { numRuns: 500 },
  )
})

const folder = join(import.meta.dirname, '../../vectors')
const seeds = ['dhcp', 'boot'].flatMap((name) =>
  readdirSync(join(folder, name))
    .filter((file) => file.endsWith('.pcap'))
    .flatMap((file) => udpPayloads(readFrames(readFileSync(join(folder, name, file)))))
    .filter(({ targetPort }) => targetPort === 67 || targetPort === 68)
    .map(({ payload }) => payload),
)

test('mutated packets of real clients are refused or answered', () => {
  const mutation = fc.record({
    seed: fc.integer({ min: 0, max: seeds.length - 1 }),
    keep: fc.double({ min: 0.3, max: 1, noNaN: true }),
    changes: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 12 }),
  })
  fc.assert(
    fc.property(mutation, ({ seed, keep, changes }) => {
      const bytes = (seeds[seed] ?? new Uint8Array()).slice()
      for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value
      survive(bytes.subarray(0, Math.ceil(bytes.length * keep)))
    }),
    { numRuns: 600 },
  )
})

test('what we write, we read back: decode(encode(x)) = x', () => {
  const address = fc.integer({ min: 0, max: 0xffff_ffff }).map(ip4)
  const message = fc.record({
    op: fc.constantFrom('request' as const, 'reply' as const),
    type: fc.integer({ min: 1, max: 8 }),
    xid: fc.integer({ min: 0, max: 0xffff_ffff }),
    secs: fc.integer({ min: 0, max: 0xffff }),
    broadcast: fc.boolean(),
    ciaddr: address,
    yiaddr: address,
    siaddr: address,
    giaddr: address,
    hardware: fc.record({
      type: fc.constant(1),
      length: fc.constant(6),
      bytes: fc.uint8Array({ minLength: 16, maxLength: 16 }),
    }),
    bootFile: fc.string({ maxLength: 127, unit: fc.constantFrom('a', '/', '.', '9') }),
    options: fc.uniqueArray(
      fc.record({
        code: fc.integer({ min: 1, max: 254 }).filter((code) => ![52, 53, 82].includes(code)),
        bytes: fc.uint8Array({ maxLength: 300 }),
      }),
      { maxLength: 3, selector: ({ code }) => code },
    ),
    relayInformation: fc.uint8Array({ minLength: 1, maxLength: 100 }),
    bytesMax: fc.constant(1472),
  })
  const buffer = replyBuffer()
  fc.assert(
    fc.property(message, (sent) => {
      const read = decodeDhcp(buffer.subarray(0, encodeDhcp(sent, buffer)))
      assert.ok(read.ok)
      const { value } = read
      for (const key of ['op', 'type', 'xid', 'secs', 'broadcast', 'bootFile'] as const)
        assert.equal(value[key], sent[key])
      for (const key of ['ciaddr', 'yiaddr', 'siaddr', 'giaddr'] as const)
        assert.equal(value[key], sent[key])
      assert.deepEqual(value.hardware, { ...sent.hardware })
      for (const { code, bytes } of sent.options)
        assert.deepEqual(optionOf(value.options, code), bytes)
      assert.deepEqual(optionOf(value.options, 82), sent.relayInformation)
    }),
    { numRuns: 300 },
  )
})

test('a reply is never larger than the client takes, and keeps the relay option whole', () => {
  const buffer = replyBuffer()
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: 255 }), { maxLength: 20 }),
      fc.integer({ min: 0, max: 2000 }),
      (values, bytesMax) => {
        const reply = site.ask({ type: 1 } as const).send?.reply
        assert.ok(reply)
        const relayInformation = new Uint8Array(60).fill(7)
        const options = values.map((bytes, at) => ({ code: 200 + at, bytes }))
        const length = encodeDhcp({ ...reply, options, relayInformation, bytesMax }, buffer)
        assert.ok(length <= Math.min(1472, Math.max(548, bytesMax)))
        const read = decodeDhcp(buffer.subarray(0, length))
        assert.ok(read.ok)
        assert.deepEqual(optionOf(read.value.options, 82), relayInformation)
      },
    ),
    { numRuns: 200 },
  )
})

test('RFC 3397: search lists read back as written, and random ones end', () => {
  const labels = fc.string({ minLength: 1, maxLength: 8, unit: fc.constantFrom('a', 'b', 'c') })
  const dnsName = fc
    .array(labels, { minLength: 1, maxLength: 4 })
    .map((parts) => parseDnsName(parts.join('.')))
    .filter((name) => name !== undefined)
  fc.assert(
    fc.property(fc.array(dnsName, { maxLength: 6 }), (names) => {
      assert.deepEqual(decodeDomainSearch(encodeDomainSearch(names)), names)
    }),
  )
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      decodeDomainSearch(bytes)
      readRelayInformation(bytes)
    }),
  )
})
