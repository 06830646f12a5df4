// Why this file exists: a capture is a file from a stranger. It is read or it is a reason, never a crash and never a wait.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { captureBytesMax, readCapture, readHex } from '#pxe'
import { readFrames, udpPayloads } from '../../pcap.ts'

const vectors = join(import.meta.dirname, '../../vectors')
const manyMax = 10_000
const files = ['dhcp', 'dns', 'boot', 'tftp'].flatMap((folder) =>
  readdirSync(join(vectors, folder))
    .filter((name) => /\.pcap(ng)?$/.test(name))
    .map((name) => join(vectors, folder, name)),
)

test('of every capture that we have, each datagram that another reader finds whole is found', () => {
  assert.ok(files.length > 20)
  for (const path of files) {
    const file = readFileSync(path)
    const read = readCapture(file, manyMax)
    assert.ok(read.ok, path)
    const wanted = udpPayloads(readFrames(file)).filter(
      ({ source, targetPort, sourcePort, payload }) =>
        source.includes('.') &&
        ([53, 67, 4011].includes(targetPort) || (sourcePort === 67 && targetPort === 68)) &&
        payload.length > 0,
    )
    const found = read.capture.datagrams.filter(({ protocol }) => protocol !== 'tftp')
    const leftOut = [...read.capture.leftOut.values()].reduce((sum, count) => sum + count, 0)
    assert.equal(read.capture.frames, read.capture.datagrams.length + leftOut, path)
    const cut = [...read.capture.leftOut.keys()].some((reason) => /cut short|fragment/.test(reason))
    if (!cut) assert.ok(found.length >= wanted.length, path)
  }
})

const whole = readFileSync(join(vectors, 'dhcp/firmware-uefi-dora-tftp.pcap'))

test('a capture that is cut short gives what was whole, and says where it is broken', () => {
  const read = readCapture(whole.subarray(0, 1_000), manyMax)
  assert.ok(read.ok)
  assert.equal(read.capture.broken, 'the last frame is cut short')
  assert.ok(read.capture.frames >= 1)
})

test('cut at any place it is read or refused, and never ends in an exception', () => {
  for (let length = 0; length < whole.length; length += 97)
    readCapture(whole.subarray(0, length), manyMax)
})

for (const [sentence, file, reason] of [
  ['a file that is larger than the limit', new Uint8Array(captureBytesMax + 1), /is the limit/],
  ['an empty file', new Uint8Array(0), /too few/],
  ['a picture', Buffer.from('\x89PNG and more than twenty-four bytes'), /neither pcap nor pcapng/],
] as const) {
  test(`${sentence} is refused with the reason`, () => {
    const read = readCapture(file, manyMax)
    assert.ok(!read.ok)
    assert.match(read.refusal, reason)
  })
}

test('a frame that claims gigabytes ends the capture with a reason', () => {
  const file = Buffer.from(whole.subarray(0, 60))
  file.writeUInt32LE(0xffff_fff0, 24 + 8)
  const read = readCapture(file, manyMax)
  assert.ok(read.ok)
  assert.match(read.capture.broken ?? '', /^a frame says that it has 4294967280 bytes$/)
})

test('more packets than are answered at once are counted, not kept', () => {
  const read = readCapture(whole, 3)
  assert.ok(read.ok)
  assert.equal(read.capture.datagrams.length, 3)
  assert.ok([...read.capture.leftOut.keys()].some((reason) => /beyond the first 3/.test(reason)))
})

test('whatever bytes stand behind the beginning of a capture, nothing is thrown', () => {
  const starts = [
    whole.subarray(0, 24),
    readFileSync(join(vectors, 'dhcp/dhcp-option-108.pcapng')).subarray(0, 120),
  ]
  fc.assert(
    fc.property(fc.constantFrom(...starts), fc.uint8Array({ maxLength: 400 }), (start, rest) => {
      const read = readCapture(Buffer.concat([start, rest]), manyMax)
      return read.ok ? read.capture.datagrams.every(({ payload }) => payload.length <= 4_096) : true
    }),
    { numRuns: 500 },
  )
})

test('a payload is taken as people copy it, and nothing else is', () => {
  assert.deepEqual(readHex('01:02 0a', 16), Uint8Array.of(1, 2, 10))
  assert.deepEqual(readHex('0x0102', 16), Uint8Array.of(1, 2))
  for (const wrong of ['', '0', 'xyz', '010', '00'.repeat(17)])
    assert.equal(readHex(wrong, 16), undefined, wrong)
})
