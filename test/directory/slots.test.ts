// Why this file exists: every index of the directory is such a table. However it is filled, it must hold what a plain map
// would, and a finished one must stay as it is.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashOf, Slots, type SlotsDraft } from '#directory'
import fc from 'fast-check'

interface Item {
  readonly name: number
  readonly at: number
}

const names = 200

/** Few hashes for many items. */
function hashIn(hashes: number, name: number): number {
  return hashOf(name % hashes)
}

const fillings = {
  'a table that copies what it changes': (before: Slots<Item>) => before.edit(),
  'a table that is filled from nothing': (before: Slots<Item>) => before.edit(64),
}

const anySteps = fc.array(
  fc.tuple(fc.constantFrom('add', 'put', 'remove', 'done'), fc.nat(names - 1)),
  { maxLength: 600 },
)

function itemsOf(slots: Pick<Slots<Item>, 'items'>): readonly Item[] {
  return [...slots.items()].toSorted((one, other) => one.name - other.name)
}

function expected(plain: ReadonlyMap<number, number>): readonly Item[] {
  const items = Array.from(plain, ([name, at]) => ({ name, at }))
  return items.toSorted((one, other) => one.name - other.name)
}

function carryOut(
  draft: SlotsDraft<Item>,
  [hashes, plain]: readonly [number, Map<number, number>],
  [what, item]: readonly [string, Item],
): void {
  const { name, at } = item
  const hash = hashIn(hashes, name)
  const isIt = (other: Item): boolean => other.name === name
  assert.equal(draft.find(hash, isIt)?.at, plain.get(name))
  if (what === 'remove') {
    draft.remove(hash, isIt)
    plain.delete(name)
    return
  }
  if (what === 'add' && !plain.has(name)) draft.add(hash, item)
  else draft.put(hash, item, isIt)
  plain.set(name, at)
}

for (const [what, edit] of Object.entries(fillings)) {
  test(`${what} holds at each step what a map holds, and what is done stays as it was`, () => {
    fc.assert(
      fc.property(anySteps, fc.constantFrom(1, 3, names), (steps, hashes) => {
        const draft = edit(Slots.empty<Item>())
        const plain = new Map<number, number>()
        const finished: { readonly slots: Slots<Item>; readonly items: readonly Item[] }[] = []
        for (const [at, [step, name]] of [...steps, ['done', 0] as const].entries()) {
          if (step === 'done') finished.push({ slots: draft.done(), items: expected(plain) })
          else carryOut(draft, [hashes, plain], [step, { name, at }])
          assert.equal(draft.size, plain.size)
        }
        assert.deepEqual(itemsOf(draft), expected(plain))
        for (const { slots, items } of finished) {
          assert.equal(slots.size, items.length)
          assert.deepEqual(itemsOf(slots), items)
          for (const item of items) {
            const hash = hashIn(hashes, item.name)
            const found = slots.find(hash, ({ name }) => name === item.name)
            assert.equal(found?.at, item.at)
          }
        }
      }),
      { numRuns: 50 },
    )
  })

  test(`${what} finds of several that could be meant the one that was added first`, () => {
    const draft = edit(Slots.empty<Item>())
    for (const at of [1, 2, 3]) draft.add(hashOf(7), { name: 7, at })
    const isSeven = ({ name }: Item): boolean => name === 7
    assert.equal(draft.find(hashOf(7), isSeven)?.at, 1)
    assert.equal(draft.done().find(hashOf(7), isSeven)?.at, 1)
    draft.remove(hashOf(7), isSeven)
    assert.deepEqual(
      Array.from(draft.done().all(hashOf(7)), ({ at }) => at),
      [2, 3],
    )
  })

  test(`${what} is the table of before when nothing was changed`, () => {
    const before = edit(Slots.empty<Item>()).done()
    assert.equal(edit(before).done(), before)
  })
}

test('a table of all its items at once is the table that they would be added to', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(100_000), { maxLength: 2_000 }), (list) => {
      const items = list.map((name) => ({ name, at: 0 }))
      const hashes = list.map((name) => hashOf(String(name)))
      const draft = Slots.empty<Item>().edit()
      for (const [at, item] of items.entries()) draft.add(hashes[at] ?? 0, item)
      const whole = Slots.of(items, hashes)
      assert.equal(whole.size, items.length)
      assert.deepEqual(itemsOf(whole), itemsOf(draft))
      for (const [at, item] of items.entries())
        assert.equal(
          whole.find(hashes[at] ?? 0, ({ name }) => name === item.name),
          item,
        )
    }),
    { numRuns: 30 },
  )
})
