// Why this file exists: a long story must arrive whole and in order, and neither end may stand still while it is told.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { applyDeltas, type Delta, emptySnapshot } from '#directory'
import { deltasPerPart, type FeedMessage, snapshotMessages, stepMessages } from '#feed'
import { Outgoing, storiesWaitingMax } from '../../src/feed/outgoing.ts'
import { domain, id, machine } from '../directory/samples.ts'

const numbers = { number: 7, serial: 9 }

function puts(count: number): readonly Delta[] {
  return Array.from({ length: count }, (_, at) => ({ kind: 'put', entry: machine(at + 1) }))
}

for (const count of [0, 1, deltasPerPart, deltasPerPart + 1, deltasPerPart * 3]) {
  test(`a step of ${count} deltas ends with one message that numbers it, and no message is longer than a part`, () => {
    const deltas = puts(count)
    const messages = [...stepMessages(deltas, numbers)]
    const lists = messages.map((message) => ('deltas' in message ? message.deltas : []))
    assert.deepEqual(lists.flat(), deltas)
    assert.ok(lists.every((list) => list.length <= deltasPerPart))
    assert.deepEqual(
      messages.map(({ kind }) => kind),
      [...Array.from({ length: messages.length - 1 }, () => 'part'), 'delta'],
    )
  })
}

test('a snapshot tells what machines are to boot before the step that shows them, and what is set aside too', () => {
  const item = { id: id(9), dn: 'cn=x', reason: 'because' }
  const deltas: readonly Delta[] = [...puts(2), { kind: 'set-aside', item }]
  const snapshot = applyDeltas(emptySnapshot(domain), deltas, 7)
  const choice = { kind: 'next-boot', id: id(1), choice: 'withheld' } as const
  const messages = [...snapshotMessages(snapshot, 9, [choice])]
  assert.deepEqual(
    messages.map(({ kind }) => kind),
    ['reset', 'next-boot', 'delta'],
  )
  const last = messages.at(-1)
  assert.ok(last?.kind === 'delta' && last.number === 7 && last.serial === 9)
  assert.deepEqual(new Set(last.deltas.map((delta) => delta.kind)), new Set(['laid', 'set-aside']))
})

function listener(drained: () => Promise<void>) {
  const heard: FeedMessage[] = []
  const reasons: string[] = []
  return {
    heard,
    reasons,
    connection: {
      send: (message: FeedMessage) => void heard.push(message),
      drained,
      close: (reason: string) => void reasons.push(reason),
    },
  }
}

test('a change goes out in the same turn when nothing is being told', () => {
  const { heard, connection } = listener(() => Promise.resolve())
  new Outgoing(connection).send(stepMessages(puts(1), numbers))
  assert.equal(heard.length, 1)
})

test('a change that comes while a snapshot is told stands behind it, and the next part waits for room', async () => {
  const room = Promise.withResolvers<void>()
  const { heard, connection } = listener(() => room.promise)
  const outgoing = new Outgoing(connection)
  outgoing.send(stepMessages(puts(deltasPerPart * 2), numbers))
  outgoing.send(stepMessages(puts(1), { number: 8, serial: 10 }))
  await new Promise(setImmediate)
  assert.equal(heard.length, 1)
  room.resolve()
  while (heard.length < 3) await new Promise(setImmediate)
  assert.deepEqual(
    heard.map((message) => message.kind === 'delta' && message.number),
    [false, 7, 8],
  )
})

test('a peer that never makes room is cut off, and does not fill our memory', () => {
  const { reasons, connection } = listener(() => new Promise(() => undefined))
  const outgoing = new Outgoing(connection)
  outgoing.send(stepMessages(puts(deltasPerPart * 2), numbers))
  for (let more = 0; more <= storiesWaitingMax; more += 1) outgoing.send([])
  assert.match(reasons[0] ?? '', /does not read/)
})
