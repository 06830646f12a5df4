// Why this file exists: packets that others recorded go through our codecs and back: what is written in our own order comes
// out octet by octet, the rest with the same meaning, and what is broken gives a reason and never an exception.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { decodeDhcp, explainRefusal } from '#pxe'
import { encodePacket, parsePacket } from '../../src/pxe/tftp/packet.ts'
import { readFrames, udpPayloads } from '../pcap.ts'
import { writtenAgain } from '../pxe/written-again.ts'

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
    if (writtenAgain(bytes, first.value)) canonical += 1
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
