// Why this file exists: a first refresh reaches core in parts. Nobody may see one, and one that broke off was never said.
import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { type DeviceText, idAtRest, laidMachine, type LaidMachine } from '#directory'
import type { FeedMessage } from '#feed'
import { openCoreStore } from '#store'
import { id, machine } from '../directory/samples.ts'
import { now, scratchFolder } from '../store/scratch.ts'
import { keeperOver } from './keeper-over.ts'

const macOf = (number: number): string => `02:00:00:00:00:0${number}`
const facts = (number: number) => ({ macs: [macOf(number)], address: `10.0.0.${number}` })

function laid(number: number): LaidMachine {
  return laidMachine(machine(number, facts(number))) ?? assert.fail('it is of another shape')
}

const put = (number: number) =>
  ({ kind: 'put', entry: machine(number, facts(number)), notes: [] }) as const

test('what comes in parts is told once, when the step is whole, and shows as one', (t) => {
  const store = openCoreStore(join(scratchFolder(t), 'core.db'), now)
  const sent: FeedMessage[] = []
  const cameLaid: DeviceText[] = []
  const keeper = keeperOver(store, {
    send: (messages) => void sent.push(...messages),
    onChange: (_, rests) => void cameLaid.push(...rests),
  })
  t.after(() => {
    keeper[Symbol.dispose]()
    store[Symbol.dispose]()
  })
  keeper.takePart([laid(1), put(7)])
  keeper.dropParts()
  keeper.takePart([laid(2)])
  keeper.takePart([put(3)])
  assert.deepEqual([keeper.snapshot.entries.size, sent.length], [0, 0])
  keeper.take([put(4)])
  const { entries, byMac, byName, number } = keeper.snapshot
  assert.deepEqual([...entries.values()].map((entry) => entry.id).toSorted(), [id(2), id(3), id(4)])
  assert.equal(byMac.get(machine(2, facts(2)).nics[0]?.macs[0] ?? assert.fail())?.device.id, id(2))
  assert.equal(byName.get(machine(2).name)?.device.id, id(2))
  assert.deepEqual([number, cameLaid.map(idAtRest)], [1, [id(2)]])
  const [only, more] = sent
  assert.ok(only?.kind === 'delta' && more === undefined)
  const told = only.deltas.map((delta) => (delta.kind === 'laid' ? Object.keys(delta) : delta.kind))
  assert.deepEqual(told, [
    ['kind', 'rest'],
    ['kind', 'rest'],
    ['kind', 'rest'],
  ])
  keeper.settle()
  keeper.take([{ kind: 'gone', id: id(2) }])
  assert.equal(keeper.snapshot.byMac.size, 2)
})
