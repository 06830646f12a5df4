// Why this file exists: a datagram with one wrong checksum is dropped by firmware without a word.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { buildDatagram, checksum, payloadBytesMax } from '../../src/net/datagram.ts'

const octets = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const endpoint = fc.record({ address: octets(4), port: fc.integer({ min: 0, max: 65_535 }) })

/** RFC 768: the UDP checksum is taken over these twelve octets as well. */
function pseudoHeader(packet: Uint8Array): Uint8Array {
  const length = packet.length - 20
  return Uint8Array.of(...packet.subarray(12, 20), 0, 17, length >>> 8, length & 255)
}

test('RFC 791, RFC 768: both checksums of every datagram verify', () => {
  fc.assert(
    fc.property(endpoint, endpoint, fc.uint8Array({ maxLength: 1_500 }), (from, to, payload) => {
      const packet = buildDatagram({ from, to, payload })
      assert.equal(checksum(packet.subarray(0, 20), 0), 0)
      const summed = Uint8Array.of(...pseudoHeader(packet), ...packet.subarray(20))
      assert.equal(checksum(summed, 0), 0)
      assert.notDeepEqual([...packet.subarray(26, 28)], [0, 0])
      assert.deepEqual(packet.subarray(28), payload)
    }),
  )
})

test('RFC 791: a known packet is built octet for octet', () => {
  const packet = buildDatagram({
    from: { address: Uint8Array.of(10, 77, 0, 1), port: 67 },
    to: { address: Uint8Array.of(10, 77, 0, 11), port: 68 },
    payload: Uint8Array.of(2, 1, 6),
  })
  assert.equal(
    Buffer.from(packet).toString('hex'),
    '4500001f0000400040112629' + '0a4d0001' + '0a4d000b' + '00430044000be2aa' + '020106',
  )
})

test('RFC 768: a sum that comes out as zero is sent as all ones', () => {
  const zeroSum = buildDatagram({
    from: { address: Uint8Array.of(0, 0, 0, 0), port: 0 },
    to: { address: Uint8Array.of(0, 0, 0, 0), port: 0 },
    // 17 + 10 (pseudo) + 10 (length) + payload = 0xffff
    payload: Uint8Array.of(0xff, 0xda),
  })
  assert.deepEqual([...zeroSum.subarray(26, 28)], [0xff, 0xff])
})

test('a payload that no IPv4 packet can hold is a broken promise of the caller', () => {
  const nobody = { address: new Uint8Array(4), port: 0 }
  assert.throws(
    () => buildDatagram({ from: nobody, to: nobody, payload: new Uint8Array(payloadBytesMax + 1) }),
    RangeError,
  )
})
