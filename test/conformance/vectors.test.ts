// Why this file exists: packets that others recorded go through our codecs and back: what is written in our own order comes
// out octet by octet, the rest with the same meaning, and what is broken gives a reason and never an exception.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { decodeDhcp, type DhcpMessage, encodeDhcp, explainRefusal } from '#pxe'
import { codesOf, optionOf } from '../../src/pxe/dhcp/options.ts'
import { encodePacket, parsePacket } from '../../src/pxe/tftp/packet.ts'
import { readFrames, udpPayloads } from '../pcap.ts'

const folder = join(import.meta.dirname, '../vectors')

function payloads(part: string, ...ports: readonly number[]): readonly Uint8Array[] {
  return readdirSync(join(folder, part))
    .filter((name) => /\.pcapng$|\.pcap$/.test(name))
    .flatMap((name) => udpPayloads(readFrames(readFileSync(join(folder, part, name)))))
    .filter(({ sourcePort, targetPort }) =>
      [sourcePort, targetPort].some((one) => ports.includes(one)),
    )
    .map(({ payload }) => payload)
}

const recorded = [
  ...payloads('dhcp', 67, 68),
  ...payloads('boot', 67, 68),
  ...payloads('tftp', 67, 68),
]
const messageType = 53
const relayInformation = 82
const overload = 52
const roomy = 4_096

/** As we would send it: what we understood, and nothing else. */
function encoded(message: DhcpMessage): Uint8Array {
  const into = new Uint8Array(roomy)
  const relay = optionOf(message.options, relayInformation)
  const options = codesOf(message.options)
    .filter((code) => ![messageType, relayInformation, overload].includes(code))
    .map((code) => ({ code, bytes: optionOf(message.options, code) ?? new Uint8Array(0) }))
  const { serverName: _, mac: _mac, hops: _hops, ...rest } = message
  const outgoing = { ...rest, options, ...(relay && { relayInformation: relay }), bytesMax: roomy }
  return into.slice(0, encodeDhcp(outgoing, into))
}

/** What must survive: every field and every option, whatever the order and the place. */
function meaning(message: DhcpMessage) {
  const codes = codesOf(message.options).filter((code) => code !== overload)
  return {
    ...message,
    serverName: undefined,
    hops: undefined,
    options: codes
      .toSorted((one, other) => one - other)
      .map((code) => [code, Buffer.from(optionOf(message.options, code) ?? []).toString('hex')]),
    hardware: { ...message.hardware, bytes: Buffer.from(message.hardware.bytes).toString('hex') },
  }
}

/** Written as we write: type first, relay information last, each option whole and once, nothing in between. */
function isCanonical(bytes: Uint8Array, message: DhcpMessage): boolean {
  const codes = codesOf(message.options)
  const size = codes.reduce(
    (sum, code) => sum + 2 + (optionOf(message.options, code)?.length ?? 0),
    241,
  )
  const isLast = !codes.includes(relayInformation) || codes.at(-1) === relayInformation
  const isPlain = !codes.includes(overload) && message.serverName === '' && message.hops === 0
  const flags = ((bytes[10] ?? 0) & 0x7f) === 0 && bytes[11] === 0
  return (
    codes[0] === messageType && isLast && isPlain && flags && bytes.length === Math.max(300, size)
  )
}

test('DHCP: what was recorded is decoded or refused with a reason, and comes back with the same meaning', () => {
  let canonical = 0
  let refused = 0
  for (const bytes of recorded) {
    const first = decodeDhcp(bytes)
    if (!first.ok) {
      assert.match(explainRefusal(first.refusal), /\w/)
      refused += 1
      continue
    }
    const again = encoded(first.value)
    const second = decodeDhcp(again)
    assert.ok(second.ok)
    assert.deepEqual(meaning(second.value), meaning(first.value))
    if (!isCanonical(bytes, first.value)) continue
    canonical += 1
    assert.deepEqual(Buffer.from(again).toString('hex'), Buffer.from(bytes).toString('hex'))
  }
  assert.ok(canonical >= 10, `${canonical} of ${recorded.length} were canonical`)
  assert.ok(refused >= 1, 'the broken ones are among them')
})

test('DHCP: every recorded packet, cut at every octet, is decoded or refused, and never thrown at', () => {
  for (const bytes of recorded.slice(0, 20))
    for (let length = 0; length < bytes.length; length += 1) {
      const read = decodeDhcp(bytes.subarray(0, length))
      assert.ok(read.ok || explainRefusal(read.refusal).length > 0)
    }
})

test('TFTP: every recorded packet that is one comes back octet by octet', () => {
  let same = 0
  for (const bytes of payloads('tftp', 69, 1069)) {
    const parsed = parsePacket(bytes)
    if (!parsed.ok) assert.match(parsed.refusal.why, /\w/)
    else if (Buffer.from(encodePacket(parsed.value)).equals(bytes)) same += 1
  }
  assert.ok(same >= 4, `${same} were the same`)
})

test('TFTP: acknowledgements, data and errors of recorded transfers come back octet by octet', () => {
  const all = payloads('tftp', ...Array.from({ length: 64_000 }, (_, at) => at + 1_024))
  const parts = all.filter((bytes) => bytes.length >= 4 && bytes[0] === 0 && (bytes[1] ?? 0) >= 3)
  assert.ok(parts.length >= 40, `${parts.length} packets`)
  for (const bytes of parts) {
    const parsed = parsePacket(bytes)
    assert.ok(parsed.ok)
    assert.deepEqual(Buffer.from(encodePacket(parsed.value)), Buffer.from(bytes))
  }
})
