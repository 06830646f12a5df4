// Why this file exists: which TFTP options are granted is a promise to firmware that cannot be updated.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { agree, blockBytesMax, windowBlocksMax } from '../../../src/pxe/tftp/option.ts'

for (const [sentence, name, text, granted] of [
  ['RFC 2348: a block size is granted', 'blksize', '1024', '1024'],
  ['RFC 2348: a block size above our limit is lowered to it', 'blksize', '65464', '1428'],
  ['RFC 2348: a block size below 8 is left out', 'blksize', '7', undefined],
  ['RFC 2348: a block size above 65464 is left out', 'blksize', '65465', undefined],
  ['RFC 2348: a block size that is no number is left out', 'blksize', '1e3', undefined],
  ['RFC 2349: tsize is answered with the file size', 'tsize', '0', '70000'],
  ['RFC 2349: a negative tsize is left out', 'tsize', '-1', undefined],
  ['RFC 2349: a timeout is granted as it was asked', 'timeout', '3', '3'],
  ['RFC 2349: a timeout of 0 is left out', 'timeout', '0', undefined],
  ['RFC 2349: the longest timeout is granted', 'timeout', '255', '255'],
  ['RFC 2349: a timeout above 255 is left out', 'timeout', '256', undefined],
  ['RFC 7440: a window is granted', 'windowsize', '4', '4'],
  ['RFC 7440: a window above our limit is lowered to it', 'windowsize', '65535', '64'],
  ['RFC 7440: a window of 0 is left out', 'windowsize', '0', undefined],
  ['RFC 2347: an option we do not know is left out', 'multicast', '1', undefined],
] as const) {
  test(sentence, () => {
    const expected = granted === undefined ? [] : [[name, granted]]
    assert.deepEqual(agree([[name, text]], 70_000).granted, expected)
  })
}

test('RFC 2347: an option that stands twice counts once, as it stood first', () => {
  const terms = agree(
    [
      ['blksize', '600'],
      ['blksize', '700'],
    ],
    1,
  )
  assert.equal(terms.blockBytes, 600)
  assert.equal(terms.granted.length, 1)
})

test('RFC 1350: without options blocks have 512 octets, one at a time', () => {
  assert.deepEqual(agree([], 1), { blockBytes: 512, windowBlocks: 1, granted: [] })
})

test('a block of ours fits into one Ethernet frame', () => {
  assert.ok(20 + 8 + 4 + blockBytesMax <= 1_500)
  assert.ok(windowBlocksMax < 32_768, 'or acknowledgements would be ambiguous')
})
