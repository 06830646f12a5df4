// Why this file exists: every index of the directory is such a table. However it is filled, and however it rests, it must
// hold what a plain list would, and a finished one must stay as it is.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hashOf, Slots, type SlotsDraft } from '#directory'
import fc from 'fast-check'

interface Item {
  readonly name: number
  readonly at: number
}

/** More than a few: fewer would be in buckets from the first. */
const names = 200
const many = 5_000

/** Few hashes for many items. */
function hashIn(hashes: number, name: number): number {
  return hashOf(name % hashes)
}

function called(name: number): (item: Item) => boolean {
  return (item) => item.name === name
}

function itemsOf(count: number): readonly Item[] {
  return Array.from({ length: count }, (_, name) => ({ name, at: 0 }))
}

function filled(items: readonly Item[], expected: number, hashes = names): Slots<Item> {
  const draft = Slots.empty<Item>().edit(expected)
  for (const item of items) draft.add(hashIn(hashes, item.name), item)
  return draft.done()
}

function settled(slots: Slots<Item>): Slots<Item> {
  slots.settle()
  return slots
}

function handedOver(items: readonly Item[], hashes: number): Slots<Item> {
  return Slots.of(
    items,
    items.map(({ name }) => hashIn(hashes, name)),
  )
}

const beginnings: Readonly<
  Record<string, (items: readonly Item[], hashes: number) => SlotsDraft<Item>>
> = {
  'a table to which all is added': (items, hashes) => {
    const draft = Slots.empty<Item>().edit()
    for (const item of items) draft.add(hashIn(hashes, item.name), item)
    return draft
  },
  'a table that is filled from nothing': (items, hashes) => {
    const draft = Slots.empty<Item>().edit(64)
    for (const item of items) draft.add(hashIn(hashes, item.name), item)
    return draft
  },
  'a table that was filled, and is as it was filled': (items, hashes) =>
    filled(items, 64, hashes).edit(),
  'a table that was filled, and then settled': (items, hashes) =>
    settled(filled(items, 64, hashes)).edit(),
  'a table that was made of a list': (items, hashes) => handedOver(items, hashes).edit(),
}

function byName(items: Iterable<Item>): readonly Item[] {
  return [...items].toSorted((one, other) => one.name - other.name || one.at - other.at)
}

/** What the draft is told, carried out on a list in the order of adding. */
function carryOut(
  draft: SlotsDraft<Item>,
  [hashes, plain]: readonly [number, Item[]],
  [what, item]: readonly [string, Item],
): void {
  const hash = hashIn(hashes, item.name)
  const isIt = called(item.name)
  const at = plain.findIndex(isIt)
  assert.equal(draft.find(hash, isIt), plain[at])
  if (plain.some(({ name }) => hashIn(hashes, name) === hash)) assert.ok(draft.mayHave(hash))
  if (what === 'add' || (what === 'put' && at < 0)) plain.push(item)
  else if (what === 'put') plain[at] = item
  else if (at >= 0) plain.splice(at, 1)
  if (what === 'add') draft.add(hash, item)
  else if (what === 'put') draft.put(hash, item, isIt)
  else draft.remove(hash, isIt)
}

interface Finished {
  readonly slots: Slots<Item>
  readonly items: readonly Item[]
}

function assertHolds({ slots, items }: Finished, hashes: number): void {
  assert.equal(slots.size, items.length)
  assert.deepEqual(byName(slots.items()), byName(items))
  const pairs = Array.from(slots.withHashes(), ([hash, item]) => {
    assert.equal(hash, hashIn(hashes, item.name))
    return item
  })
  assert.deepEqual(byName(pairs), byName(items))
  for (let name = 0; name < names; name += 1) {
    const hash = hashIn(hashes, name)
    assert.equal(slots.find(hash, called(name)), items.find(called(name)))
  }
  for (let of = 0; of < hashes; of += 1) {
    const hash = hashIn(hashes, of)
    const those = items.filter(({ name }) => hashIn(hashes, name) === hash)
    assert.deepEqual([...slots.all(hash)], those)
    assert.equal(
      slots.find(hash, () => true),
      those[0],
    )
  }
}

/** Without what was, and with what is, the table of before is the table of now. */
function assertTells(before: Finished, now: Finished): void {
  const items = [...before.items]
  const changes = [...now.slots.changedSince(before.slots)]
  for (const item of changes.flatMap(({ was }) => was)) items.splice(items.indexOf(item), 1)
  items.push(...changes.flatMap(({ is }) => is))
  assert.deepEqual(byName(items), byName(now.items))
}

const anySteps = fc.array(
  fc.tuple(
    fc.constantFrom('add', 'put', 'remove', 'done', 'settle', 'edit'),
    fc.nat(names - 1),
    fc.nat(3),
  ),
  { maxLength: 300, size: 'max' },
)

for (const [what, begin] of Object.entries(beginnings)) {
  test(`${what} holds at each step what a list holds, and what is done stays as it was`, () => {
    const anyCount = fc.constantFrom(0, 10, 100, names)
    fc.assert(
      fc.property(anySteps, fc.constantFrom(1, 7, names), anyCount, (steps, hashes, count) => {
        const plain = [...itemsOf(count)]
        let draft = begin(plain, hashes)
        const finished: Finished[] = []
        for (const [at, [step, name, which]] of steps.entries()) {
          if (step === 'done') finished.push({ slots: draft.done(), items: plain.slice() })
          else if (step === 'settle') finished.at(-which)?.slots.settle()
          else if (step === 'edit') draft = draft.done().edit(which * 50)
          else carryOut(draft, [hashes, plain], [step, { name, at: at + 1 }])
          assert.equal(draft.size, plain.length)
        }
        assert.deepEqual(byName(draft.items()), byName(plain))
        const last = { slots: draft.done(), items: plain }
        for (const each of finished) assertTells(each, last)
        for (const each of [...finished.slice(-10), last]) {
          assertHolds(each, hashes)
          each.slots.settle()
          assertHolds(each, hashes)
        }
      }),
      { numRuns: 20 },
    )
  })

  test(`${what} finds of several that could be meant the one that was added first`, () => {
    const draft = begin(itemsOf(100), names)
    const hash = hashIn(names, 150)
    for (const at of [1, 2, 3]) draft.add(hash, { name: 150, at })
    assert.equal(draft.find(hash, called(150))?.at, 1)
    assert.equal(draft.done().find(hash, called(150))?.at, 1)
    draft.remove(hash, called(150))
    assert.deepEqual(
      Array.from(draft.done().all(hash), ({ at }) => at),
      [2, 3],
    )
  })

  test(`${what} is the table of before when nothing was changed`, () => {
    for (const count of [0, 100]) {
      const before = begin(itemsOf(count), names).done()
      const draft = before.edit(64)
      draft.remove(hashIn(names, 150), called(150))
      assert.equal(draft.done(), before)
    }
  })
}

const all = itemsOf(many)
const fillings: Readonly<Record<string, () => Slots<Item>>> = {
  'as it was filled': () => filled(all, many, many),
  'as it was filled without word of how many would come': () => filled(all, 64, many),
  'as it was made of a list': () => handedOver(all, many),
}

for (const [how, fill] of Object.entries(fillings)) {
  test(`a table stays ${how} until it is changed, however often it is read and opened`, () => {
    const slots = fill()
    const draft = slots.edit(10)
    assert.equal(draft.find(hashIn(many, 7), called(7)), all[7])
    assert.equal(draft.find(hashIn(many, 7), called(many)), undefined)
    assert.deepEqual([...draft.items()], all)
    draft.remove(hashIn(many, 7), called(many))
    assert.equal(draft.done(), slots)
    assert.deepEqual([...slots.changedSince(slots)], [])
    assert.equal([...slots.changedSince(Slots.empty())].length, 1)
    assert.deepEqual([...slots.items()], all)
    draft.put(hashIn(many, 7), { name: 7, at: 1 }, called(7))
    assert.notDeepEqual([...slots.items()], all)
    assert.deepEqual(byName(slots.items()), all)
  })

  test(`a table ${how} is put in buckets once, by whoever is the first to need it`, () => {
    const [slots, other] = [fill(), settled(fill())]
    assert.notDeepEqual([...other.items()], all)
    const changed = [slots, other].map((before) => {
      const draft = before.edit()
      draft.put(hashIn(many, 7), { name: 7, at: 1 }, called(7))
      const [first, again] = [draft.done(), before.edit()]
      again.remove(hashIn(many, 8), called(8))
      const second = again.done()
      for (const now of [first, second]) {
        const buckets = [...now.changedSince(before)]
        assert.equal(buckets.length, 1)
        assert.ok(buckets.every(({ was, is }) => was.length + is.length < 150))
        assert.ok(now.copiedSince(before) > 0 && now.copiedSince(before) < 200)
      }
      assert.ok([...second.changedSince(first)].length <= 2)
      return first.copiedSince(before)
    })
    assert.equal(changed[0], changed[1])
    const order = [...slots.items()]
    assert.deepEqual([...other.items()], order)
    slots.settle()
    assert.deepEqual([...slots.items()], order)
  })

  test(`a table ${how} differs from every other in all that is in both`, () => {
    const others = [[], all.slice(0, 10), all.slice(0, 100)].flatMap((items) =>
      [64, 0].map((expected) => ({ slots: filled(items, expected, many), items })),
    )
    for (const other of others) {
      assertTells(other, { slots: fill(), items: all })
      assertTells({ slots: fill(), items: all }, other)
      assertTells(other, { slots: settled(fill()), items: all })
      assertTells({ slots: settled(fill()), items: all }, other)
    }
  })

  test(`a table ${how} costs as much to come to as the same in buckets`, () => {
    const empty = Slots.empty<Item>()
    assert.equal(fill().copiedSince(empty), settled(fill()).copiedSince(empty))
    assert.equal(fill().copiedSince(fill()), settled(fill()).copiedSince(settled(fill())))
    const slots = fill()
    assert.equal(slots.copiedSince(slots), 0)
    assert.deepEqual([...slots.items()], all)
  })
}

test('a filled table that is done twice is one table, whichever of the two is changed', () => {
  const draft = Slots.empty<Item>().edit(many)
  for (const item of all) draft.add(hashIn(many, item.name), item)
  const [one, other] = [draft.done(), draft.done()]
  assert.deepEqual([...other.changedSince(one)], [])
  const next = one.edit()
  next.remove(hashIn(many, 7), called(7))
  assert.deepEqual([...other.changedSince(one)], [])
  assert.equal(next.done().copiedSince(one), next.done().copiedSince(other))
  assert.equal([...next.done().changedSince(other)].length, 1)
})

for (const [what, write] of Object.entries({
  'more is added': (draft: SlotsDraft<Item>) => draft.add(hashIn(7, 0), { name: 0, at: 1 }),
  'one is replaced': (draft: SlotsDraft<Item>) =>
    draft.put(hashIn(7, 0), { name: 0, at: 1 }, called(0)),
  'one is removed': (draft: SlotsDraft<Item>) => draft.remove(hashIn(7, 0), called(0)),
})) {
  test(`a filled table that is done stays as it was while ${what}, asked before or not`, () => {
    for (const expected of [64, names, names + 30, many]) {
      const draft = Slots.empty<Item>().edit(expected)
      const items = itemsOf(names)
      for (const item of items) draft.add(hashIn(7, item.name), item)
      const [asked, unasked] = [draft.done(), draft.done()]
      assert.equal(asked.find(hashIn(7, 0), called(0)), items[0])
      write(draft)
      assert.notDeepEqual(byName(draft.items()), items)
      assert.notDeepEqual(byName(draft.done().items()), items)
      for (const slots of [asked, unasked]) {
        assertHolds({ slots, items }, 7)
        assert.deepEqual([...slots.items()], items)
      }
    }
  })
}

test('a table that more is filled into than was told finds at each step what is there', () => {
  const draft = Slots.empty<Item>().edit(64)
  for (const item of itemsOf(20_000)) {
    const hash = hashOf(item.name)
    assert.equal(draft.mayHave(hash), false)
    assert.equal(draft.find(hash, called(item.name)), undefined)
    draft.add(hash, item)
    assert.equal(draft.find(hash, called(item.name)), item)
    if (item.name % 3 === 0) draft.remove(hash, called(item.name))
  }
  const slots = draft.done()
  assert.equal(slots.size, 13_333)
  for (const { name } of itemsOf(20_000))
    assert.equal(slots.find(hashOf(name), called(name))?.name, name % 3 === 0 ? undefined : name)
})

test('a table of a list does not follow the list', () => {
  const items = itemsOf(names)
  const list = items.slice()
  const hashes = items.map(({ name }) => hashOf(name))
  const slots = Slots.of(list, hashes)
  list.length = 0
  hashes.fill(0)
  assertHolds({ slots, items }, names)
})
