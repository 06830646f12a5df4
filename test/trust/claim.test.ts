// Why this file exists: the rules by which a number on a kernel command line becomes a certificate, one sentence each.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ip4, parseMac, parseUuid } from '#directory'
import {
  type Claim,
  claimLifeMinutesMax,
  type ClaimUse,
  type DoubtDecision,
  judgeClaim,
  type Judgement,
  retryMinutesMax,
  waitingHoursMax,
} from '#trust'

const machine = parseUuid('00000000-0000-4000-8000-000000000001')
const uuid = parseUuid('00000000-0000-4000-8000-00000000000a')
const otherUuid = parseUuid('00000000-0000-4000-8000-00000000000b')
const mac = parseMac('52:54:00:77:00:11')
const otherMac = parseMac('52:54:00:77:00:12')
assert.ok(machine && uuid && otherUuid && mac && otherMac)

const minuteMs = 60_000
const mintedAt = Date.UTC(2026, 10, 21)
const address = ip4(0x0a4d_0011)
const claim: Claim = {
  number: 'ab'.repeat(16),
  machine,
  mac,
  address,
  boot: '7',
  mintedAt,
  state: 'minted',
}
const use: ClaimUse = {
  address,
  mac,
  key: 'key-1',
  now: mintedAt + minuteMs,
  boot: '7',
  stillAnswers: false,
  doubts: [],
  decisions: [],
}

function granted(judgement: Judgement): Claim {
  assert.equal(judgement.kind, 'granted')
  return judgement.kind === 'granted' ? judgement.claim : assert.fail()
}

function waiting(judgement: Judgement): Extract<Judgement, { kind: 'waiting' }> {
  return judgement.kind === 'waiting' ? judgement : assert.fail(judgement.kind)
}

function confirm(judgement: Judgement, state: DoubtDecision['state']): readonly DoubtDecision[] {
  return waiting(judgement).doubts.map((doubt) => ({ ...doubt, state }))
}

test('a claim from its lease, its MAC and its boot is granted once, and remembers who used it', () => {
  const judged = judgeClaim(claim, use)
  assert.deepEqual(judged, {
    kind: 'granted',
    isRetry: false,
    claim: { ...claim, state: 'granted', used: { at: use.now, key: 'key-1', address } },
  })
})

for (const [sentence, change] of [
  ['HOSTILE 67: a number that nobody was given is refused', undefined],
  ['HOSTILE 67: a claim from another address than its lease is refused', { address: ip4(1) }],
  ['HOSTILE 67: a claim that names another MAC is refused', { mac: otherMac }],
  ['HOSTILE 67: a claim of an earlier boot is refused', { boot: '8' }],
  [
    'HOSTILE 67: a claim that is too old is refused',
    { now: mintedAt + claimLifeMinutesMax * minuteMs + 1 },
  ],
  [
    'a claim from a future that a clock jump left behind is refused',
    { now: mintedAt - 10 * 365 * 86_400_000 },
  ],
] as const) {
  test(sentence, () => {
    const judged = judgeClaim(change && claim, { ...use, ...change })
    assert.equal(judged.kind, 'refused')
    assert.equal(judged.kind === 'refused' && judged.alarm.code, 'CPC-TLS-006')
  })
}

test('a claim at the last moment of its life is granted', () => {
  granted(judgeClaim(claim, { ...use, now: mintedAt + claimLifeMinutesMax * minuteMs }))
})

test('the same key from the same address a few minutes later is the same host whose answer was lost', () => {
  const first = granted(judgeClaim(claim, use))
  const again = judgeClaim(first, {
    ...use,
    now: use.now + retryMinutesMax * minuteMs,
    stillAnswers: true,
  })
  assert.deepEqual(again, { kind: 'granted', isRetry: true, claim: first })
  const late = judgeClaim(first, { ...use, now: use.now + retryMinutesMax * minuteMs + 1 })
  assert.equal(late.kind, 'refused')
})

test('HOSTILE 69: a second claim with another key alarms and waits for a person; the first keeps what it has', () => {
  const first = granted(judgeClaim(claim, use))
  const second = waiting(judgeClaim(first, { ...use, key: 'key-2' }))
  assert.equal(second.alarm.code, 'CPC-TLS-005')
  assert.match(second.alarm.why, /key-2/)
  assert.deepEqual(second.claim, first)
  granted(judgeClaim(second.claim, use))
})

test('HOSTILE 69: a second claim from another address alarms as a second claim and is refused', () => {
  const first = granted(judgeClaim(claim, use))
  const second = judgeClaim(first, { ...use, key: 'key-2', address: ip4(1) })
  assert.equal(second.kind === 'refused' && second.alarm.code, 'CPC-TLS-005')
})

test('HOSTILE 69: a person who confirms the second claim makes it the host, and the first then waits', () => {
  const first = granted(judgeClaim(claim, use))
  const second = { ...use, key: 'key-2' }
  const decisions = confirm(judgeClaim(first, second), 'confirmed')
  const now = granted(judgeClaim(first, { ...second, decisions }))
  assert.equal(now.used?.key, 'key-2')
  waiting(judgeClaim(now, { ...use, decisions }))
})

test('HOSTILE 69: a known MAC on another port than described waits; on its own port it is granted', () => {
  const doubts = [{ kind: 'other-port', described: 'eth3', seen: 'eth7' }] as const
  const judged = waiting(judgeClaim(claim, { ...use, doubts }))
  assert.equal(judged.alarm.code, 'CPC-TLS-007')
  assert.match(judged.alarm.why, /eth7/)
  granted(judgeClaim(claim, use))
})

test('HOSTILE 69: a known MAC that shows another UUID than described waits', () => {
  const doubts = [{ kind: 'other-uuid', described: uuid, seen: otherUuid }] as const
  waiting(judgeClaim(claim, { ...use, doubts }))
})

test('HOSTILE 69: a claim that was minted for one UUID and is used by another waits', () => {
  const judged = waiting(judgeClaim({ ...claim, uuid }, { ...use, uuid: otherUuid }))
  assert.equal(judged.doubts[0]?.doubt, 'changed-uuid')
  granted(judgeClaim({ ...claim, uuid }, { ...use, uuid }))
  granted(judgeClaim(claim, { ...use, uuid }))
})

test('HOSTILE 69: a host that still answers cannot be enrolling: the newcomer waits', () => {
  const judged = waiting(judgeClaim(claim, { ...use, stillAnswers: true }))
  assert.equal(judged.doubts[0]?.doubt, 'still-answers')
})

test('a host that waits is granted when a person confirms what it was asked about, hours later', () => {
  const doubtful: ClaimUse = { ...use, doubts: [{ kind: 'other-port', described: 'a', seen: 'b' }] }
  const before = judgeClaim(claim, doubtful)
  const asked = waiting(before).claim
  const later = { ...doubtful, now: use.now + waitingHoursMax * 60 * minuteMs }
  waiting(judgeClaim(asked, { ...later, decisions: confirm(before, 'pending') }))
  granted(judgeClaim(asked, { ...later, decisions: confirm(before, 'confirmed') }))
  assert.equal(
    judgeClaim(asked, { ...later, now: later.now + 1, decisions: confirm(before, 'confirmed') })
      .kind,
    'refused',
  )
})

test('a confirmation covers what the person saw, not the next thing', () => {
  const doubtful: ClaimUse = { ...use, doubts: [{ kind: 'other-port', described: 'a', seen: 'b' }] }
  const decisions = confirm(judgeClaim(claim, doubtful), 'confirmed')
  const moved: ClaimUse = { ...use, doubts: [{ kind: 'other-port', described: 'a', seen: 'c' }] }
  waiting(judgeClaim(claim, { ...moved, decisions }))
})

test('what a person refused stays refused', () => {
  const doubtful: ClaimUse = { ...use, doubts: [{ kind: 'other-port', described: 'a', seen: 'b' }] }
  const decisions = confirm(judgeClaim(claim, doubtful), 'refused')
  assert.equal(judgeClaim(claim, { ...doubtful, decisions }).kind, 'refused')
  assert.equal(judgeClaim({ ...claim, state: 'refused' }, use).kind, 'refused')
})
