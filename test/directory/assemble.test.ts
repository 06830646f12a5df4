// Why this file exists: who is served when entries quarrel must not depend on luck, restarts or typing order.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import {
  applyDeltas,
  type Assembly,
  type Change,
  claimsOf,
  emptySnapshot,
  type Entry,
  holders,
  isClaimed,
  type Snapshot,
  startAssembly,
  stepAll,
} from '#directory'
import fc from 'fast-check'
import { crowdedEntry } from './arbitrary-entries.ts'
import { domain, id, ip, label, mac, machine, type MachineSample, name, vcn } from './samples.ts'

/** An assembly and the snapshot that its deltas made. */
class World {
  assembly: Assembly
  snapshot: Snapshot = emptySnapshot(domain)

  constructor(held: Iterable<readonly [string, Entry['id']]> = []) {
    this.assembly = startAssembly(held)
  }

  take(...changes: readonly Change[]): this {
    const next = stepAll(this.assembly, changes)
    this.assembly = next.assembly
    this.snapshot = applyDeltas(this.snapshot, next.deltas)
    return this
  }

  put(...entries: readonly Entry[]): this {
    return this.take(...entries.map((entry) => ({ kind: 'entry', entry }) as const))
  }

  gone(number: number): this {
    return this.take({ kind: 'gone', id: id(number) })
  }

  get served(): readonly string[] {
    return [...this.snapshot.entries.values()].map((entry) => entry.id).toSorted()
  }

  reason(number: number): string {
    return this.snapshot.setAside.get(id(number))?.reason ?? ''
  }
}

const rivals: readonly (readonly [string, MachineSample, MachineSample])[] = [
  ['MAC', { macs: ['02:00:00:00:00:01'] }, { macs: ['02:00:00:00:00:09', '02:00:00:00:00:01'] }],
  ['address', { address: '10.0.0.1' }, { address: '10.0.0.1' }],
  ['name', { name: name('www') }, { aliases: [name('www')] }],
]

for (const [what, first, second] of rivals) {
  const [one, other] = [machine(1, first), machine(2, second)]

  test(`HOSTILE 41: of two entries with one ${what}, the holder keeps it and the reason names both`, () => {
    const world = new World().put(one).put(other)
    assert.deepEqual(world.served, [id(1)])
    assert.ok(world.reason(2).includes(one.dn) && world.reason(2).includes(other.dn))
    assert.ok(world.reason(2).startsWith(what))
  })

  test(`HOSTILE 41: two entries with one ${what} and no record of a holder are both set aside`, () => {
    const world = new World().put(one, other)
    assert.deepEqual(world.served, [])
    for (const number of [1, 2]) {
      assert.ok(world.reason(number).includes(one.dn) && world.reason(number).includes(other.dn))
    }
  })

  test(`HOSTILE 41: the holder of a ${what} in the last good copy keeps it across a restart`, () => {
    const before = new World().put(one).put(other)
    const after = new World(holders(before.assembly)).put(other, one)
    assert.deepEqual(after.served, [id(1)])
  })

  test(`HOSTILE 41: an entry set aside for a ${what} returns when the other is gone`, () => {
    assert.deepEqual(new World().put(one).put(other).gone(1).served, [id(2)])
    assert.deepEqual(new World().put(one, other).gone(2).served, [id(1)])
  })
}

test('a third claimant is set aside too, and two who held nothing go on waiting when the holder goes', () => {
  const world = new World()
  for (const number of [1, 2, 3]) world.put(machine(number, { address: '10.0.0.1' }))
  assert.deepEqual(world.served, [id(1)])
  assert.deepEqual(world.gone(1).served, [])
  assert.deepEqual(world.gone(3).served, [id(2)])
})

test('within one machine its names and cards may share what they like', () => {
  const world = new World().put(
    machine(1, {
      macs: ['02:00:00:00:00:01'],
      address: '10.0.0.1',
      aliases: [name('eth1.n1'), name('n1')],
      children: [
        {
          id: id(101),
          label: label('eth1'),
          macs: [mac('02:00:00:00:00:01')],
          address: ip('10.0.0.1'),
        },
      ],
    }),
  )
  assert.deepEqual(world.served, [id(1)])
})

test('the name of a card of one machine is not free for another machine', () => {
  const child = { id: id(101), label: label('eth1'), macs: [] }
  const world = new World().put(machine(1, { children: [child] }))
  world.put(machine(2, { name: name('eth1.n1') }))
  assert.match(world.reason(2), /name eth1\.n1/)
})

test('a VCN cannot take what a machine holds', () => {
  const world = new World().put(machine(1, { address: '10.0.0.1' }))
  world.put(vcn(2, { nics: [{ id: id(2), macs: [], address: ip('10.0.0.1') }] }))
  assert.deepEqual(world.served, [id(1)])
})

test('placeholder MACs and shared UUIDs are no quarrel: they identify nobody', () => {
  const sample = { macs: ['00:00:00:00:00:00'], uuid: id(91) }
  assert.equal(new World().put(machine(1, sample), machine(2, sample)).served.length, 2)
})

for (const order of [
  [1, 2],
  [2, 1],
]) {
  test(`HOSTILE 42: two entries that swap addresses end right, entry ${order[0]} first`, () => {
    const before = { 1: '10.0.0.1', 2: '10.0.0.2' }
    const after = { 1: '10.0.0.2', 2: '10.0.0.1' }
    const world = new World()
    for (const number of [1, 2] as const) {
      world.put(machine(number, { macs: [`02:00:00:00:00:0${number}`], address: before[number] }))
    }
    const put = (number: 1 | 2): World =>
      world.put(machine(number, { macs: [`02:00:00:00:00:0${number}`], address: after[number] }))
    const [first, second] = order[0] === 1 ? ([1, 2] as const) : ([2, 1] as const)
    put(first)
    assert.deepEqual(world.served, [id(second)], 'while both claim one address its holder keeps it')
    put(second)
    assert.deepEqual(world.served, [id(1), id(2)])
    assert.equal(world.snapshot.byIp.get(ip('10.0.0.2'))?.device.id, id(1))
    assert.equal(world.snapshot.byIp.get(ip('10.0.0.1'))?.device.id, id(2))
  })
}

test('HOSTILE 42: a swap that was made while the appliance was down is simply right', () => {
  const before = new World().put(
    machine(1, { address: '10.0.0.1' }),
    machine(2, { address: '10.0.0.2' }),
  )
  const after = new World(holders(before.assembly)).put(
    machine(1, { address: '10.0.0.2' }),
    machine(2, { address: '10.0.0.1' }),
  )
  assert.deepEqual(after.served, [id(1), id(2)])
})

test('an entry set aside in the middle of a swap cannot be robbed of its other things', () => {
  const world = new World()
    .put(machine(1, { macs: ['02:00:00:00:00:01'], address: '10.0.0.1' }))
    .put(machine(2, { address: '10.0.0.2' }))
    .put(machine(1, { macs: ['02:00:00:00:00:01'], address: '10.0.0.2' }))
    .put(machine(3, { macs: ['02:00:00:00:00:01'] }))
    .gone(2)
  assert.deepEqual(world.served, [id(1)])
})

test('HOSTILE 43: a refused entry is set aside with its reason, and the rest is served', () => {
  const world = new World().put(machine(1), machine(2))
  world.take({ kind: 'refused', item: { id: id(1), dn: 'cn=n1', reason: 'mask 33' } })
  assert.deepEqual(world.served, [id(2)])
  assert.equal(world.reason(1), 'mask 33')
})

test('a typo does not hand the name to a rival, across a restart neither', () => {
  const refusal = { kind: 'refused', item: { id: id(1), dn: 'cn=n1', reason: 'bad' } } as const
  const world = new World().put(machine(1)).take(refusal)
  world.put(machine(2, { name: name('n1') }))
  assert.deepEqual(world.served, [])
  const restarted = new World(holders(world.assembly))
  restarted.take(refusal, { kind: 'entry', entry: machine(2, { name: name('n1') }) })
  assert.deepEqual(restarted.served, [])
  assert.deepEqual(restarted.put(machine(1)).served, [id(1)])
})

test('an entry that went away while the appliance was down holds nothing any more', () => {
  const before = new World().put(machine(1, { address: '10.0.0.1' }))
  const after = new World(holders(before.assembly)).put(machine(2))
  assert.deepEqual([...holders(after.assembly).values()], [id(2)])
})

test('a reason follows the rival when it is renamed', () => {
  const world = new World().put(machine(1, { address: '10.0.0.1' }))
  world.put(machine(2, { address: '10.0.0.1' }))
  world.put(machine(1, { address: '10.0.0.1', dn: 'cn=n1,ou=attic' }))
  assert.match(world.reason(2), /cn=n1,ou=attic held it first/)
})

test('an entry that waits for one thing is told of a second quarrel too', () => {
  const world = new World().put(machine(1, { address: '10.0.0.1' }))
  world.put(machine(2, { address: '10.0.0.1', aliases: [name('www')] }))
  world.put(machine(3, { aliases: [name('www')] }))
  assert.match(world.reason(2), /address 10\.0\.0\.1 .*; name www /)
})

test('within a step, what stops being served comes before what begins to be', () => {
  const { assembly } = stepAll(startAssembly(), [
    { kind: 'entry', entry: machine(1, { address: '10.0.0.1' }) },
  ])
  const { deltas } = stepAll(assembly, [
    { kind: 'entry', entry: machine(2, { address: '10.0.0.1' }) },
    { kind: 'gone', id: id(1) },
  ])
  assert.deepEqual(
    deltas.map(({ kind }) => kind),
    ['drop', 'put'],
  )
})

test('an address is claimed as long as an entry wants it, served or not', () => {
  const world = new World().put(
    machine(1, { address: '10.0.0.1' }),
    machine(2, { address: '10.0.0.1' }),
  )
  assert.ok(isClaimed(world.assembly, ip('10.0.0.1')))
  assert.ok(!isClaimed(world.gone(1).gone(2).assembly, ip('10.0.0.1')))
})

test('what the step says of holders is what the store needs to write', () => {
  fc.assert(
    fc.property(fc.array(crowdedEntry), (entries) => {
      const written = new Map<string, string>()
      let assembly = startAssembly()
      for (const entry of entries) {
        const next = stepAll(assembly, [{ kind: 'entry', entry }])
        assembly = next.assembly
        for (const { key, id: holder } of next.holderChanges) {
          if (holder === undefined) written.delete(key)
          else written.set(key, holder)
        }
      }
      assert.deepEqual(written, holders(assembly))
    }),
  )
})

const change: fc.Arbitrary<Change> = fc.oneof(
  { weight: 6, arbitrary: crowdedEntry.map((entry) => ({ kind: 'entry', entry }) as const) },
  fc.integer({ min: 1, max: 8 }).map((number) => ({ kind: 'gone', id: id(number) }) as const),
  fc
    .integer({ min: 1, max: 8 })
    .map(
      (number) => ({ kind: 'refused', item: { id: id(number), dn: 'cn=x', reason: 'r' } }) as const,
    ),
)

test('after any steps no two served entries share a thing, and whoever shares nothing is served', () => {
  fc.assert(
    fc.property(fc.array(fc.array(change, { maxLength: 4 }), { maxLength: 20 }), (batches) => {
      const world = new World()
      const present = new Map<string, Entry>()
      const claimed = new Map<string, readonly string[]>()
      for (const batch of batches) {
        world.take(...batch)
        for (const one of batch) {
          if (one.kind === 'entry') {
            present.set(one.entry.id, one.entry)
            claimed.set(one.entry.id, claimsOf(one.entry))
          } else present.delete(one.kind === 'gone' ? one.id : one.item.id)
          if (one.kind === 'gone') claimed.delete(one.id)
        }
        checkServed(world, present, claimed)
      }
    }),
  )
})

function checkServed(
  world: World,
  present: ReadonlyMap<string, Entry>,
  claimed: ReadonlyMap<string, readonly string[]>,
): void {
  const served = [...world.snapshot.entries.values()]
  const keys = served.flatMap(claimsOf)
  assert.equal(new Set(keys).size, keys.length, 'a thing is served twice')
  for (const [entryId, entry] of present) {
    const others = [...claimed]
      .filter(([other]) => other !== entryId)
      .flatMap(([, theirs]) => theirs)
    const alone = claimsOf(entry).every((key) => !others.includes(key))
    const isServed = isDeepStrictEqual(world.snapshot.entries.get(entry.id), entry)
    if (alone) assert.ok(isServed, 'an entry without a rival is not served')
    assert.notEqual(isServed, world.snapshot.setAside.has(entry.id))
  }
}
