// Why this file exists: the consumer's rules (RFC 4533), the tree's and the guard's, each without a connection.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { der, tags } from '#asn1'
import { type EntryId, parseUuid } from '#directory'
import fc from 'fast-check'
import type { Operation } from '../../src/ldap-sync/message/message.ts'
import { rawEntry, type RawEntry } from '../../src/ldap-sync/raw-entry.ts'
import { type Heard, SyncConsumer } from '../../src/ldap-sync/sync/consumer.ts'
import { OwnRemovals, RemovalGuard } from '../../src/ldap-sync/sync/guard.ts'
import { type Applied, Replica } from '../../src/ldap-sync/sync/replica.ts'
import type { Step } from '../../src/ldap-sync/sync/staging.ts'
import { readSyncInfo, readSyncState } from '../../src/ldap-sync/sync/sync-control.ts'
import { known } from './bench.ts'
import { doneControl, idSet, info, result, stateControl } from '../ldap-server/answers.ts'

const uuid = (number: number): EntryId => known(parseUuid(number.toString(16).padStart(32, '0')))
const put = (consumer: SyncConsumer, number: number, cookie?: string): Heard =>
  consumer.take({ kind: 'searchEntry', dn: `cn=n${number}`, attributes: [] }, [
    stateControl('add', uuid(number), cookie),
  ])
/** A consumer of a server whose tree we know as these ids, each at `cn=nID`. */
function consumerOf(ids: readonly EntryId[], options: { readonly resumed: boolean }): SyncConsumer {
  const keys = new Map(ids.map((id) => [id, `cn=n${Number.parseInt(id.replaceAll('-', ''), 16)}`]))
  const known = { size: ids.length, ids: () => ids, keyOf: (id: EntryId) => keys.get(id) }
  return new SyncConsumer({ known, attributes: ['cn'], ...options })
}
const hex = (text: string): string => Buffer.from(text).toString('hex')

/** `[1]` refreshDelete or `[2]` refreshPresent. */
function phase(
  number: 1 | 2,
  { cookie, done }: { cookie?: string; done?: boolean } = {},
): Operation {
  const parts = [
    ...(cookie === undefined ? [] : [der.text(cookie)]),
    ...(done === undefined ? [] : [der.boolean(done)]),
  ]
  return info(der.sequence(parts, tags.contextOf(number)))
}

function stepOf(heard: Heard): Step {
  assert.ok(heard.kind === 'step', JSON.stringify(heard))
  return heard
}

/** What is told after the refresh waits for a pause. */
function settled(consumer: SyncConsumer, tell: () => Heard): Step {
  assert.equal(tell().kind, 'nothing')
  const step = consumer.settle()
  assert.ok(step)
  return step
}

test('RFC 4533 2.5: refreshDone is TRUE when it is absent', () => {
  const consumer = consumerOf([], { resumed: true })
  assert.equal(stepOf(consumer.take(phase(1), [])).refreshed, true)
  assert.equal(consumer.refreshing, false)
})

test('RFC 4533 3.3.2: after a present phase, what was not named is gone', () => {
  const consumer = consumerOf([uuid(1), uuid(2), uuid(3)], { resumed: true })
  consumer.take(idSet([uuid(1)], { deletes: false }), [])
  put(consumer, 2)
  assert.deepEqual([...stepOf(consumer.take(phase(2), [])).gone], [uuid(3)])
})

test('RFC 4533 3.3.2: after a delete phase, what was not named is unchanged', () => {
  const consumer = consumerOf([uuid(1), uuid(2)], { resumed: true })
  consumer.take(idSet([uuid(1)], { deletes: true }), [])
  assert.deepEqual([...stepOf(consumer.take(phase(1), [])).gone], [uuid(1)])
})

test('RFC 4533 3.3.2: a present phase may be followed by a delete phase, and both count', () => {
  const consumer = consumerOf([uuid(1), uuid(2), uuid(3)], { resumed: true })
  consumer.take(idSet([uuid(1), uuid(2)], { deletes: false }), [])
  assert.equal(consumer.take(phase(2, { done: false }), []).kind, 'nothing')
  consumer.take(idSet([uuid(2)], { deletes: true }), [])
  const step = stepOf(consumer.take(phase(1), []))
  assert.deepEqual([...step.gone].toSorted(), [uuid(2), uuid(3)])
})

test('a full refresh names everything, whichever phase ends it', () => {
  const consumer = consumerOf([uuid(1), uuid(2)], { resumed: false })
  put(consumer, 2)
  assert.deepEqual([...stepOf(consumer.take(phase(1), [])).gone], [uuid(1)])
})

test('RFC 4533: the last cookie counts, from any of its three places', () => {
  const consumer = consumerOf([], { resumed: false })
  put(consumer, 1, 'a')
  assert.equal(stepOf(consumer.take(phase(2, { cookie: 'b' }), [])).cookie, hex('b'))
  assert.equal(settled(consumer, () => put(consumer, 2, 'c')).cookie, hex('c'))
  const newCookie = info(der.text('d', tags.context(0)))
  assert.equal(settled(consumer, () => consumer.take(newCookie, [])).cookie, hex('d'))
})

test('RFC 4533 2.4: the end of a search that does not persist ends the refresh, and has the cookie', () => {
  const consumer = consumerOf([uuid(1), uuid(2)], { resumed: true })
  put(consumer, 1)
  const end = consumer.take({ kind: 'searchDone', result: result(0) }, [doneControl('e')])
  assert.ok(end.kind === 'ended' && end.step)
  assert.deepEqual([[...end.step.gone], end.step.cookie], [[uuid(2)], hex('e')])
})

test('HOSTILE 30: an end without a word of the refresh is the end of nothing', () => {
  const consumer = consumerOf([uuid(1)], { resumed: true })
  const end = consumer.take({ kind: 'searchDone', result: result(0) }, [])
  assert.ok(end.kind === 'ended' && end.step === undefined)
})

test('what arrives together after the refresh is one step, with the last cookie', () => {
  const consumer = consumerOf([uuid(1)], { resumed: true })
  consumer.take(phase(1), [])
  for (let number = 2; number < 100; number += 1) put(consumer, number, `c${number}`)
  const step = settled(consumer, () => consumer.take(idSet([uuid(1)], { deletes: true }), []))
  assert.deepEqual([step.puts.length, step.gone.size, step.cookie], [98, 1, hex('c99')])
  assert.equal(consumer.settle(), undefined)
})

test('a container that is renamed after something below it changed is a step of its own', () => {
  const consumer = consumerOf([uuid(1), uuid(2)], { resumed: true })
  consumer.take(phase(1), [])
  const told = (number: number, dn: string): Heard =>
    consumer.take({ kind: 'searchEntry', dn, attributes: [] }, [
      stateControl('modify', uuid(number)),
    ])
  told(2, 'cn=child,cn=n1')
  const first = stepOf(told(1, 'cn=other'))
  assert.deepEqual(
    first.puts.map(({ dn }) => dn),
    ['cn=child,cn=n1'],
  )
  assert.deepEqual(
    consumer.settle()?.puts.map(({ dn }) => dn),
    ['cn=other'],
  )
})

for (const [sentence, limits, feed] of [
  ['entries', { namedMax: 3, charactersMax: 1000 }, (c: SyncConsumer, n: number) => put(c, n)],
  ['characters', { namedMax: 9, charactersMax: 20 }, (c: SyncConsumer, n: number) => put(c, n)],
  [
    'ids',
    { namedMax: 3, charactersMax: 1000 },
    (c: SyncConsumer, n: number) => c.take(idSet([uuid(n)], { deletes: false }), []),
  ],
] as const) {
  test(`HOSTILE 21: endless ${sentence} in a refresh end at a bound`, () => {
    const known = { size: 0, ids: () => [], keyOf: () => undefined }
    const consumer = new SyncConsumer({ known, attributes: ['cn'], resumed: false, limits })
    const kinds = Array.from({ length: 6 }, (_, at) => feed(consumer, at + 1).kind)
    assert.deepEqual([kinds[2], kinds[5]], ['nothing', 'too-many'])
  })
}

test('what nobody asked for is not kept', () => {
  const consumer = consumerOf([], { resumed: false })
  const attributes = [
    { name: 'CN', values: [Buffer.from('n1')] },
    { name: 'jpegPhoto', values: [Buffer.alloc(100_000)] },
  ]
  consumer.take({ kind: 'searchEntry', dn: 'cn=n1', attributes }, [stateControl('add', uuid(1))])
  const [entry] = stepOf(consumer.take(phase(2), [])).puts
  assert.deepEqual([...(entry?.attributes ?? [])], [['cn', ['n1']]])
})

test('RFC 4533: removals may come as a set after the refresh too', () => {
  const consumer = consumerOf([uuid(1)], { resumed: true })
  consumer.take(phase(1), [])
  const step = settled(consumer, () => consumer.take(idSet([uuid(1)], { deletes: true }), []))
  assert.deepEqual([[...step.gone], step.refreshed], [[uuid(1)], false])
})

test('HOSTILE 30: nothing of a refresh is told before its end', () => {
  const consumer = consumerOf([uuid(9)], { resumed: false })
  for (let number = 1; number < 9; number += 1) assert.equal(put(consumer, number).kind, 'nothing')
  const end = consumer.take({ kind: 'searchDone', result: result(4) }, [])
  assert.equal(end.kind, 'ended')
})

test('a first refresh is looked at while it comes; its end tells only the rest, with the cookie', () => {
  const consumer = consumerOf([], { resumed: false })
  const ids = (entries: readonly RawEntry[]): readonly EntryId[] => entries.map(({ id }) => id)
  put(consumer, 1)
  put(consumer, 2)
  assert.deepEqual(ids(consumer.part()), [uuid(1), uuid(2)])
  assert.deepEqual(consumer.part(), [])
  put(consumer, 3, 'c')
  const step = stepOf(consumer.take(phase(2), []))
  assert.deepEqual([ids(step.puts), step.cookie, step.refreshed], [[uuid(3)], hex('c'), true])
  put(consumer, 4)
  assert.deepEqual(consumer.part(), [])
})

test('nothing is looked at early where something is there already, or is named as gone', () => {
  for (const consumer of [
    consumerOf([uuid(9)], { resumed: false }),
    consumerOf([], { resumed: true }),
  ]) {
    put(consumer, 1)
    assert.deepEqual(consumer.part(), [])
  }
  const consumer = consumerOf([], { resumed: false })
  put(consumer, 1)
  assert.equal(consumer.part().length, 1)
  consumer.take(idSet([uuid(1)], { deletes: true }), [])
  put(consumer, 2)
  assert.deepEqual(consumer.part(), [])
  const { puts, gone } = stepOf(consumer.take(phase(2), []))
  assert.deepEqual([puts.length, [...gone]], [1, [uuid(1)]])
})

test('HOSTILE 21: what was looked at early counts towards the bound', () => {
  const limits = { namedMax: 3, charactersMax: 1000 }
  const known = { size: 0, ids: () => [], keyOf: () => undefined }
  const consumer = new SyncConsumer({ known, attributes: ['cn'], resumed: false, limits })
  const kinds = [1, 2, 3, 4].map((number) => {
    const { kind } = put(consumer, number)
    consumer.part()
    return kind
  })
  assert.deepEqual(kinds, ['nothing', 'nothing', 'nothing', 'too-many'])
})

test('RFC 4533: syncRefreshRequired means to start over', () => {
  const consumer = consumerOf([], { resumed: true })
  assert.equal(consumer.take({ kind: 'searchDone', result: result(4096) }, []).kind, 'start-over')
})

for (const [sentence, operation] of [
  ['an entry without its state', { kind: 'searchEntry', dn: 'cn=x', attributes: [] }],
  ['information that cannot be read', info(Uint8Array.of(0xa1, 5))],
  [
    'an entryUUID of the wrong length',
    info(der.sequence([der.sequence([der.text('short')], tags.set)], tags.contextOf(3))),
  ],
] as const satisfies readonly (readonly [string, Operation])[]) {
  test(`${sentence} breaks the session, not the program`, () => {
    const consumer = consumerOf([], { resumed: true })
    assert.equal(consumer.take(operation, []).kind, 'broken')
  })
}

test('random bytes in sync controls are refused, never thrown', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      readSyncInfo(bytes)
      readSyncState(bytes)
    }),
    { numRuns: 2000 },
  )
})

const at = (number: number, dn: string): RawEntry => rawEntry(uuid(number), dn, new Map())
const dnsOf = (replica: Replica): string[] =>
  Array.from(replica.entries(), ({ dn }) => dn).toSorted()

test('two containers that swapped their names while we were away swap what stands below them', () => {
  const replica = new Replica()
  const before = [
    at(1, 'ou=a,dc=x'),
    at(2, 'ou=b,dc=x'),
    at(3, 'cn=ina,ou=a,dc=x'),
    at(4, 'cn=inb,ou=b,dc=x'),
  ]
  replica.apply(before, [])
  const { put: changed, gone } = replica.apply([at(1, 'ou=b,dc=x'), at(2, 'ou=a,dc=x')], [])
  assert.deepEqual([changed.length, gone.length], [4, 0])
  assert.deepEqual(dnsOf(replica), [
    'cn=ina,ou=b,dc=x',
    'cn=inb,ou=a,dc=x',
    'ou=a,dc=x',
    'ou=b,dc=x',
  ])
})

test('an entry below two renamed containers follows the nearest', () => {
  const replica = new Replica()
  replica.apply([at(1, 'ou=a,dc=x'), at(2, 'ou=s,ou=a,dc=x'), at(3, 'cn=c,ou=s,ou=a,dc=x')], [])
  replica.apply([at(1, 'ou=b,dc=x'), at(2, 'ou=t,ou=b,dc=x')], [])
  assert.deepEqual(dnsOf(replica), ['cn=c,ou=t,ou=b,dc=x', 'ou=b,dc=x', 'ou=t,ou=b,dc=x'])
})

test('HOSTILE 40: an entry whose DN another one has taken is gone', () => {
  const replica = new Replica()
  replica.apply([at(1, 'cn=n1,dc=x')], [])
  const { gone } = replica.apply([at(2, 'CN=N1,dc=x')], [])
  assert.deepEqual(
    gone.map(({ id }) => id),
    [uuid(1)],
  )
  assert.equal(replica.at('cn=n1,dc=x')?.id, uuid(2))
})

test('of two that claim one DN in one step the later has it, and the other stays where it was', () => {
  const replica = new Replica()
  replica.apply([at(1, 'cn=n1,dc=x'), at(2, 'cn=n2,dc=x')], [])
  const both = [at(1, 'cn=n2,dc=x'), at(2, 'cn=n2,dc=x')]
  const { gone } = replica.apply(both, [])
  assert.deepEqual([gone.length, dnsOf(replica)], [0, ['cn=n1,dc=x', 'cn=n2,dc=x']])
  assert.equal(replica.at('cn=n2,dc=x')?.id, uuid(2))
})

test('HOSTILE 40: what a renamed container brings to the DN of a named entry is gone, and stands nowhere twice', () => {
  const replica = new Replica()
  const below = [at(2, 'cn=n1,ou=a,dc=x'), at(3, 'cn=eth0,cn=n1,ou=a,dc=x')]
  replica.apply([at(1, 'ou=a,dc=x'), ...below], [])
  const { gone } = replica.apply([at(4, 'cn=n1,ou=b,dc=x'), at(1, 'ou=b,dc=x')], [])
  assert.deepEqual(
    gone.map(({ id }) => id),
    [uuid(2)],
  )
  const left = ['cn=eth0,cn=n1,ou=b,dc=x', 'cn=n1,ou=b,dc=x', 'ou=b,dc=x']
  assert.deepEqual(dnsOf(replica), left)
  assert.equal(replica.at('cn=n1,ou=b,dc=x')?.id, uuid(4))
})

test('a tree that grows is one to which each entry came by itself, whoever is named twice or takes a DN', () => {
  const place = fc.constantFrom('cn=a,dc=x', 'cn=b,dc=x', 'ou=o,dc=x', 'cn=a,ou=o,dc=x', 'dc=x')
  const entry = fc.tuple(fc.integer({ min: 1, max: 6 }), place).map(([id, dn]) => at(id, dn))
  const told = (steps: Iterable<Applied>): readonly string[] =>
    [...steps].flatMap(({ put: puts, gone, before }) =>
      Object.entries({ before, gone, puts }).flatMap(([what, some]) =>
        some.map(({ id, dn }) => `${what} ${id} ${dn}`),
      ),
    )
  fc.assert(
    fc.property(fc.array(fc.array(entry, { maxLength: 5 })), (parts) => {
      const grown = new Replica(1_000)
      const stepped = new Replica()
      for (const part of parts) {
        const expected = told(part.map((each) => stepped.apply([each], [])))
        assert.deepEqual(told(grown.grow(part)), expected)
        assert.deepEqual(dnsOf(grown), dnsOf(stepped))
      }
    }),
  )
})

const limits = { windowMillis: 1000, countMax: 5, percentMax: 10 }

test('HOSTILE 39: removals are counted over a window that slides', () => {
  const guard = new RemovalGuard(limits)
  assert.equal(guard.admits(5, 100, 0), true)
  assert.equal(guard.admits(5, 95, 500), true)
  assert.equal(guard.admits(1, 90, 999), false)
  assert.equal(guard.admits(4, 90, 1001), true)
})

test('HOSTILE 39: a trickle cannot do what a flood may not', () => {
  const guard = new RemovalGuard(limits)
  const passed = Array.from({ length: 100 }, (_, each) => guard.admits(1, 100 - each, each))
  assert.equal(passed.filter(Boolean).length, 10)
})

for (const [count, size, passes] of [
  [5, 5, true],
  [6, 6, false],
  [6, 60, true],
  [6, 59, false],
  [10_000, 100_000, true],
  [10_001, 100_000, false],
] as const) {
  const verb = passes ? 'go' : 'are held'
  test(`HOSTILE 39: more than 10 % and more than 5: ${count} of ${size} ${verb}`, () => {
    assert.equal(new RemovalGuard().admits(count, size, 0), passes)
  })
}

test('a clock that jumps back does not keep the window open for ever', () => {
  const guard = new RemovalGuard(limits)
  guard.admits(10, 100, 1_000_000)
  assert.equal(guard.admits(9, 90, 0), true)
})

test('a removal of our own is expected once', () => {
  const own = new OwnRemovals()
  own.expect('cn=a', 0)
  own.expect('cn=b', 0)
  own.forget('cn=b')
  assert.deepEqual([own.claim('cn=a'), own.claim('cn=a'), own.claim('cn=b')], [true, false, false])
})
