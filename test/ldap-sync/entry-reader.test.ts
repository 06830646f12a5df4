// Why this file exists: what most entries are read by must say exactly what the general decoder says, or leave them to it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { der } from '#asn1'
import fc from 'fast-check'
import { decodeMessage } from '../../src/ldap-sync/message/decode.ts'
import { encodeMessage } from '../../src/ldap-sync/message/encode.ts'
import type { Control } from '../../src/ldap-sync/message/message.ts'
import type { RawEntry } from '../../src/ldap-sync/raw-entry.ts'
import { SyncConsumer } from '../../src/ldap-sync/sync/consumer.ts'
import { EntryReader } from '../../src/ldap-sync/sync/entry-reader.ts'
import { syncOids } from '../../src/ldap-sync/sync/sync-control.ts'
import { doneControl, result } from '../ldap-server/answers.ts'
import { berBends } from '../fuzz/ber-bends.ts'
import { mutant } from '../fuzz/mutate.ts'

const messageId = 2
const attributes = ['objectclass', 'cn', 'macaddress', 'iphostnumber']
const known = { size: 0, ids: () => [], keyOf: () => undefined }

/** What the general way makes of it: the entry, or nothing that is one. */
function readInFull(bytes: Uint8Array): RawEntry | undefined {
  const read = decodeMessage(bytes)
  if (!read.ok || read.value.id !== messageId) return undefined
  const consumer = new SyncConsumer({ known, resumed: false, attributes })
  consumer.take(read.value.operation, read.value.controls)
  const end = { kind: 'searchDone', result: result(0) } as const
  const heard = consumer.take(end, [doneControl('c')])
  return heard.kind === 'ended' ? heard.step?.puts[0] : undefined
}

interface Told {
  readonly id: number
  readonly dn: string
  readonly attributes: readonly { readonly name: string; readonly values: readonly string[] }[]
  readonly state: number
  readonly uuid: Uint8Array
  readonly cookie: boolean
  readonly critical: boolean
  readonly more: readonly Control[]
}

function messageOf(told: Told): Uint8Array {
  const parts = [der.enumerated(told.state), der.octets(told.uuid)]
  const value = der.sequence([...parts, ...(told.cookie ? [der.text('c')] : [])])
  const state = { oid: syncOids.state, critical: told.critical, value }
  const bytesOf = (values: readonly string[]): Uint8Array[] =>
    values.map((each) => Buffer.from(each))
  return encodeMessage({
    id: told.id,
    operation: {
      kind: 'searchEntry',
      dn: told.dn,
      attributes: told.attributes.map(({ name, values }) => ({ name, values: bytesOf(values) })),
    },
    controls: [state, ...told.more],
  })
}

const ascii = fc.oneof(
  fc.string({ unit: 'binary-ascii', maxLength: 20 }),
  fc.integer({ min: 120, max: 300 }).map((length) => 'x'.repeat(length)),
)
const name = fc.constantFrom('objectClass', 'cn', 'CN', 'macAddress', 'ipHostNumber', 'jpegPhoto')
const plainValue = fc.constantFrom('n1', 'N01', 'Dr Ada', 'a.b-c_d:e')
const dn = fc
  .array(plainValue, { minLength: 1, maxLength: 3 })
  .map((labels) => labels.map((label) => `cn=${label}`).join())
/** As a server sends them by the thousand. */
const plain: fc.Arbitrary<Told> = fc.record({
  id: fc.constant(messageId),
  dn,
  attributes: fc.uniqueArray(fc.record({ name, values: fc.array(ascii, { maxLength: 3 }) }), {
    maxLength: 5,
    selector: (each) => each.name.toLowerCase(),
  }),
  state: fc.constantFrom(1, 2),
  uuid: fc.uint8Array({ minLength: 16, maxLength: 16 }),
  cookie: fc.constant(false),
  critical: fc.constant(false),
  more: fc.constant([]),
})
const any: fc.Arbitrary<Told> = fc.record({
  id: fc.constantFrom(messageId, messageId, 3, 300),
  dn: fc.oneof(
    dn,
    fc.string(),
    fc.constantFrom('cn=a\\,b', 'CN=\\c3\\bc', 'cn=Ü', ' cn = a ', 'cn=a  b', 'cn=a,', 'cn=#1', ''),
    fc.constantFrom(4095, 4096, 4097).map((length) => `CN=${'x'.repeat(length - 3)}`),
    fc.string().map((text) => `cn=${text}`),
  ),
  attributes: fc.array(
    fc.record({
      name: fc.oneof(name, fc.string()),
      values: fc.array(fc.oneof(ascii, fc.string({ unit: 'grapheme' })), { maxLength: 20 }),
    }),
    { maxLength: 5 },
  ),
  state: fc.nat(4),
  uuid: fc.oneof(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.uint8Array()),
  cookie: fc.boolean(),
  critical: fc.boolean(),
  more: fc.oneof(fc.constant([]), fc.constant([{ oid: '1.2', critical: false }])),
})

/** One buffer for all, as a connection has: what was learnt from one message must not be in it. */
const received = Buffer.alloc(64 * 1024)
function asReceived(bytes: Uint8Array): [bytes: Uint8Array, start: number, end: number] {
  const start = bytes.length % 100
  received.set(bytes, start)
  return [received, start, start + bytes.length]
}

test('an entry in ASCII, however it is made, is read from its bytes, and says what the decoder says', () => {
  const reader = new EntryReader(attributes)
  fc.assert(
    fc.property(plain, (told) => {
      const bytes = messageOf(told)
      const entry = reader.read(messageId, ...asReceived(bytes))
      assert.ok(entry)
      assert.deepEqual(entry, readInFull(bytes))
    }),
    { numRuns: 1_000 },
  )
})

test('whatever else an entry holds, it is read the same or left to the decoder', () => {
  const reader = new EntryReader(attributes)
  fc.assert(
    fc.property(any, (told) => {
      const bytes = messageOf(told)
      const entry = reader.read(messageId, ...asReceived(bytes))
      if (entry) assert.deepEqual(entry, readInFull(bytes))
    }),
    { numRuns: 2_000 },
  )
})

test('a DN whose key is three times as long has room, beside the longest values', () => {
  const reader = new EntryReader(attributes)
  const longest = {
    id: messageId,
    dn: `cn=a${'\n'.repeat(3_990)}b`,
    attributes: [{ name: 'cn', values: ['x'.repeat(4_000)] }],
    state: 1,
    uuid: new Uint8Array(16).fill(1),
    cookie: false,
    critical: false,
    more: [],
  }
  for (const blanks of [' ', '\n', '=']) {
    const bytes = messageOf({ ...longest, dn: longest.dn.replaceAll('\n', blanks) })
    const entry = reader.read(messageId, ...asReceived(bytes))
    if (entry) assert.deepEqual(entry, readInFull(bytes))
  }
})

test('bytes that stand where the sync state belongs are no state, also in the first message', () => {
  const operation = { kind: 'searchEntry', dn: 'cn=a', attributes: [] } as const
  const [good = 0, ...rest] = encodeMessage({ id: messageId, operation, controls: [] })
  const [length = 0, ...body] = rest
  const bytes = Uint8Array.from([good, length + 16, ...body, ...new Uint8Array(16)])
  assert.equal(new EntryReader(attributes).read(messageId, bytes), undefined)
})

test('HOSTILE 21: of 20,000 bent entries none is read that the decoder refuses, and none otherwise', (context) => {
  const reader = new EntryReader(attributes)
  const corpus = fc.sample(plain, 50).map(messageOf)
  const seed = Math.floor(Math.random() * 2 ** 31)
  context.diagnostic(`seed ${seed}`)
  let read = 0
  for (let number = 0; number < 20_000; number += 1) {
    const bytes = mutant(seed + number, corpus, berBends)
    const entry = reader.read(messageId, ...asReceived(bytes))
    if (entry === undefined) continue
    read += 1
    assert.deepEqual(entry, readInFull(bytes), Buffer.from(bytes).toString('hex'))
  }
  assert.ok(read > 500, `${read} read`)
})

test('a server that mixes names without end fills no memory of ours, and is read the same', () => {
  const reader = new EntryReader(['cn'])
  const message = (number: number): Uint8Array =>
    messageOf({
      id: messageId,
      dn: 'cn=a',
      attributes: [
        { name: `x${number}`, values: ['y'] },
        { name: 'cn', values: ['a'] },
      ],
      state: 1,
      uuid: new Uint8Array(16).fill(1),
      cookie: false,
      critical: false,
      more: [],
    })
  const isRead = Array.from({ length: 3_000 }, (_, at) => reader.read(messageId, message(at)))
  assert.ok(isRead[0])
  assert.deepEqual(isRead[500], isRead[0])
  assert.equal(isRead[2_999], undefined)
})
