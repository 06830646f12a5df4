// Why this file exists: wire answers from one whole picture at any moment, never from a part of the next one.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applyDeltas, emptySnapshot } from '#directory'
import type { FeedMessage } from '#feed'
import { type FeedState, follow, fromCopy } from '../../src/wire/picture.ts'
import { domain, id, machine } from '../directory/samples.ts'

const boot = { caFingerprint: 'ab', caPem: 'x', enrolPort: 1 }
const hello: FeedMessage = { kind: 'hello', version: 3, boot }
const reset: FeedMessage = { kind: 'reset', domain }

function part(...numbers: readonly number[]): FeedMessage {
  return { kind: 'part', deltas: numbers.map((at) => ({ kind: 'put', entry: machine(at) })) }
}

function last(number: number, ...numbers: readonly number[]): FeedMessage {
  const deltas = numbers.map((at) => ({ kind: 'put', entry: machine(at) }) as const)
  return { kind: 'delta', number, serial: number, deltas }
}

function after(messages: readonly FeedMessage[], state: FeedState = {}): FeedState {
  return messages.reduce(follow, state)
}

function served(state: FeedState): readonly string[] {
  return [...(state.picture?.snapshot.byName ?? emptySnapshot(domain).byName).entries()]
    .map(([name]) => name)
    .toSorted()
}

test('of a snapshot that comes in parts nothing shows before its last', () => {
  const begun = after([hello, reset, part(1), part(2)])
  assert.equal(begun.picture, undefined)
  assert.deepEqual(served(after([last(7, 3)], begun)), ['n1', 'n2', 'n3'])
})

test('a core that starts again replaces everything at once, and until then the old picture is served', () => {
  const first = after([hello, reset, last(7, 1)])
  const between = after([hello, reset, part(2)], first)
  assert.deepEqual(served(between), ['n1'])
  assert.deepEqual(served(after([last(1)], between)), ['n2'])
})

test('a change in parts shows as one', () => {
  const first = after([hello, reset, last(7, 1)])
  const between = after([part(2)], first)
  assert.deepEqual(served(between), ['n1'])
  const whole = after([last(8, 3)], between)
  assert.deepEqual(served(whole), ['n1', 'n2', 'n3'])
  assert.equal(whole.picture?.serial, 8)
})

test('a boot that somebody withheld is withheld from the first moment of a new picture on', () => {
  const withheld: FeedMessage = { kind: 'next-boot', id: id(1), choice: 'withheld' }
  const first = after([hello, reset, withheld, last(7, 1)])
  assert.equal(first.picture?.nextBoot(id(1)), 'withheld')
  const between = after([hello, reset, part(1)], first)
  assert.equal(between.picture?.nextBoot(id(1)), 'withheld')
  assert.equal(after([last(8)], between).picture?.nextBoot(id(1)), 'by-role')
})

test('HOSTILE 38: the copy of an earlier life is served without what only core may say, until core has spoken', () => {
  const snapshot = applyDeltas(emptySnapshot(domain), [{ kind: 'put', entry: machine(1) }], 5)
  const copied = fromCopy(snapshot, 6, new Map([[id(1), 'rescue']]))
  assert.deepEqual(served(copied), ['n1'])
  assert.equal(copied.picture?.boot, undefined)
  assert.equal(copied.picture?.nextBoot(id(1)), 'rescue')
  const spoken = after([hello, reset, last(1, 2)], copied)
  assert.deepEqual(served(spoken), ['n2'])
  assert.equal(spoken.picture?.boot, boot)
  assert.equal(spoken.picture?.nextBoot(id(1)), 'by-role')
})
