// Why this file exists: placing must be fair, explainable and never give room twice, on any hosts with any wishes.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  describeLimit,
  limitOf,
  occupied,
  placeGreedily,
  type PlaceWish,
  type Room,
  type Wanted,
} from '#vocluster'
import fc from 'fast-check'
import { label, name } from '../directory/samples.ts'

const gibibyte = 1024 ** 3

function room(host: string, sample: Partial<Room> = {}): Room {
  return {
    host: name(host),
    vcpus: 4,
    memoryBytes: 4 * gibibyte,
    tags: [],
    byRole: new Map(),
    ...sample,
  }
}

function wanted(vcn: string, sample: Partial<Wanted> = {}, wish: Partial<PlaceWish> = {}): Wanted {
  return {
    vcn: label(vcn),
    role: label(vcn.replace(/\d+$/, '')),
    vcpus: 1,
    memoryBytes: gibibyte,
    wish: { strategy: 'spread', tags: [], ...wish },
    ...sample,
  }
}

function several(count: number, wish: Partial<PlaceWish> = {}): readonly Wanted[] {
  return Array.from({ length: count }, (_, at) => wanted(`compute${at + 1}`, {}, wish))
}

function placed(all: readonly Wanted[], rooms: readonly Room[]): string {
  const result = placeGreedily(all, rooms)
  assert.ok(result.ok, JSON.stringify(result))
  return result.value.map(({ vcn, host }) => `${vcn}:${host}`).join(' ')
}

const three = ['n2', 'n10', 'n1'].map((host) => room(host))

for (const [sentence, all, rooms, expected] of [
  [
    'spread goes round the hosts, n2 before n10',
    several(4),
    three,
    'compute1:n1 compute2:n2 compute3:n10 compute4:n1',
  ],
  [
    'pack fills one host before it opens the next',
    several(5, { strategy: 'pack' }),
    three,
    'compute1:n1 compute2:n1 compute3:n1 compute4:n1 compute5:n2',
  ],
  [
    'per-host ends a pack early',
    several(3, { strategy: 'pack', perHost: 2 }),
    three,
    'compute1:n1 compute2:n1 compute3:n2',
  ],
  [
    'what is there already counts for spread and per-host',
    several(2, { perHost: 1 }),
    [room('n1', { byRole: new Map([['compute', 1]]) }), room('n2'), room('n3')],
    'compute1:n2 compute2:n3',
  ],
  [
    'a host without the tag gets nothing',
    several(2, { tags: ['fast'] }),
    [room('n1'), room('n2', { tags: ['fast', 'new'] })],
    'compute1:n2 compute2:n2',
  ],
  [
    'a closed host gets nothing',
    several(2),
    [room('n1', { closed: 'it is cordoned' }), room('n2')],
    'compute1:n2 compute2:n2',
  ],
  [
    'the large one is placed before the small ones take its room',
    [...several(2), wanted('head1', { memoryBytes: 4 * gibibyte })],
    [room('n1'), room('n2')],
    'compute1:n2 compute2:n2 head1:n1',
  ],
] as const) {
  test(sentence, () => assert.equal(placed(all, rooms), expected))
}

test('where spreading would leave one without room, all are fitted tightly, and it says so', () => {
  const rooms = [
    room('n1', { vcpus: 4, memoryBytes: 8 * gibibyte }),
    room('n2', { vcpus: 8, memoryBytes: 2 * gibibyte }),
  ]
  // Spread alone would put y1 where most memory is free, and z1 fits only there.
  const all = [wanted('y1', { vcpus: 4 }), wanted('z1', { memoryBytes: 3 * gibibyte })]
  assert.equal(placed(all, rooms), 'y1:n2 z1:n1')
  const result = placeGreedily(all, rooms)
  assert.match(result.ok ? (result.value[0]?.why ?? '') : '', /^tightest fit, because by spread/)
})

test('each placement says why', () => {
  const result = placeGreedily(several(2), [room('n1'), room('n2')])
  assert.ok(result.ok)
  assert.deepEqual(
    result.value.map(({ why }) => why),
    [
      'spread: 0 of role compute there before; best of 2 hosts; 4 vCPUs and 4GiB were free',
      'spread: 0 of role compute there before; best of 2 hosts; 4 vCPUs and 4GiB were free',
    ],
  )
})

test('a refusal says for the node that has no room which limit held on each host', () => {
  const rooms = [
    room('n1', { closed: 'it is cordoned' }),
    room('n2', { tags: ['fast'], vcpus: 0 }),
    room('n3'),
    room('n4', { tags: ['fast'], memoryBytes: 1000 }),
    room('n5', { tags: ['fast'], byRole: new Map([['compute', 1]]) }),
  ]
  const result = placeGreedily(several(1, { tags: ['fast'], perHost: 1 }), rooms)
  assert.ok(!result.ok)
  assert.deepEqual(
    result.refusal.limits.map(({ host, limit }) => `${host}: ${describeLimit(limit)}`),
    [
      'n1: it is cordoned',
      'n2: 0 vCPUs free of 1 asked',
      'n3: it does not carry the tag fast',
      'n4: 0MiB of memory free of 1GiB asked',
      'n5: it has 1 of role compute already, which is all that per-host allows',
    ],
  )
})

const anyRoom = (host: string): fc.Arbitrary<Room> =>
  fc.record({
    host: fc.constant(name(host)),
    vcpus: fc.nat(6),
    memoryBytes: fc.nat(6).map((gib) => gib * gibibyte),
    tags: fc.subarray(['fast', 'new']),
    byRole: fc.nat(1).map((nodes) => new Map([['compute', nodes]])),
  })
const rooms = fc.tuple(...['n1', 'n2', 'n3', 'n10'].map(anyRoom))
const wish: fc.Arbitrary<PlaceWish> = fc.record(
  {
    strategy: fc.constantFrom('spread', 'pack'),
    tags: fc.subarray(['fast']),
    perHost: fc.integer({ min: 1, max: 3 }),
  },
  { requiredKeys: ['strategy', 'tags'] },
)
/** Nodes of one role share its wish. */
const anyWanted = fc
  .tuple(
    fc.record({ head: wish, compute: wish }),
    fc.array(fc.tuple(fc.constantFrom('head', 'compute'), fc.integer({ min: 1, max: 3 })), {
      maxLength: 10,
    }),
  )
  .map(([wishes, all]) =>
    all.map(([role, size], at) =>
      wanted(`${role}${at}`, { vcpus: size, memoryBytes: size * gibibyte }, wishes[role]),
    ),
  )

test('whatever is placed breaks no limit and is all that was wanted; else nothing is placed', () => {
  fc.assert(
    fc.property(anyWanted, rooms, (all, hosts) => {
      const result = placeGreedily(all, hosts)
      if (!result.ok) {
        assert.deepEqual(Object.keys(result), ['ok', 'refusal'])
        return
      }
      assert.equal(result.value.length, all.length)
      // One after the other in any order: each limit holds to the last if it holds for the sum.
      const left = new Map(hosts.map((one) => [one.host, one]))
      for (const { vcn, host } of result.value) {
        const one = all.find((other) => other.vcn === vcn) ?? assert.fail()
        const before = left.get(host) ?? assert.fail()
        assert.equal(limitOf(one, before), undefined)
        left.set(host, occupied(before, one))
      }
    }),
  )
})

test('the order in which hosts and nodes are told changes nothing', () => {
  fc.assert(
    fc.property(anyWanted, rooms, (all, hosts) => {
      assert.deepEqual(
        placeGreedily(all.toReversed(), hosts.toReversed()),
        placeGreedily(all, hosts),
      )
    }),
  )
})
