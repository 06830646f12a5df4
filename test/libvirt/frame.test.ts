// Why this file exists: frames arrive in pieces of any size; however they are cut, the same messages must come out, and
// nothing is kept for a length that cannot be.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { z } from 'zod'
import { connectProcedures } from '../../src/libvirt/procedure/connect.table.ts'
import { domainProcedures } from '../../src/libvirt/procedure/domain.table.ts'
import {
  decodeFrame,
  encodeFrame,
  FrameCutter,
  frameBytesMax,
} from '../../src/libvirt/rpc/frame.ts'
import { decodeLibvirtError, libvirtErrorCode } from '../../src/libvirt/rpc/libvirt-error.ts'
import { XdrError, XdrReader } from '../../src/libvirt/xdr/reader.ts'
import { recordedReplies } from './recorded.table.ts'

const vectors = z
  .array(
    z.object({
      name: z.string(),
      hex: z.string(),
      declared_length: z.number(),
      program: z.string(),
      version: z.number(),
      procedure: z.number(),
      type: z.number(),
      serial: z.number(),
      status: z.number(),
    }),
  )
  .parse(
    JSON.parse(
      readFileSync(join(import.meta.dirname, '../vectors/libvirt/rpc-frames.json'), 'utf8'),
    ),
  )

test('frames of a real daemon decode to the header that is written beside them', () => {
  assert.ok(vectors.length >= 20)
  for (const { name, hex, declared_length, program, ...words } of vectors) {
    const bytes = Uint8Array.fromHex(hex)
    const { header, payload } = decodeFrame(bytes.subarray(0, declared_length))
    assert.deepEqual(header, { ...words, program: Number(program) }, name)
    assert.deepEqual(encodeFrame(header, payload), bytes.subarray(0, declared_length), name)
  }
})

function payloadOf(name: string): XdrReader {
  const vector = vectors.find((one) => one.name === name)
  assert.ok(vector !== undefined, name)
  return new XdrReader(decodeFrame(Uint8Array.fromHex(vector.hex)).payload)
}

test('the answers in those frames are read', () => {
  const domain = domainProcedures.domainLookupByName.decode(payloadOf('testDomainResponse'))
  assert.deepEqual(domain, { name: 'test', uuid: 'dc229f87-d4de-4719-8cfd-2e21c6105b01', id: 14 })
  const state = domainProcedures.domainGetState.decode(payloadOf('testDomainStateReply'))
  assert.deepEqual(state, { state: 1, reason: 1 })
  const list = connectProcedures.connectListAllDomains.decode(payloadOf('testDomainsReply'))
  assert.deepEqual(
    list.map(({ name, id }) => [name, id]),
    [
      ['aaaaaaa-1', 1],
      ['aaaaaaa-2', 2],
    ],
  )
})

test("libvirt's error is read with its number, its domain and its words", () => {
  const bytes = Uint8Array.fromHex(recordedReplies.get(24) ?? '')
  const error = decodeLibvirtError(decodeFrame(bytes).payload)
  assert.equal(error.code, libvirtErrorCode.noDomain)
  assert.equal(error.domain, 10)
  assert.equal(error.level, 2)
  assert.match(error.message, /^Domain not found: no domain with matching uuid/)
})

test('however a stream is cut into pieces, the same frames come out', () => {
  const frames = [...recordedReplies.values()].map((hex) => Uint8Array.fromHex(hex))
  const whole = Uint8Array.fromHex([...recordedReplies.values()].join(''))
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1 }), (sizes) => {
      const cutter = new FrameCutter()
      const found: Uint8Array[] = []
      for (let at = 0, turn = 0; at < whole.length; turn++) {
        const size = sizes[turn % sizes.length] ?? 1
        for (const { header, payload } of cutter.push(whole.subarray(at, at + size)))
          found.push(encodeFrame(header, payload))
        at += size
      }
      assert.deepEqual(found, frames)
    }),
  )
})

for (const [length, sentence] of [
  ['00000000', 'a frame without length'],
  ['0000001b', 'a frame shorter than its header'],
  ['ffffffff', 'HOSTILE 22: a frame of negative length'],
  ['02000005', 'HOSTILE 22: a frame over 32 MiB'],
] as const) {
  test(`${sentence} is refused before anything is kept for it`, () => {
    assert.throws(() => new FrameCutter().push(Uint8Array.fromHex(length)), XdrError)
  })
}

test('a frame of exactly 32 MiB is waited for', () => {
  assert.equal(frameBytesMax, 0x0200_0004)
  assert.deepEqual(new FrameCutter().push(Uint8Array.fromHex('02000004')), [])
})

test('random bytes are frames or are refused, and never more', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 64 })), (chunks) => {
      const cutter = new FrameCutter()
      try {
        for (const chunk of chunks) cutter.push(chunk)
      } catch (error) {
        assert.ok(error instanceof XdrError, String(error))
      }
    }),
  )
})
