// Why this file exists: a directory that is read for the first time is judged part by part while it arrives. Nobody may be
// able to tell that from one that came whole.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type Change,
  emptySnapshot,
  holders,
  idAtRest,
  laidMachine,
  type PartChange,
  startAssembly,
  StepInParts,
  wholeStep,
  type WholeStep,
} from '#directory'
import fc from 'fast-check'
import { crowdedEntry } from './arbitrary-entries.ts'
import { contents } from './contents.ts'
import { domain, id, machine, name } from './samples.ts'

/** Of a shape that can be laid; few enough that they quarrel. */
const plainMachine = fc
  .record({
    number: fc.integer({ min: 1, max: 12 }),
    called: fc.integer({ min: 1, max: 40 }),
    mac: fc.integer({ min: 1, max: 40 }),
    address: fc.integer({ min: 1, max: 40 }),
    tags: fc.subarray(['red', 'blue']),
  })
  .map(({ number, called, mac, address, tags }) =>
    machine(number, {
      name: name(`m${called}`),
      macs: [`02:00:00:00:00:${String(mac).padStart(2, '0')}`],
      address: `10.0.0.${address}`,
      tags,
    }),
  )

const number = fc.integer({ min: 1, max: 12 })
const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 6, arbitrary: plainMachine.map((entry) => ({ kind: 'entry', entry }) as const) },
  { weight: 3, arbitrary: crowdedEntry.map((entry) => ({ kind: 'entry', entry }) as const) },
  number.map((each) => ({ kind: 'gone', id: id(each) }) as const),
  number.map(
    (each) => ({ kind: 'refused', item: { id: id(each), dn: 'cn=x', reason: 'r' } }) as const,
  ),
)
const parts = fc.array(fc.array(change, { maxLength: 6 }), { minLength: 1, maxLength: 6 })
const held = fc.uniqueArray(fc.tuple(fc.constantFrom('name m1', 'address 10.0.0.1'), number), {
  selector: ([key]) => key,
})

function asLaid(each: Change): PartChange {
  return (each.kind === 'entry' && each.entry.kind === 'machine' && laidMachine(each.entry)) || each
}

/** All that a step leaves behind, and all that it tells. */
function outcome({ assembly, snapshot, deltas, laid, holderChanges }: WholeStep): unknown {
  const aside = [...snapshot.setAside.values()].map(({ dn, reason, id: of }) => [of, dn, reason])
  const put = deltas.flatMap((delta) => (delta.kind === 'put' ? [delta.entry.id] : []))
  const changes = [...holderChanges].map(({ key, id: by }) => [key, by] as const)
  return {
    number: snapshot.number,
    contents: contents(snapshot),
    aside: aside.map((row) => row.join('\n')).toSorted(),
    holders: holders(assembly),
    put: [...put, ...laid.map(idAtRest)].toSorted(),
    stopped: deltas.filter(({ kind }) => kind !== 'put').map((delta) => JSON.stringify(delta)),
    holderChanges: new Map(changes),
  }
}

function inParts(before: WholeStep, all: readonly (readonly PartChange[])[]): WholeStep {
  const step = new StepInParts(before.assembly, before.snapshot, 100)
  for (const part of all) step.take(part)
  return step.done()
}

test('a step in parts leaves and tells what the whole step does, from nothing and from anything', () => {
  let laid = 0
  fc.assert(
    fc.property(held, fc.array(change, { maxLength: 8 }), parts, (recorded, earlier, all) => {
      const start = startAssembly(recorded.map(([key, by]) => [key, id(by)]))
      const empty = emptySnapshot(domain)
      const before = wholeStep(start, empty, earlier)
      const whole = wholeStep(before.assembly, before.snapshot, all.flat())
      const expected = outcome(whole)
      assert.deepEqual(sorted(outcome(inParts(before, all))), sorted(expected))
      const quick = inParts(
        before,
        all.map((part) => part.map(asLaid)),
      )
      laid += quick.laid.length
      assert.deepEqual(sorted(outcome(quick)), sorted(expected))
    }),
    { numRuns: 1_000 },
  )
  assert.ok(laid > 500, 'hardly any was laid')
})

/** What stops being served has no order of its own. */
function sorted(value: unknown): unknown {
  assert.ok(typeof value === 'object' && value !== null && 'stopped' in value)
  return { ...value, stopped: new Set(Array.isArray(value.stopped) ? value.stopped : []) }
}

test('nothing of a step in parts shows before it is done, nor when it never is', () => {
  const empty = wholeStep(startAssembly(), emptySnapshot(domain), [])
  const before = wholeStep(empty.assembly, empty.snapshot, [{ kind: 'entry', entry: machine(1) }])
  const shown = JSON.stringify(contents(before.snapshot))
  const step = new StepInParts(before.assembly, before.snapshot, 100)
  step.take([
    { kind: 'entry', entry: machine(2) },
    { kind: 'gone', id: id(1) },
  ])
  assert.equal(JSON.stringify(contents(before.snapshot)), shown)
  assert.equal(step.done().snapshot.entries.has(id(1)), false)
  assert.equal(JSON.stringify(contents(before.snapshot)), shown)
  assert.ok(holders(before.assembly).has('name n1'))
})

test('a part that comes to nothing is no step', () => {
  const empty = emptySnapshot(domain)
  const step = new StepInParts(startAssembly(), empty, 100)
  step.take([{ kind: 'entry', entry: machine(2) }])
  step.take([{ kind: 'gone', id: id(2) }])
  assert.equal(step.done().snapshot, empty)
})
