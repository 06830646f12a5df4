// Why this file exists: what other people's clients and servers really sent must decode, and go out again the same.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { describeRefusal, frameAt, ldapLimits } from '#asn1'
import fc from 'fast-check'
import { decodeMessage } from '../../src/ldap-sync/message/decode.ts'
import { encodeMessage } from '../../src/ldap-sync/message/encode.ts'
import { formatFilter, ldapFilter, parseFilter } from '../../src/ldap-sync/message/filter.ts'
import type { LdapMessage } from '../../src/ldap-sync/message/message.ts'
import { hostileText } from '../hostile-text.ts'
import { readFrames, tcpStreams } from '../pcap.ts'
import { anyMessage } from './any-message.ts'

const vectors = join(import.meta.dirname, '../vectors/ldap')

/** The messages of both directions of a capture. */
function messagesIn(file: string): Uint8Array[] {
  return tcpStreams(readFrames(readFileSync(join(vectors, file)))).flatMap(({ payload }) => {
    const found: Uint8Array[] = []
    for (let at = 0; at < payload.length;) {
      const framing = frameAt(payload, at, ldapLimits)
      // 0x16: from here on it is TLS.
      if (framing.kind !== 'frame' || payload[at] === 0x16) break
      found.push(payload.subarray(at, framing.end))
      at = framing.end
    }
    return found
  })
}

function decoded(bytes: Uint8Array): LdapMessage {
  const read = decodeMessage(bytes)
  assert.ok(read.ok, read.ok ? '' : JSON.stringify(read.refusal))
  return read.value
}

for (const [file, kinds] of [
  ['ldap-bind.pcap', ['bindRequest', 'bindResponse']],
  ['ldap-search.pcap', ['searchRequest', 'searchEntry', 'searchDone']],
  ['ldap-add.pcap', ['addRequest', 'addResponse']],
  ['ldap-modify.pcap', ['modifyRequest', 'modifyResponse']],
  ['ldap-modify-dn.pcap', ['renameRequest', 'renameResponse']],
  ['ldap-delete.pcap', ['deleteRequest', 'deleteResponse']],
  ['ldap-compare.pcap', ['compareRequest', 'compareResponse']],
  ['ldap-extended.pcap', ['extendedRequest', 'extendedResponse']],
  ['ldap-abandon.pcap', ['abandonRequest']],
  ['ldap-unbind.pcap', ['unbindRequest']],
  ['ldap-unsolicited.pcap', ['extendedResponse']],
  ['starttls.pcap', ['extendedRequest', 'extendedResponse']],
] as const) {
  test(`RFC 4511: ${file} decodes to ${kinds.join(', ')} and encodes to the same bytes`, () => {
    const messages = messagesIn(file)
    assert.deepEqual(
      messages.map((bytes) => decoded(bytes).operation.kind),
      kinds,
    )
    for (const bytes of messages) {
      assert.equal(Buffer.from(encodeMessage(decoded(bytes))).toString('hex'), hexOf(bytes))
    }
  })
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

for (const [file, why] of [
  ['zeek-asn1-max-recursion.pcap', 'a filter of kind 16'],
  ['zeek-ldap-max-recursion.pcap', 'elements are nested more than 64 deep'],
] as const) {
  test(`HOSTILE 21: ${file} is refused: ${why}`, () => {
    const refusals = messagesIn(file).map((bytes) => {
      const read = decodeMessage(bytes)
      return read.ok ? 'accepted' : describeRefusal(read.refusal)
    })
    assert.deepEqual([...new Set(refusals)], [why])
  })
}

test('HOSTILE 21: an operation that nobody knows is a refusal', () => {
  const read = decodeMessage(Uint8Array.fromHex('300502010176 00'.replace(' ', '')))
  assert.equal(!read.ok && read.refusal.kind, 'bad-value')
})

test('decode(encode(x)) = x for every message', () => {
  fc.assert(
    fc.property(anyMessage, (message) => {
      assert.deepEqual(decoded(encodeMessage(message)), message)
    }),
    { numRuns: 500 },
  )
})

test('HOSTILE 21: a message with bytes changed, or random bytes, is read or refused, never thrown', () => {
  const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 })
  fc.assert(
    fc.property(anyMessage, damage, fc.uint8Array(), (message, changes, noise) => {
      const bytes = encodeMessage(message)
      for (const [at, value] of changes) bytes[at % bytes.length] = value
      decodeMessage(bytes)
      decodeMessage(noise)
    }),
    { numRuns: 1000 },
  )
})

const cases: unknown = JSON.parse(readFileSync(join(vectors, 'filters.json'), 'utf8'))

function pairs(name: string): [string, string | null][] {
  assert.ok(typeof cases === 'object' && cases !== null)
  const list: unknown = new Map<string, unknown>(Object.entries(cases)).get(name)
  assert.ok(Array.isArray(list))
  return list.map((pair: unknown) => {
    assert.ok(Array.isArray(pair))
    const text: unknown = pair[0]
    const expected: unknown = pair[1]
    assert.ok(typeof text === 'string')
    return [text, typeof expected === 'string' ? expected : null]
  })
}

for (const [text, canonical] of pairs('filters')) {
  test(`RFC 4515: ${text} reads as ${canonical ?? 'no filter'}`, () => {
    const filter = parseFilter(text)
    assert.equal(filter ? formatFilter(filter) : null, canonical)
  })
}

for (const [value, canonical] of pairs('assertionsToEscape')) {
  test(`RFC 4515: the value ${JSON.stringify(value)} goes into a filter as ${canonical}`, () => {
    assert.equal(formatFilter(ldapFilter`(cn=${value})`), canonical)
  })
}

test('no value changes the structure of a filter', () => {
  fc.assert(
    fc.property(hostileText, fc.string(), (one, other) => {
      const filter = ldapFilter`(&(cn=${one})(!(uid=${other})))`
      const bytes = (text: string) => new TextEncoder().encode(text)
      assert.deepEqual(filter, {
        kind: 'and',
        filters: [
          { kind: 'equal', attribute: 'cn', value: bytes(one) },
          { kind: 'not', filter: { kind: 'equal', attribute: 'uid', value: bytes(other) } },
        ],
      })
    }),
  )
})

test('random text is a filter that prints back to itself, or no filter', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...Array.from('()&|!=*<>~:\\2acn')) }),
      (text) => {
        const filter = parseFilter(text)
        if (filter) assert.deepEqual(parseFilter(formatFilter(filter)), filter)
      },
    ),
    { numRuns: 2000 },
  )
})
