// Why this file exists: no event, in whatever order it comes, may make a node jump in its life.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  explainLife,
  type LifeEvent,
  type LifeState,
  lifeStates,
  lifeWord,
  nextLife,
} from '#vocluster'
import fc from 'fast-check'

function lived(...events: readonly LifeEvent[]): string {
  let state: LifeState = 'pending'
  const words = [lifeWord(state)]
  for (const event of events) {
    const step = nextLife(state, event)
    if (!step.ok) return [...words, `no ${event}`].join(' ')
    state = step.value
    words.push(lifeWord(state))
  }
  return words.join(' ')
}

for (const [sentence, events, words] of [
  [
    'the whole line',
    ['reserved', 'prepared', 'reachable', 'stop', 'stopped', 'cleaned'],
    'Pending Prolog Boot Running Shutdown Epilog Done',
  ],
  ['held and released', ['hold', 'release', 'reserved'], 'Pending Hold Pending Prolog'],
  ['stopped on hold', ['hold', 'stop', 'cleaned'], 'Pending Hold Epilog Done'],
  [
    'it powers itself off',
    ['reserved', 'prepared', 'reachable', 'stopped', 'cleaned'],
    'Pending Prolog Boot Running Epilog Done',
  ],
  ['its host is lost', ['reserved', 'prepared', 'lost'], 'Pending Prolog Boot Pending'],
  ['a node that runs is not held', ['reserved', 'hold'], 'Pending Prolog no hold'],
  ['nothing is reachable before it boots', ['reachable'], 'Pending no reachable'],
] as const) {
  test(`the life of a node: ${sentence}`, () => assert.equal(lived(...events), words))
}

test('what is done stays done, and from every state there is a way to it', () => {
  const all = [
    'reserved',
    'prepared',
    'reachable',
    'stop',
    'stopped',
    'cleaned',
    'hold',
    'release',
    'lost',
  ] as const
  for (const event of all) assert.equal(nextLife('done', event).ok, false)
  for (const state of lifeStates) {
    const end = ['stop', 'stopped', 'cleaned'] as const
    const last = end.reduce<LifeState>((at, event) => {
      const step = nextLife(at, event)
      return step.ok ? step.value : at
    }, state)
    assert.equal(last, 'done', state)
  }
  fc.assert(
    fc.property(fc.constantFrom(...lifeStates), fc.constantFrom(...all), (state, event) => {
      const step = nextLife(state, event)
      if (!step.ok) assert.ok(!step.refusal.allowed.includes(event))
    }),
  )
})

test('what cannot happen is told with what can', () => {
  const held = nextLife('running', 'hold')
  assert.ok(!held.ok)
  const { text } = explainLife(held.refusal, 'compute3.hpl.physics')
  assert.equal(text.why, 'it is Running; what may come is stop, stopped, lost')
})
