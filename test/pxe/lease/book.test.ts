// Why this file exists: the book is what keeps one address from two clients; its indexes must agree after any row of
// changes, and time must end every promise, however the clocks behave.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ip4 } from '#directory'
import fc from 'fast-check'
import {
  clockJumpMs,
  createLeaseBook,
  isLive,
  type Lease,
  type LeaseChange,
  remainingMs,
  restoreLeases,
} from '#pxe'
import { pastLeasesMax } from '../../../src/pxe/lease/past.ts'
import { ip, later, mac, start } from '../dhcp-lab.ts'
import { keeping, leaseOf } from '../lease-journal-battery.ts'

test('a book in any state finds each lease by its address and by its card, and counts them right', () => {
  const change: fc.Arbitrary<LeaseChange> = fc.oneof(
    fc
      .record({
        last: fc.integer({ min: 1, max: 12 }),
        card: fc.integer({ min: 1, max: 4 }),
        state: fc.constantFrom('offered' as const, 'bound' as const, 'quarantined' as const),
        port: fc.constantFrom('circuit a', 'circuit b'),
      })
      .map(({ last, card, state, port }) =>
        keeping(leaseOf(last, { mac: mac(`02:00:00:00:00:0${card}`), state, port })),
      ),
    fc
      .integer({ min: 1, max: 12 })
      .map((last): LeaseChange => ({ kind: 'drop', address: ip(`10.77.0.${last}`) })),
  )
  fc.assert(
    fc.property(fc.array(change, { maxLength: 60 }), (changes) => {
      const book = createLeaseBook()
      for (const one of changes) book.apply([one])
      const all = [...book.all()]
      const count = (state: Lease['state']): number =>
        all.filter((lease) => lease.state === state).length
      assert.equal(book.offers, count('offered'))
      assert.equal(book.quarantined, count('quarantined'))
      for (const port of ['circuit a', 'circuit b'])
        assert.equal(book.crowd(port), all.filter((lease) => lease.port === port).length)
      for (const lease of all) {
        assert.equal(book.holder(lease.address, start), lease)
        const held = book.ofMac(lease.mac, start)
        assert.equal(held.includes(lease), lease.state !== 'quarantined')
      }
    }),
    { numRuns: 200 },
  )
})

test('what is remembered is no lease: it counts nowhere, and a new lease or a drop ends it', () => {
  const book = createLeaseBook()
  const past = leaseOf(1, { state: 'past', seconds: 100 })
  const isThere = (): boolean => book.isRemembered(past.address, start)
  book.apply([keeping(leaseOf(1)), keeping(past)])
  assert.deepEqual([...book.all(), ...book.ofMac(past.mac, start)], [])
  assert.equal(book.holder(past.address, start), undefined)
  assert.equal(book.crowd(past.port), 0)
  assert.deepEqual(book.hadBefore(past.mac, start), [past.address])
  // An offer is in nobody's journal, and may come to nothing.
  book.apply([keeping(leaseOf(1, { mac: mac('02:00:00:00:00:09'), state: 'offered' }))])
  assert.equal(isThere(), true)
  book.apply([keeping(leaseOf(1, { mac: mac('02:00:00:00:00:09') }))])
  assert.equal(isThere(), false)
  assert.deepEqual(book.hadBefore(past.mac, start), [])
  book.apply([keeping(past), { kind: 'drop', address: past.address }])
  assert.equal(isThere(), false)
})

test('what is remembered has an end in time, and the oldest make room', () => {
  const book = createLeaseBook()
  const at = (number: number): Lease =>
    leaseOf(1, { address: ip4(ip('10.80.0.0') + number), state: 'past', seconds: 100 })
  for (let number = 0; number < pastLeasesMax + 3; number += 1) book.apply([keeping(at(number))])
  const made = book.sweep(start)
  assert.deepEqual(
    made,
    [0, 1, 2].map((number) => ({ kind: 'drop', address: at(number).address })),
  )
  assert.equal(book.isRemembered(at(3).address, start), true)
  assert.equal(book.isRemembered(at(3).address, later(start, 101)), false)
  assert.equal(book.sweep(later(start, 101)).length, pastLeasesMax)
  assert.deepEqual(book.hadBefore(at(3).mac, start), [])
})

test('HOSTILE 25: what has ended is nobody’s at once, and a sweep forgets it', () => {
  const book = createLeaseBook()
  book.apply([keeping(leaseOf(1)), keeping(leaseOf(2, { state: 'offered', seconds: 20 }))])
  assert.equal(book.holder(ip('10.77.0.2'), later(start, 21)), undefined)
  assert.deepEqual(book.sweep(later(start, 21)), [])
  const [past] = book.sweep(later(start, 601))
  assert.equal(past?.kind === 'keep' && past.lease.state, 'past')
  assert.equal([...book.all()].length, 0)
  assert.equal(book.crowd('interface prov0'), 0)
})

const tenYearsMs = 10 * 365 * 86_400_000

for (const jump of [tenYearsMs, -tenYearsMs]) {
  test(`HOSTILE 36: a clock that is set by ${jump > 0 ? '+' : '-'}10 years ends no lease and prolongs none`, () => {
    const lease = leaseOf(1)
    const set = { ...later(start, 100), wallMs: start.wallMs + jump }
    assert.equal(remainingMs(lease, set), 500_000)
    assert.equal(isLive(lease, { ...later(start, 601), wallMs: start.wallMs + jump }), false)
    assert.equal(clockJumpMs(start, set), jump - 100_000)
    assert.equal(clockJumpMs(start, later(start, 100)), 0)
  })

  test(`HOSTILE 36: after a reboot with a clock off by ${jump > 0 ? '+' : '-'}10 years, leases hold for one term`, () => {
    const now = { wallMs: start.wallMs + jump, monotonicMs: 10, bootId: 'boot-2' }
    const { leases, doubtful } = restoreLeases([leaseOf(1)], now)
    assert.equal(doubtful, 1)
    const [lease] = leases
    assert.ok(lease)
    assert.equal(remainingMs(lease, now), 600_000)
    assert.equal(isLive(lease, later(now, 601)), false)
  })
}

test('HOSTILE 36: a clock that is set after a reboot moves no lease of before it', () => {
  const now = { wallMs: start.wallMs + 100_000, monotonicMs: 10, bootId: 'boot-2' }
  const [lease] = restoreLeases([leaseOf(1)], now).leases
  assert.ok(lease)
  const set = { ...later(now, 100), wallMs: now.wallMs + tenYearsMs }
  assert.equal(remainingMs(lease, set), 400_000)
})

test('after a reboot with a good clock, a lease has the rest of its time, and an ended one is only remembered', () => {
  const now = { wallMs: start.wallMs + 100_000, monotonicMs: 10, bootId: 'boot-2' }
  const { leases, doubtful } = restoreLeases([leaseOf(1), leaseOf(2, { seconds: 60 })], now)
  assert.equal(doubtful, 0)
  assert.deepEqual(
    leases.map((lease) => [lease.state, remainingMs(lease, now)]),
    [
      ['bound', 500_000],
      ['past', 30 * 86_400_000],
    ],
  )
})
