// Why this file exists: when which host is told of people, how often it is tried, and what is never told, with a clock and
// hosts that the test makes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Delta } from '#directory'
import { newLife } from '#host'
import { peopleLimits } from '../../../src/core/people/record.ts'
import { base, person } from '../../host/accounts/people.ts'
import { machine, openKeeper, ready } from './fake-hosts.ts'

const ada = person()
const bob = person({ uid: 'bob', uidNumber: 10_002 })

test('a host that becomes ready is told who may log in', async (t) => {
  const { keeper, host, clock, put, becomeReady } = openKeeper(t)
  put(ada, person({ uid: 'eve', uidNumber: 10_003, tags: ['cpu'] }))
  keeper.open()
  becomeReady()
  await clock.pass(0)
  assert.deepEqual(host.orders, [{ people: ['ada'], ended: [] }])
  assert.equal(keeper.stateOf(machine).takenAt, clock.now)
})

test('before the directory is known no host is told that nobody may log in', async (t) => {
  const { keeper, host, clock, put, becomeReady } = openKeeper(t)
  becomeReady()
  await clock.pass(1_000)
  assert.equal(host.asked, 0)
  put(ada)
  keeper.open()
  await clock.pass(0)
  assert.deepEqual(host.orders, [{ people: ['ada'], ended: [] }])
})

test('a host where nobody may log in, and nobody ever could, is told nothing', async (t) => {
  const { keeper, host, clock, becomeReady } = openKeeper(t)
  keeper.open()
  becomeReady()
  await clock.pass(0)
  assert.equal(host.asked, 1)
  assert.deepEqual(host.orders, [])
})

test('a burst of changes reaches a host once, and within the time that we say', async (t) => {
  const { keeper, host, clock, put, becomeReady } = openKeeper(t)
  keeper.open()
  becomeReady()
  await clock.pass(0)
  for (let turn = 0; turn < 20; turn += 1) {
    put({ ...ada, fullName: `turn ${turn}` })
    await clock.pass(peopleLimits.debounceMs / 20)
  }
  assert.equal(host.orders.length, 1)
})

test('a removed person is taken from the host, and its log-ins are ended', async (t) => {
  const { keeper, host, clock, told, put, change, becomeReady } = openKeeper(t)
  put(ada, bob)
  keeper.open()
  becomeReady()
  await clock.pass(0)
  change({ kind: 'drop', id: ada.id })
  await clock.pass(peopleLimits.debounceMs)
  const ended = [{ name: 'ada', uid: 10_001, isGone: true }]
  assert.deepEqual(host.orders.at(-1), { people: ['bob'], ended })
  assert.match(told.at(-1) ?? '', /^people n001: .*the log-ins of ada were ended$/)
})

for (const [sentence, delta] of [
  ['a person that was set aside', { kind: 'set-aside', item: { ...ada, reason: 'x' } }],
  ['a person that lost its tag', { kind: 'put', entry: { ...ada, tags: [] } }],
  ['the people of a host that lost its tag', { kind: 'put', entry: { ...machine, tags: [] } }],
  [
    'the people of a machine that is no host any more',
    { kind: 'put', entry: { ...machine, role: 'other' } },
  ],
  ['the people of a host that left the directory', { kind: 'drop', id: machine.id }],
] as const satisfies readonly (readonly [string, Delta])[]) {
  test(`${sentence}: it ends for them`, async (t) => {
    const { keeper, host, clock, put, change, becomeReady } = openKeeper(t)
    put(ada)
    keeper.open()
    becomeReady()
    await clock.pass(0)
    change(delta)
    await clock.pass(peopleLimits.debounceMs)
    assert.deepEqual(host.orders.at(-1)?.people, [])
    assert.equal(host.orders.at(-1)?.ended[0]?.name, 'ada')
  })
}

test('a host whose entry was spoilt keeps its people, and hears of those who leave', async (t) => {
  const { keeper, host, clock, put, change, becomeReady } = openKeeper(t)
  put(ada, bob)
  keeper.open()
  becomeReady()
  await clock.pass(0)
  change({ kind: 'set-aside', item: { ...machine, reason: 'no address' } })
  await clock.pass(1_000)
  assert.equal(host.orders.length, 1)
  change({ kind: 'drop', id: bob.id })
  await clock.pass(peopleLimits.debounceMs)
  assert.deepEqual(host.orders.at(-1)?.people, ['ada'])
})

test('what does not concern a host does not reach it', async (t) => {
  const { keeper, host, clock, put, becomeReady } = openKeeper(t)
  keeper.open()
  becomeReady()
  await clock.pass(0)
  put(person({ tags: ['cpu'] }), { ...machine, aliases: [] })
  assert.equal(clock.next, undefined)
  assert.equal(host.asked, 1)
})

test('one host is told one thing at a time, and what changed meanwhile follows', async (t) => {
  const { keeper, host, clock, put, becomeReady } = openKeeper(t)
  put(ada)
  keeper.open()
  const { promise, resolve } = Promise.withResolvers<void>()
  host.gate = promise
  becomeReady()
  await clock.pass(0)
  put(bob)
  await clock.pass(5_000)
  assert.equal(host.orders.length, 0)
  resolve()
  await clock.pass(0)
  await clock.pass(peopleLimits.debounceMs)
  assert.deepEqual(host.orders.at(-1)?.people, ['ada', 'bob'])
  assert.equal(host.atOnceMax, 1)
})

test('a silent host is tried again at growing distances, told of, and left alone in the end', async (t) => {
  const { keeper, host, clock, told, put, becomeReady } = openKeeper(t)
  put(ada)
  keeper.open()
  host.fails = 'silent'
  becomeReady()
  await clock.pass(0)
  const pauses: number[] = []
  for (let next = clock.next; next !== undefined; next = clock.next) {
    pauses.push(next)
    await clock.pass(next)
  }
  assert.deepEqual(pauses, [1_000, 2_000, 4_000, 8_000])
  assert.equal(told.length, 2)
  assert.match(told[0] ?? '', /^alarm n001: .*tried again: no route$/)
  assert.equal(keeper.stateOf(machine).trouble, 'no route')
  host.fails = 'no'
  put(bob)
  await clock.pass(peopleLimits.debounceMs)
  assert.deepEqual(host.orders.at(-1)?.people, ['ada', 'bob'])
  assert.equal(keeper.stateOf(machine).trouble, undefined)
})

test('a host with an image from before is not tried again, and it is said why', async (t) => {
  const { keeper, host, clock, put, becomeReady } = openKeeper(t)
  put(ada)
  keeper.open()
  host.fails = 'takes-nobody'
  becomeReady()
  await clock.pass(0)
  assert.equal(clock.next, undefined)
  assert.match(keeper.stateOf(machine).trouble ?? '', /image/)
})

test('a restarted core asks the host, and ends what was taken away meanwhile', async (t) => {
  const { host, clock, keeper, put } = openKeeper(t, [ready()])
  const held = { name: 'eve', uid: 10_003, gid: 10_003, sudo: true, keys: [] }
  host.known = { digest: 'd', held: [held], pending: [], base }
  put(ada)
  keeper.open()
  await clock.pass(0)
  const ended = [{ name: 'eve', uid: 10_003, isGone: true }]
  assert.deepEqual(host.orders, [{ people: ['ada'], ended }])
})

test('log-ins that a host could not end are asked of it again', async (t) => {
  const { host, clock, keeper } = openKeeper(t, [ready()])
  const pending = [{ name: 'eve', uid: 10_003, isGone: true }]
  host.known = { digest: 'd', held: [], pending, base }
  keeper.open()
  await clock.pass(0)
  assert.deepEqual(host.orders, [{ people: [], ended: pending }])
})

test('a host that was told something else meanwhile is asked again at once', async (t) => {
  const { host, clock, keeper, put, becomeReady } = openKeeper(t)
  put(ada)
  keeper.open()
  becomeReady()
  await clock.pass(0)
  host.known = { ...host.known, digest: 'another' }
  put(bob)
  await clock.pass(peopleLimits.debounceMs)
  assert.equal(host.asked, 2)
  assert.deepEqual(host.orders.at(-1)?.people, ['ada', 'bob'])
})

test('a host that boots anew has forgotten its people and is asked when it is ready', async (t) => {
  const { host, clock, keeper, put, becomeReady } = openKeeper(t)
  put(ada)
  keeper.open()
  becomeReady()
  await clock.pass(0)
  keeper.lifeChanged({ ...newLife(machine.id), state: 'booting', boot: 2 }, ready())
  assert.equal(keeper.stateOf(machine).takenAt, undefined)
  host.known = { digest: '', held: [], pending: [], base }
  becomeReady(2)
  await clock.pass(0)
  assert.equal(host.orders.length, 2)
})
