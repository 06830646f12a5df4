// Why this file exists: whatever a plan looks like and however its steps end, none begins before its time, and no place is
// given more than it bears.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { orderOf, type Step, type StepBounds } from '#vocluster'
import { ip, name } from '../../directory/samples.ts'

const bounds: StepBounds = { stepsMax: 5, stepsOnHostMax: 2, awaitsMax: 3 }

function step(id: string, after: readonly string[], kind: number): Step {
  const [host, node] = [name(`n${kind % 3}`), name('compute1.hpl.physics')]
  const actions = [
    { kind: 'prepare-host', host },
    { kind: 'leave-network', vni: 1 },
    { kind: 'leave-network', host, vni: 1 },
    { kind: 'await', vcn: node, address: ip('10.128.0.2') },
  ] as const
  return { id, after, action: actions[kind % 4] ?? actions[0] }
}

/** Steps that wait for some of those above them. */
const plans = fc
  .array(fc.tuple(fc.nat(11), fc.array(fc.nat(30), { maxLength: 4 })), { maxLength: 30 })
  .map((rows) =>
    rows.map(([kind, after], at) => {
      const above = new Set(at === 0 ? [] : after.map((one) => `s${one % at}`))
      return step(`s${at}`, [...above], kind)
    }),
  )

function assertWithin(running: readonly Step[]): void {
  const awaits = running.filter(({ action }) => action.kind === 'await')
  const others = running.filter(({ action }) => action.kind !== 'await')
  const onHost = Map.groupBy(others, ({ action }) => ('host' in action ? action.host : undefined))
  assert.ok(awaits.length <= bounds.awaitsMax)
  assert.ok(others.length <= bounds.stepsMax)
  for (const [host, steps] of onHost)
    assert.ok(host === undefined || steps.length <= bounds.stepsOnHostMax)
}

test('every step is handed out once, after all that must be done before, within the bounds', () => {
  fc.assert(
    fc.property(plans, fc.infiniteStream(fc.nat(100)), (steps, choices) => {
      const order = orderOf(steps, bounds)
      const done = new Set<string>()
      let running = [...order.take()]
      while (running.length > 0) {
        assertWithin(running)
        for (const { id, after } of running) {
          assert.ok(!done.has(id))
          assert.ok(after.every((before) => done.has(before)))
        }
        const ended = running[(choices.next().value ?? 0) % running.length] ?? assert.fail()
        done.add(ended.id)
        order.done(ended)
        running = [...running.filter((one) => one !== ended), ...order.take()]
      }
      assert.equal(done.size, steps.length)
    }),
  )
})

test('what waits for a step that failed never begins, and its place is free for others', () => {
  const steps = [step('a', [], 0), step('b', ['a'], 0), step('c', [], 0), step('d', [], 0)]
  const order = orderOf(steps, { ...bounds, stepsMax: 1 })
  const ids = (): readonly string[] => order.take().map(({ id }) => id)
  assert.deepEqual(ids(), ['a'])
  assert.deepEqual(ids(), [])
  order.failed(steps[0] ?? assert.fail())
  assert.deepEqual(ids(), ['c'])
  order.done(steps[2] ?? assert.fail())
  assert.deepEqual(ids(), ['d'])
})

test('waiting for nodes keeps nobody from working', () => {
  const steps = [3, 3, 3, 3, 0].map((kind, at) => step(`s${at}`, [], kind))
  const order = orderOf(steps, bounds)
  assert.deepEqual(
    order.take().map(({ id }) => id),
    ['s0', 's1', 's2', 's4'],
  )
})
