// Why this file exists: whoever asks wire gets an answer, or a reason in time: away, late, or too many.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ip4 } from '#directory'
import { Fault } from '#fault'
import { AskingWire, type FeedMessage, questionsOpenMax, type Told, type WireQuestion } from '#feed'

const question: WireQuestion = { kind: 'subject', subject: 'n001' }
const told: Told = { subject: 'nobody', facts: [{ topic: 'hint', text: 'nobody' }] }

function asked(isThere = true) {
  const sent: FeedMessage[] = []
  const timers: (() => void)[] = []
  const stopped: number[] = []
  const asking = new AskingWire({
    send: () => (isThere ? (message) => void sent.push(message) : undefined),
    later: (_milliseconds, action) => {
      const at = timers.push(action) - 1
      return () => void stopped.push(at)
    },
  })
  return { asking, sent, timers, stopped }
}

function isFault(code: string) {
  return (error: unknown): boolean => error instanceof Fault && error.code === code
}

test('each question gets the answer with its own number, in whatever order they come', async () => {
  const { asking, sent, stopped } = asked()
  const [first, second] = [asking.ask(question), asking.ask(question)]
  assert.deepEqual(
    sent.map((one) => (one.kind === 'question' ? one.id : 0)),
    [1, 2],
  )
  asking.answered(2, { ...told, subject: 'vcn' })
  asking.answered(1, told)
  asking.answered(9, told)
  assert.equal((await first).subject, 'nobody')
  assert.equal((await second).subject, 'vcn')
  assert.deepEqual(stopped, [1, 0], 'no deadline is left behind')
})

test('an answer to another kind of question is a bug, and nobody takes it for his', async () => {
  const { asking } = asked()
  const leases = asking.ask({ kind: 'leases', most: 1 })
  asking.answered(1, told)
  await assert.rejects(leases, TypeError)
  const release = asking.ask({ kind: 'release', address: ip4(1) })
  asking.answered(2, { subject: 'release', outcome: 'nobody' })
  assert.equal((await release).outcome, 'nobody')
  const facts = asking.ask(question)
  asking.answered(3, { subject: 'leases', leases: [], hasMore: false })
  await assert.rejects(facts, TypeError)
})

test('while wire is away a question is refused at once, and says so', async () => {
  await assert.rejects(asked(false).asking.ask(question), isFault('CPC-FEED-001'))
})

test('a wire that goes before it answers leaves nobody waiting', async () => {
  const { asking } = asked()
  const waiting = asking.ask(question)
  asking.lost('it was killed')
  await assert.rejects(waiting, (error: Error) => /it was killed/.test(error.message))
})

test('a wire that does not answer in time is said to be late, and its late answer is nobody’s', async () => {
  const { asking, timers } = asked()
  const waiting = asking.ask(question)
  timers[0]?.()
  asking.answered(1, told)
  await assert.rejects(waiting, isFault('CPC-FEED-002'))
})

test('so many questions may be open, and one more when one of them ends', async () => {
  const { asking } = asked()
  const open = Array.from({ length: questionsOpenMax }, () => asking.ask(question))
  await assert.rejects(asking.ask(question), isFault('CPC-FEED-003'))
  asking.answered(1, told)
  const next = asking.ask(question)
  for (let id = 2; id <= questionsOpenMax + 1; id += 1) asking.answered(id, told)
  await Promise.all([...open, next])
})
