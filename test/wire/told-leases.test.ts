// Why this file exists: who holds which address is told in pieces that fit together, and what a person releases is released in
// memory and on the disk, or it is said that it is not.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatIp4, type Ip4, ip4 } from '#directory'
import type { ToldLease } from '#feed'
import { createLeaseBook, type Lease, type LeaseBook, type Stamp } from '#pxe'
import { releaseLease, tellLeases } from '../../src/wire/told-leases.ts'
import { fakeJournal } from '../pxe/fake-journal.ts'
import { ip, mac, machineMac as machineText, nodeMac } from './vo-site.ts'

const then: Stamp = { wallMs: 1_800_000_000_000, monotonicMs: 1_000, bootId: 'boot' }
const now: Stamp = { ...then, wallMs: then.wallMs + 60_000, monotonicMs: then.monotonicMs + 60_000 }
const address = ip('10.77.0.11')
const [machineMac, otherMac] = [mac(machineText), mac(nodeMac)]

function lease(at: Ip4, state: Lease['state'] = 'bound', more: Partial<Lease> = {}): Lease {
  const about = { port: 'interface prov0', since: then, seconds: 600, source: 'pool' } as const
  return { ...about, address: at, mac: machineMac, state, ...more }
}

function bookOf(...leases: readonly Lease[]): LeaseBook {
  const book = createLeaseBook()
  book.apply(leases.map((each) => ({ kind: 'keep', lease: each })))
  return book
}

function release(book: LeaseBook, journal = fakeJournal(), mac = machineMac) {
  return releaseLease({ book, journal }, { kind: 'release', address, mac }, now)
}

test('a lease is told with its holder, and by the wall’s time of now, though the clock was set since', () => {
  const wasSet: Stamp = { ...now, wallMs: now.wallMs - 5 * 3_600_000 }
  const { leases, hasMore } = tellLeases(
    bookOf(lease(address)),
    { kind: 'leases', most: 9 },
    wasSet,
  )
  const [since, ends] = [wasSet.wallMs - 60_000, wasSet.wallMs + 540_000]
  const about = { state: 'bound', source: 'pool', port: 'interface prov0', since, ends } as const
  assert.deepEqual([leases, hasMore], [[{ address, mac: machineMac, ...about }], false])
})

test('an offer is told to nobody, nor is what has ended, been given back or not been swept yet', () => {
  const book = bookOf(
    lease(address, 'offered'),
    lease(ip('10.77.0.12'), 'past'),
    lease(ip('10.77.0.13'), 'bound', { seconds: 59 }),
    lease(ip('10.77.0.14'), 'quarantined'),
  )
  const { leases } = tellLeases(book, { kind: 'leases', most: 9 }, now)
  assert.deepEqual(leases.map(toText), ['10.77.0.14 quarantined'])
})

test('pages of any size, one after the other, tell each lease once, in the order of the addresses', () => {
  const addresses = fc.uniqueArray(fc.integer({ min: 0, max: 0xffff_ffff }), { maxLength: 40 })
  fc.assert(
    fc.property(addresses, fc.integer({ min: 1, max: 12 }), (numbers, most) => {
      const book = bookOf(...numbers.map((number) => lease(ip4(number))))
      const told: number[] = []
      let after: { after?: Ip4 } = {}
      for (let pages = 0; pages <= numbers.length; pages += 1) {
        const page = tellLeases(book, { kind: 'leases', most, ...after }, now)
        assert.ok(page.leases.length <= most)
        told.push(...page.leases.map((each) => each.address))
        const last = page.leases.at(-1)
        if (!page.hasMore || last === undefined) break
        after = { after: last.address }
      }
      assert.deepEqual(
        told,
        numbers.toSorted((one, other) => one - other),
      )
    }),
  )
})

test('what is released is nobody’s, on the disk too, and the pool remembers whose it was', async () => {
  const book = bookOf(lease(address))
  const journal = fakeJournal()
  const told = await release(book, journal)
  assert.deepEqual(
    [told.outcome, told.lease && toText(told.lease)],
    ['released', '10.77.0.11 bound'],
  )
  assert.equal(book.holder(address, now), undefined)
  assert.deepEqual(book.hadBefore(machineMac, now), [address])
  const [record] = await journal.load()
  assert.deepEqual([record?.address, record?.state], [address, 'past'])
  assert.equal((await release(book, journal)).outcome, 'nobody')
})

test('a quarantine ends by a release, and an offer is taken back', async () => {
  for (const state of ['quarantined', 'offered'] as const) {
    const book = bookOf(lease(address, state))
    assert.equal((await release(book)).outcome, 'released')
    assert.equal(book.holder(address, now), undefined)
  }
})

test('the address of another card than was expected stays what it is', async () => {
  const book = bookOf(lease(address))
  const told = await release(book, fakeJournal(), otherMac)
  assert.deepEqual([told.outcome, told.lease?.mac], ['other', machineMac])
  assert.equal(book.holder(address, now)?.mac, machineMac)
})

test('HOSTILE 34: on a full disk a release holds in memory, and it is said that the disk has none of it', async () => {
  const book = bookOf(lease(address))
  const journal = fakeJournal(new Map([[address, lease(address)]]))
  journal.isBroken = true
  assert.equal((await release(book, journal)).outcome, 'unrecorded')
  assert.equal(book.holder(address, now), undefined)
  assert.equal((await journal.load())[0]?.state, 'bound')
})

function toText({ address: at, state }: ToldLease): string {
  return `${formatIp4(at)} ${state}`
}
