// Why this file exists: a node that QEMU has stopped must not look as if it ran, from the moment on that its host tells.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Fault } from '#fault'
import { domainState, type DomainRef, type LifecycleEvent, pausedReason } from '#libvirt'
import { PausedNodes } from '../../../src/core/clusters/paused-nodes.ts'
import { hostTelling, type ToldState } from './told-states.ts'

const ioError: ToldState = [domainState.paused, pausedReason.ioError]
const running: ToldState = [domainState.running, 0]
const [one, two] = [1, 2].map((number): DomainRef => {
  const uuid = `00000000-0000-4000-8000-00000000000${number}`
  return { name: `compute${number}.hpl.physics`, uuid, id: number }
})

const gone = new Fault('CPC-LV-001', { what: 'w', where: 'w', why: 'it hung up', todo: 't' })

/** A host whose events are told by the test; each is taken before the next is given. */
function bench() {
  assert.ok(one && two)
  const states = new Map<DomainRef, ToldState>([
    [one, running],
    [two, ioError],
  ])
  const told: string[] = []
  const bugs: unknown[] = []
  const nodes = new PausedNodes({
    tell: (domain, text) => void told.push(`${domain} ${text}`),
    onBug: (error) => void bugs.push(error),
  })
  const calls = hostTelling({
    domains: () => [...states],
    stateOf: (asked) => [...states].find(([domain]) => isAbout(asked, domain))?.[1] ?? running,
  })
  const follow = (events: () => AsyncIterable<LifecycleEvent>): Promise<void> =>
    nodes.follow('m1', { calls, watch: () => Promise.resolve({ events: events() }) })
  return { nodes, states, told, bugs, follow, one, two }
}

function isAbout(asked: unknown, { uuid }: DomainRef): boolean {
  return JSON.stringify(asked).includes(uuid)
}

test('what is paused when a host is connected, and what becomes so later, is known with the reason', async () => {
  const { nodes, states, told, follow, one: first, two: second } = bench()
  const seen: unknown[] = []
  const note = (): void => {
    seen.push([nodes.why('m1', first.name), nodes.why('m1', second.name)])
  }
  await follow(async function* () {
    note()
    states.set(first, [domainState.paused, pausedReason.watchdog])
    yield { kind: 'suspended', domain: first, detail: 0 }
    note()
    states.set(second, running)
    yield { kind: 'resumed', domain: second, detail: 0 }
    note()
    states.set(first, [domainState.shutOff, 0])
    yield { kind: 'stopped', domain: first, detail: 0 }
    note()
  })
  assert.deepEqual(seen, [
    [undefined, 'its disk gave an error'],
    ['its watchdog was not fed', 'its disk gave an error'],
    ['its watchdog was not fed', undefined],
    [undefined, undefined],
  ])
  assert.deepEqual(told, [
    `${second.name} Paused: its disk gave an error`,
    `${first.name} Paused: its watchdog was not fed`,
    `${second.name} it goes on`,
  ])
})

test('after events were missed all domains are looked at again', async () => {
  const { nodes, states, follow, one: first, two: second } = bench()
  await follow(async function* () {
    states.delete(second)
    states.set(first, ioError)
    yield { kind: 'missed' }
    assert.equal(nodes.why('m1', second.name), undefined)
    assert.equal(nodes.why('m1', first.name), 'its disk gave an error')
  })
})

test('nothing is said of a host whose connection has ended; a bug is told as one', async () => {
  const { nodes, follow, bugs, two: second } = bench()
  for (const failure of [gone, new TypeError('x is not a function')]) {
    await follow(async function* () {
      yield { kind: 'missed' }
      assert.equal(nodes.why('m1', second.name), 'its disk gave an error')
      throw failure
    })
    assert.equal(nodes.why('m1', second.name), undefined)
  }
  assert.equal(bugs.length, 1)
})
