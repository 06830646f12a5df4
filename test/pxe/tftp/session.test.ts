// Why this file exists: one transfer, played packet by packet, as the RFCs tell it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { agree } from '../../../src/pxe/tftp/option.ts'
import type { TftpOption } from '../../../src/pxe/tftp/packet.ts'
import {
  blockCount,
  firstWaitMillis,
  hurryMillisMax,
  hurryMillisMin,
  open,
  type Session,
  step,
  silenceMillisMax,
  turnsOfMany,
  waitMillisMin,
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
  const late = step(inside.session, { kind: 'clock' }, 12 + hurryMillisMax)
  assert.deepEqual(late.sends, blocks(3, 6))
})

test('a loss in a window of a client near by is mended within two of its turns, not within a wait', () => {
  const { session } = begin(100_000, [['windowsize', '4']])
  const near = ack(ack(session, 0, 1).session, 4, 2).session
  const inside = ack(near, 6, 3).session
  assert.equal(inside.dueAt, 3 + hurryMillisMin)
  const again = step(inside, { kind: 'clock' }, 3 + hurryMillisMin)
  assert.deepEqual(again.sends, blocks(7, 10))
  assert.equal(again.session.doublings, 0, 'the client is there: no reason to wait longer')
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
  assert.equal(doubled.session.dueAt, 12 + hurryMillisMax)
  assert.equal(ack(doubled.session, 0, 20).session.dueAt, 12 + hurryMillisMax)
  const late = step(doubled.session, { kind: 'clock' }, 12 + hurryMillisMax)
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

/** Lets the timer of a silent client run out again and again: each wait, and how it ended. */
function silence(from: Session) {
  let session = from
  const waits: number[] = []
  for (let round = 0; round < 100; round += 1) {
    const due = session.dueAt
    assert.deepEqual(step(session, { kind: 'clock' }, due - 1).sends, [])
    const late = step(session, { kind: 'clock' }, due)
    if (late.ending) return { waits, outcome: late.ending.outcome, millis: due }
    assert.deepEqual(late.sends, blocks(session.acked + 1, session.sent))
    session = late.session
    waits.push(session.dueAt - due)
  }
  return assert.fail('it never ended')
}

test('silence repeats the window, each time after twice the wait, and ends after half a minute', () => {
  const { waits, outcome, millis } = silence(begin(10_000).session)
  assert.deepEqual(waits, [2_000, 4_000, 8_000, 8_000, 8_000])
  assert.equal(outcome, 'cut-off')
  assert.ok(millis >= silenceMillisMax && millis < silenceMillisMax + 8_000)
})

/** Every answer within a millisecond. */
function playNear(blockMax: number, options: readonly TftpOption[] = []): Session {
  let { session } = begin(100_000, options)
  if (session.phase === 'offered') session = ack(session, 0, 0).session
  for (let block = 1; block <= blockMax; block += 1) session = ack(session, block, block).session
  return session
}

for (const [turns, first] of [
  [1, 200],
  [turnsOfMany - 1, 200],
  [turnsOfMany, 25],
] as const) {
  test(`a client near by that falls silent after ${turns} turns is asked within ${first} ms, then ever more seldom`, () => {
    const session = playNear(turns)
    assert.equal(session.dueAt, turns + first)
    const { waits } = silence(session)
    assert.deepEqual(waits.slice(0, 3), [2 * first, 4 * first, 8 * first])
    assert.ok(waits.length <= 12, `${waits.length} repeats`)
  })
}

for (const [seconds, repeats] of [
  ['1', 29],
  ['10', 2],
  ['255', 2],
] as const) {
  test(`HOSTILE 27: with a timeout of ${seconds} s a silent client is given up after ${repeats} repeats`, () => {
    const { session } = begin(10_000, [['timeout', seconds]])
    const { waits, outcome } = silence(ack(session, 0).session)
    assert.deepEqual(new Set(waits), new Set([Number(seconds) * 1_000]))
    assert.ok(Math.abs(waits.length - repeats) <= 1, `${waits.length} repeats`)
    assert.equal(outcome, 'cut-off')
  })
}

test('HOSTILE 27: a client that says the same for ever is given up like a silent one', () => {
  let { session } = ack(begin(10_000).session, 1)
  for (let now = 10; now < 3 * silenceMillisMax; now += 10) {
    session = step(ack(session, 1, now).session, { kind: 'clock' }, now).session
    if (session.phase === 'ended') return
  }
  assert.fail('it never ended')
})

test('RFC 1123 section 4.2.3.2: a client whose answers vary is waited for as much longer', () => {
  let { session } = begin(100_000)
  let now = 0
  for (let block = 1; block <= 40; block += 1) {
    now += block % 2 === 0 ? 10 : 90
    session = ack(session, block, now).session
  }
  assert.ok(session.dueAt - now > 200 && session.dueAt - now < 400, `${session.dueAt - now} ms`)
})

test('Karn: a network that becomes slow is not sent everything twice for ever', () => {
  let { session } = begin(1_000_000)
  let [now, repeats] = [0, 0]
  for (let block = 1; block <= 200; block += 1) {
    const answerAt = now + (block <= 20 ? 1 : 300)
    while (session.dueAt < answerAt) {
      session = step(session, { kind: 'clock' }, session.dueAt).session
      repeats += 1
    }
    now = answerAt
    session = ack(session, block, now).session
  }
  assert.equal(session.acked, 200)
  assert.ok(repeats <= 10, `${repeats} repeats for 180 slow blocks`)
})

test('RFC 2349: a timeout that was agreed is the wait, before each repeat', () => {
  const { session } = begin(10_000, [['timeout', '3']])
  assert.equal(session.dueAt, 3_000)
  const sent = ack(session, 0, 5).session
  assert.equal(sent.dueAt, 3_005)
  assert.equal(step(sent, { kind: 'clock' }, 3_005).session.dueAt, 6_005)
})

test('a client that agreed to wait a minute and repeats itself sooner has lost something', () => {
  const sent = playNear(turnsOfMany, [['timeout', '60']])
  const soon = ack(sent, turnsOfMany, turnsOfMany + 1).session
  assert.equal(soon.dueAt, turnsOfMany + waitMillisMin, 'not before the time of a loss')
  const late = ack(sent, turnsOfMany, 5_000).session
  assert.deepEqual(
    step(late, { kind: 'clock' }, 5_000).sends,
    blocks(turnsOfMany + 1, turnsOfMany + 1),
  )
})

test('a request that is said again brings the repeat of an OACK nearer, however long a wait was agreed', () => {
  const { session } = begin(10_000, [['timeout', '255']])
  const soon = step(session, { kind: 'asked-again' }, 10)
  assert.deepEqual(soon.sends, [])
  assert.equal(soon.session.dueAt, firstWaitMillis)
  const again = step(soon.session, { kind: 'clock' }, firstWaitMillis)
  assert.deepEqual(again.sends, [{ kind: 'options-ack' }])
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

test('HOSTILE 8: what a client says with its error is one printable line in the log, and short', () => {
  const { session } = begin(10_000)
  const text = `gone\n\x1b[2J${'x'.repeat(500)}`
  const { ending } = step(session, { kind: 'error', code: 0, text }, 3)
  assert.match(ending?.why ?? '', /^[\x20-\x7e]{1,180}…$/)
  assert.match(ending?.why ?? '', /gone\?\?\[2Jx/)
})
