// Why this file exists: what people are told of leases is what wire holds, and nobody takes an address back without a record.
import assert from 'node:assert/strict'
import { test, type TestContext } from 'node:test'
import type { LeaseView } from '#api'
import { type Ip4, ip4, parseIp4 } from '#directory'
import { Fault } from '#fault'
import { type AnswerTo, isAnswerTo, wireIsAway, type WireAnswer, type WireQuestion } from '#feed'
import { createLeaseBook, type LeaseBook, type Stamp } from '#pxe'
import { leaseServices } from '../../src/core/services/leases.ts'
import { releaseLease, tellLeases } from '../../src/wire/told-leases.ts'
import { fakeJournal } from '../pxe/fake-journal.ts'
import { known, machine, mac, openHouse } from './house.ts'

const caller = { name: 'ada', role: 'operator' } as const
const now: Stamp = { wallMs: 1_790_000_000_000, monotonicMs: 1, bootId: 'boot' }
const first = known(parseIp4('10.77.0.20'))

/** A core beside the leases of a wire, `count` of them from 10.77.0.20 on. */
async function desk(t: TestContext, count: number) {
  const { store, events, snapshot } = await openHouse(t)
  const book = createLeaseBook()
  const journal = fakeJournal()
  book.apply(Array.from({ length: count }, (_, at) => kept(ip4(first + at))))
  const asked: WireQuestion[] = []
  const context = { store, events, snapshot, now: () => now.wallMs }
  const leases = leaseServices(context, async (question) => {
    asked.push(question)
    return fitting(question, await answer(question, book, journal))
  })
  return { leases, book, journal, store, asked, context }
}

function kept(address: Ip4) {
  const about = { port: 'interface prov0', since: now, seconds: 600, source: 'pool' } as const
  return { kind: 'keep', lease: { ...about, address, mac, state: 'bound' } } as const
}

async function answer(
  question: WireQuestion,
  book: LeaseBook,
  journal: ReturnType<typeof fakeJournal>,
): Promise<WireAnswer> {
  if (question.kind === 'leases') return tellLeases(book, question, now)
  assert.equal(question.kind, 'release')
  return releaseLease({ book, journal }, question, now)
}

function fitting<Q extends WireQuestion>(question: Q, told: WireAnswer): AnswerTo<Q> {
  assert.ok(isAnswerTo(question, told))
  return told
}

async function faultOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => assert.fail('it was done'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof Fault)
  return error.code
}

test('a lease is told with the machine whose card holds it', async (t) => {
  const { leases } = await desk(t, 1)
  const view: LeaseView = {
    address: '10.77.0.20',
    mac,
    machine: machine.name,
    state: 'bound',
    source: 'pool',
    since: '2026-09-21T14:13:20.000Z',
    ends: '2026-09-21T14:23:20.000Z',
  }
  assert.deepEqual(await leases.show('10.77.0.20'), view)
  assert.deepEqual(await leases.page({ limit: 10 }), { items: [view] })
  assert.equal(await faultOf(leases.show('10.77.0.21')), 'CPC-DHCP-012')
  assert.equal(await faultOf(leases.show('0.0.0.0')), 'CPC-DHCP-012')
  assert.equal(await faultOf(leases.show('n001')), 'CPC-HOST-003')
})

test('10,000 leases come in pages of which each asks wire once, and a forged place is refused', async (t) => {
  const { leases, asked } = await desk(t, 10_000)
  const all: string[] = []
  let after: { after?: string } = {}
  for (;;) {
    const { items, next } = await leases.page({ limit: 10_000, ...after })
    all.push(...items.map(({ address }) => address))
    if (next === undefined) break
    after = { after: next }
  }
  assert.deepEqual([all.length, new Set(all).size, all.at(-1)], [10_000, 10_000, '10.77.39.35'])
  assert.equal(asked.length, 3)
  assert.equal(await faultOf(leases.page({ limit: 1, after: 'bm9uZQ' })), 'CPC-HOST-003')
})

test('a release is in the audit log, with whose the address was', async (t) => {
  const { leases, book, store } = await desk(t, 2)
  await leases.release('10.77.0.20', mac, caller)
  assert.equal(book.holder(first, now), undefined)
  const [line] = store.audit.list({ rowsMax: 1 })
  const told = [line?.who, line?.action, line?.target, line?.result]
  assert.deepEqual(told, ['ada', 'lease release', '10.77.0.20', 'done'])
  assert.match(JSON.stringify(line?.before), /"mac":"52:54:00:77:00:11"/)
})

test('what cannot be released is refused with its reason, which is in the audit log, too', async (t) => {
  const { leases, store, journal } = await desk(t, 1)
  const reason = (): string => store.audit.list({ rowsMax: 1 })[0]?.result ?? ''
  assert.equal(await faultOf(leases.release('10.77.0.99', undefined, caller)), 'CPC-DHCP-012')
  assert.match(reason(), /^CPC-DHCP-012 /)
  const other = '52:54:00:00:00:99'
  assert.equal(await faultOf(leases.release('10.77.0.20', other, caller)), 'CPC-DHCP-013')
  assert.match(reason(), /52:54:00:77:00:11 holds it by now/)
  assert.equal(await faultOf(leases.release('10.77.0.20', 'no MAC', caller)), 'CPC-HOST-003')
  journal.isBroken = true
  assert.equal(await faultOf(leases.release('10.77.0.20', mac, caller)), 'CPC-DHCP-006')
})

test('while wire is away nobody is told an empty list', async (t) => {
  const { context } = await desk(t, 0)
  const leases = leaseServices(context, () => Promise.reject(wireIsAway('it was killed')))
  assert.equal(await faultOf(leases.page({ limit: 10 })), 'CPC-FEED-001')
})
