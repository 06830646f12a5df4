// Why this file exists: one transfer, played packet by packet, as the RFCs tell it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { agree } from '../../../src/pxe/tftp/option.ts'
import type { TftpOption } from '../../../src/pxe/tftp/packet.ts'
import {
  blockCount,
  firstWaitMillis,
  hurryMillis,
  open,
  type Session,
  step,
  triesMax,
} from '../../../src/pxe/tftp/session.ts'

function begin(fileBytes: number, options: readonly TftpOption[] = []) {
  return open(agree(options, fileBytes), fileBytes, 0)
}

const ack = (session: Session, block: number, now = 1) => step(session, { kind: 'ack', block }, now)
const blocks = (from: number, to: number) => [{ kind: 'blocks', from, to }]

/** A session that has come to a block of its file without any loss. */
function playTo(session: Session, block: number): Session {
  let now = session
  while (now.acked < block) now = ack(now, now.sent % 65_536).session
  return now
}

test('RFC 1350: without options the first answer is block 1, and each acknowledgement brings the next', () => {
  const first = begin(1_000)
  assert.deepEqual(first.sends, blocks(1, 1))
  assert.deepEqual(ack(first.session, 1).sends, blocks(2, 2))
})

test('RFC 2347: with options the first answer is the OACK, and acknowledging block 0 starts the data', () => {
  const first = begin(1_000, [['blksize', '600']])
  assert.deepEqual(first.sends, [{ kind: 'options-ack' }])
  assert.deepEqual(ack(first.session, 0).sends, blocks(1, 1))
})

for (const [fileBytes, count] of [
  [0, 1],
  [511, 1],
  [512, 2],
  [513, 2],
  [1_024, 3],
] as const) {
  test(`RFC 1350 section 6: a file of ${fileBytes} bytes has ${count} blocks, the last one short`, () => {
    const { session } = begin(fileBytes)
    assert.equal(blockCount(session), count)
    const last = ack(playTo(session, count - 1), count)
    assert.deepEqual(last.ending?.outcome, 'whole')
    assert.deepEqual(last.sends, [])
  })
}

test('RFC 7440: a window is sent at once, and its acknowledgement brings the next window', () => {
  const { session } = begin(10_000, [['windowsize', '4']])
  const first = ack(session, 0)
  assert.deepEqual(first.sends, blocks(1, 4))
  assert.deepEqual(ack(first.session, 4).sends, blocks(5, 8))
})

test('RFC 7440 section 4: an acknowledgement inside the window goes on from there', () => {
  const { session } = begin(10_000, [['windowsize', '4']])
  const inside = ack(ack(session, 0, 10).session, 2, 12)
  assert.deepEqual(inside.sends, [], 'the rest may be under way')
  assert.deepEqual(ack(inside.session, 4, 13).sends, blocks(5, 8))
  const late = step(inside.session, { kind: 'clock' }, 12 + hurryMillis)
  assert.deepEqual(late.sends, blocks(3, 6))
})

test('RFC 7440: the last window is as short as what is left', () => {
  const { session } = begin(1_300, [['windowsize', '64']])
  assert.deepEqual(ack(session, 0).sends, blocks(1, 3))
})

test('HOSTILE 19: RFC 1123 section 4.2.3.1: a duplicate acknowledgement sends nothing again', () => {
  const second = ack(begin(10_000).session, 1).session
  for (const block of [1, 1, 0, 65_535]) assert.deepEqual(ack(second, block).sends, [])
})

test('HOSTILE 19: in a window a duplicate sends nothing, it only brings the timer nearer, and once', () => {
  const { session } = begin(10_000, [['windowsize', '4']])
  const sent = ack(session, 0, 10).session
  const doubled = ack(sent, 0, 12)
  assert.deepEqual(doubled.sends, [])
  assert.equal(doubled.session.dueAt, 12 + hurryMillis)
  assert.equal(ack(doubled.session, 0, 20).session.dueAt, 12 + hurryMillis)
  const late = step(doubled.session, { kind: 'clock' }, 12 + hurryMillis)
  assert.deepEqual(late.sends, blocks(1, 4))
  const again = ack(late.session, 0, 40)
  assert.deepEqual(again.sends, [])
  assert.equal(again.session.dueAt, late.session.dueAt)
})

test('HOSTILE 19: block numbers wrap at 65,536 and the transfer goes on to its end', () => {
  const bytes = 70_000 * 8 + 3
  const { session } = begin(bytes, [
    ['blksize', '8'],
    ['windowsize', '64'],
  ])
  const ended = ack(playTo(ack(session, 0).session, 69_952), 70_001 % 65_536)
  assert.equal(ended.ending?.outcome, 'whole')
})

test('an acknowledgement of what was never sent is ignored', () => {
  const { session } = begin(10_000)
  assert.deepEqual(ack(session, 2), { session, sends: [] })
  assert.deepEqual(ack(session, 40_000), { session, sends: [] })
})

test('silence repeats the window, each time after twice the wait, and ends in so many tries', () => {
  let { session } = begin(10_000)
  const waits: number[] = []
  for (let round = 0; round < triesMax; round += 1) {
    const due = session.dueAt
    assert.deepEqual(step(session, { kind: 'clock' }, due - 1).sends, [])
    const late = step(session, { kind: 'clock' }, due)
    assert.deepEqual(late.sends, blocks(1, 1))
    session = late.session
    waits.push(session.dueAt - due)
  }
  assert.deepEqual(waits, [2_000, 4_000, 8_000, 8_000, 8_000, 8_000, 8_000, 8_000])
  assert.equal(step(session, { kind: 'clock' }, session.dueAt).ending?.outcome, 'cut-off')
})

test('a client that answers within a millisecond is not left waiting a second after a loss', () => {
  const { session } = begin(10_000)
  const known = ack(session, 1, 1).session
  assert.ok(known.dueAt - 1 < firstWaitMillis / 5)
})

test('RFC 2349: a timeout that was agreed is the wait', () => {
  const { session } = begin(10_000, [['timeout', '3']])
  const sent = ack(session, 0, 5).session
  assert.equal(sent.dueAt, 3_005)
})

for (const [sentence, code, acked, outcome] of [
  ['error 8 after the OACK is a size probe', 8, false, 'probe'],
  ['error 0 after the OACK is a size probe of older firmware', 0, false, 'probe'],
  ['error 3 (disk full) after the OACK is none', 3, false, 'cut-off'],
  ['error 8 in the middle of the data is none', 8, true, 'cut-off'],
] as const) {
  test(sentence, () => {
    const { session } = begin(10_000, [['tsize', '0']])
    const at = acked ? ack(session, 0).session : session
    const ended = step(at, { kind: 'error', code, text: 'aborted' }, 3)
    assert.equal(ended.ending?.outcome, outcome)
    assert.deepEqual(ended.sends, [])
    assert.deepEqual(ack(ended.session, 0), { session: ended.session, sends: [] })
  })
}
