// Why this file exists: room that is given twice is the fault that two VOs notice together; the arithmetic that prevents
// it is tried here, sequence by sequence.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Book,
  type Booking,
  emptyBook,
  type Limits,
  readQuota,
  release,
  type Reservation,
  reserve,
} from '#vocluster'
import fc from 'fast-check'
import { label, name } from '../directory/samples.ts'

const gibibyte = 1024 ** 3

function booking(vcn: string, host: string, sample: Partial<Booking> = {}): Booking {
  return {
    vcn: label(vcn),
    role: label('compute'),
    host: name(host),
    vcpus: 1,
    memoryBytes: gibibyte,
    ...sample,
  }
}

function reservation(vo: string, cluster: string, ...bookings: readonly Booking[]): Reservation {
  return { id: `r-${vo}-${cluster}`, vo: label(vo), cluster: label(cluster), bookings }
}

const two: Limits = {
  quota: {},
  capacities: ['n1', 'n2'].map((host) => ({
    host: name(host),
    vcpus: 4,
    memoryBytes: 2 * gibibyte,
  })),
}

function booked(book: Book, request: Reservation, limits: Limits = two): Book {
  const result = reserve(book, request, limits)
  assert.ok(result.ok, JSON.stringify(result))
  return result.value
}

test('HOSTILE 57: of two who take the last of the quota, the second is refused and the book unchanged', () => {
  const limits = { ...two, quota: { vcns: 2 } }
  const first = booked(emptyBook, reservation('vo', 'a', booking('c1', 'n1')), limits)
  const both = reservation('vo', 'b', booking('c1', 'n2'), booking('c2', 'n2'))
  assert.deepEqual(reserve(first, both, limits), {
    ok: false,
    refusal: { kind: 'over-quota', vo: 'vo', limit: 'vcns', quota: 2, used: 1, asked: 2 },
  })
  assert.equal(first.size, 1)
})

test('HOSTILE 57: of two VOs that take the last room of a host, the second is refused', () => {
  const first = booked(emptyBook, reservation('v', 'a', booking('c1', 'n1'), booking('c2', 'n1')))
  assert.deepEqual(reserve(first, reservation('w', 'a', booking('c1', 'n1')), two), {
    ok: false,
    refusal: { kind: 'host-full', host: 'n1', limit: 'memory', free: 0, asked: gibibyte },
  })
})

test('a host that nobody knows has no room', () => {
  const result = reserve(emptyBook, reservation('v', 'a', booking('c1', 'n9')), two)
  assert.equal(result.ok, false)
})

test('a quota lowered below its use stops growth, not shrinking', () => {
  const large = reservation('v', 'a', booking('c1', 'n1'), booking('c2', 'n1'), booking('c3', 'n2'))
  const before = booked(emptyBook, large)
  const limits = { ...two, quota: { vcns: 1 } }
  const smaller = booked(before, { ...large, bookings: large.bookings.slice(0, 2) }, limits)
  assert.equal(reserve(smaller, large, limits).ok, false)
})

test('what leaves is free for the quota at once, and for its host when it is gone', () => {
  const limits = { ...two, quota: { vcns: 2 } }
  const old = reservation('v', 'a', booking('c1', 'n1'), booking('c2', 'n1'))
  const leaving = old.bookings.map((one) => ({ ...one, leaving: true }) as const)
  const book = booked(emptyBook, old, limits)
  const next = reservation('v', 'a', ...leaving, booking('d1', 'n2'), booking('d2', 'n2'))
  const moved = booked(book, next, limits)
  assert.equal(reserve(moved, reservation('w', 'x', booking('c1', 'n1')), two).ok, false)
})

test('what was released is there again', () => {
  const all = reservation('v', 'a', booking('c1', 'n1'), booking('c2', 'n1'))
  const book = release(booked(emptyBook, all), label('v'), label('a'))
  assert.equal(book.size, 0)
  booked(book, { ...all, vo: label('w') })
})

const anyReservation = fc
  .tuple(
    fc.constantFrom('v', 'w'),
    fc.constantFrom('a', 'b'),
    fc.array(fc.tuple(fc.constantFrom('n1', 'n2'), fc.integer({ min: 1, max: 3 })), {
      maxLength: 4,
    }),
  )
  .map(([vo, cluster, all]) =>
    reservation(vo, cluster, ...all.map(([host, vcpus], at) => booking(`c${at}`, host, { vcpus }))),
  )

test('no sequence of requests books more than a host has or a quota allows', () => {
  const limits = { ...two, quota: { vcpus: 6 } }
  fc.assert(
    fc.property(fc.array(anyReservation, { maxLength: 8 }), (requests) => {
      let book = emptyBook
      for (const request of requests) {
        const result = reserve(book, request, limits)
        if (result.ok) book = result.value
      }
      const all = [...book.values()].flatMap(({ vo, bookings }) =>
        bookings.map((one) => ({ vo, ...one })),
      )
      const sum = (some: readonly { vcpus: number }[]): number =>
        some.reduce((total, { vcpus }) => total + vcpus, 0)
      for (const host of ['n1', 'n2']) assert.ok(sum(all.filter((one) => one.host === host)) <= 4)
      for (const vo of ['v', 'w']) assert.ok(sum(all.filter((one) => one.vo === vo)) <= 6)
    }),
  )
})

test('the quota of the contract is read', () => {
  const quota = { vcpus: '64', memory: '128GiB', vcns: '64', 'image-bytes': '100GiB' }
  assert.deepEqual(readQuota({ name: label('physics'), quota }), {
    ok: true,
    value: { vcpus: 64, memoryBytes: 128 * gibibyte, vcns: 64, imageBytes: 100 * gibibyte },
  })
})

for (const [sentence, quota, why] of [
  ['no number', { vcpus: 'many' }, /vcpus=many.*whole number/],
  ['misspelt', { memroy: '1GiB' }, /memroy=1GiB.*"memory"/],
  ['in words', { memory: 'lots' }, /memory=lots.*128GiB/],
] as const) {
  test(`a quota is refused and never taken for none when a limit is ${sentence}`, () => {
    const result = readQuota({ name: label('physics'), quota })
    assert.ok(!result.ok)
    assert.match(`${result.refusal.text} ${result.refusal.why}`, why)
  })
}
