// Why this file exists: RFC 1035 §4.1, RFC 9619 and RFC 6891: questions that are none, and EDNS in all its forms.
import assert from 'node:assert/strict'
import { section } from '../harness/case.ts'
import type { DnsClient } from '../harness/dns-client.ts'
import { nameBytes, optRecord, query, type Question, types, words } from '../harness/dns-packet.ts'
import { domain, hosts } from '../harness/world.ts'

const formErr = 1
const nxDomain = 3
const notImp = 4
const refused = 5
const notAuth = 9
const badVers = 16
const n001 = `n001.${domain}`

async function codeOf(dns: DnsClient, bytes: Uint8Array): Promise<number> {
  const answer = await dns.askBytes(bytes)
  return (answer[3] ?? 0) & 15
}

/** A server may say that it cannot read this, or nothing; then the next question is answered. */
const refusedOrDropped = (bytesOf: (id: number) => Uint8Array) => async (dns: DnsClient) => {
  const id = dns.newId()
  const good = dns.newId()
  const [first] = await dns.exchange([bytesOf(id), query(n001, { id: good })], 1)
  const answer = Buffer.from(first ?? [])
  if (answer.readUInt16BE(0) === id) assert.equal((answer[3] ?? 0) & 15, formErr)
}

const head = (id: number, flags: number, ...counts: readonly number[]): Buffer =>
  words(id, flags, ...counts)
const question = Buffer.concat([nameBytes(n001), words(types.A, 1)])

const operation =
  (opcode: number, ...codes: readonly number[]) =>
  async (dns: DnsClient) => {
    const code = await codeOf(dns, query(n001, { id: dns.newId(), flags: opcode << 11 }))
    assert.ok(codes.includes(code), String(code))
  }

export const operations = section('dns', 'RFC 1035 §4.1.1', [
  ['an inverse query is not implemented', operation(1, notImp)],
  ['STATUS is not implemented', operation(2, notImp)],
  ['an operation that does not exist is not implemented', operation(15, notImp)],
  ['NOTIFY of a stranger is refused', operation(4, notImp, refused, notAuth)],
  ['UPDATE of a stranger is refused', operation(5, notImp, refused, notAuth, formErr)],
  ['an answer is not answered', async (dns) => dns.silence(query(n001, { id: 1, flags: 0x8000 }))],
  [
    'what is shorter than a header is not answered',
    async (dns) => dns.silence(words(7, 0x0100), new Uint8Array(11)),
  ],
  ['an empty datagram is not answered', async (dns) => dns.silence(new Uint8Array(0))],
])

export const malformed = section('dns', 'RFC 1035 §4.1.2', [
  [
    'a question that is cut short is a format error',
    refusedOrDropped((id) => query(n001, { id }).subarray(0, 20)),
  ],
  [
    'a question without type and class is a format error',
    refusedOrDropped((id) => query(n001, { id }).subarray(0, -4)),
  ],
  [
    'a pointer to itself is a format error',
    refusedOrDropped((id) =>
      Buffer.concat([head(id, 0, 1, 0, 0, 0), Buffer.of(0xc0, 12), words(1, 1)]),
    ),
  ],
  [
    'a pointer that leads forward is a format error',
    refusedOrDropped((id) =>
      Buffer.concat([head(id, 0, 1, 0, 0, 0), Buffer.of(0xc0, 40), words(1, 1)]),
    ),
  ],
  [
    'a label of a kind that does not exist is a format error',
    refusedOrDropped((id) =>
      Buffer.concat([head(id, 0, 1, 0, 0, 0), Buffer.of(0x41, 1, 0), words(1, 1)]),
    ),
  ],
  [
    'a name of more than 255 octets is a format error',
    refusedOrDropped((id) => query(`${'a'.repeat(60)}.`.repeat(5) + domain, { id })),
  ],
  [
    'counts that the message has not are a format error',
    refusedOrDropped((id) => Buffer.concat([head(id, 0, 1, 65_535, 65_535, 65_535), question])),
  ],
  [
    'a label of 63 octets is read',
    async (dns) => {
      assert.equal((await dns.ask(`${'a'.repeat(63)}.${domain}`)).code, nxDomain)
    },
  ],
])

export const counts = section('dns', 'RFC 9619 §4', [
  [
    'two questions are a format error',
    refusedOrDropped((id) => Buffer.concat([head(id, 0, 2, 0, 0, 0), question, question])),
  ],
])

const edns = (dns: DnsClient, more: Question['edns'] = { size: 1232 }, name: string = n001) =>
  dns.ask(name, { edns: more ?? { size: 1232 } })

export const ednsForms = section('dns', 'RFC 6891 §6', [
  [
    'a question with OPT has an answer with OPT, version 0',
    async (dns) => {
      const { edns: said, answers } = await edns(dns)
      assert.equal(said?.version, 0)
      assert.ok(said.size >= 512)
      assert.equal(answers[0]?.text, hosts.n001.address)
    },
  ],
  [
    'an answer has OPT once',
    async (dns) => {
      const { additional } = await edns(dns)
      assert.equal(additional.filter(({ type }) => type === types.OPT).length, 1)
    },
  ],
  [
    'a missing name has OPT, too',
    async (dns) => {
      const reply = await edns(dns, { size: 1232 }, `n777.${domain}`)
      assert.deepEqual([reply.code, reply.edns?.version], [nxDomain, 0])
    },
  ],
  [
    'a refusal has OPT, too',
    async (dns) => {
      const reply = await edns(dns, { size: 1232 }, 'www.example.org')
      assert.deepEqual([reply.code, reply.edns?.version], [refused, 0])
    },
  ],
  [
    'a question without OPT has an answer without',
    async (dns) => assert.equal((await dns.ask(n001)).edns, undefined),
  ],
  [
    'a later version is BADVERS, and no answer',
    async (dns) => {
      const { code, answers, edns: said } = await edns(dns, { size: 1232, version: 1 })
      assert.deepEqual([code, answers.length, said?.version], [badVers, 0, 0])
    },
  ],
  [
    'DO is copied',
    async (dns) => {
      assert.equal((await edns(dns, { size: 1232, dnssecOk: true })).edns?.dnssecOk, true)
      assert.equal((await edns(dns)).edns?.dnssecOk, false)
    },
  ],
  [
    'an option that nobody knows is ignored',
    async (dns) => {
      const options = Buffer.concat([words(65_001, 3), Buffer.from('abc')])
      assert.equal((await edns(dns, { size: 1232, options })).answers.length, 1)
    },
  ],
  [
    'a size below 512 means 512',
    async (dns) => {
      const { answers, truncated } = await edns(dns, { size: 0 })
      assert.deepEqual([answers.length, truncated], [1, false])
    },
  ],
  [
    'a size of 65,535 is no wish for more than there is',
    async (dns) => {
      assert.equal((await edns(dns, { size: 65_535 })).answers.length, 1)
    },
  ],
  [
    'two OPT records are a format error',
    refusedOrDropped((id) => {
      const opt = optRecord({ size: 1232 })
      return Buffer.concat([head(id, 0, 1, 0, 0, 2), question, opt, opt])
    }),
  ],
  [
    'an option longer than its record is a format error',
    refusedOrDropped((id) => {
      const options = words(10, 200)
      return Buffer.concat([head(id, 0, 1, 0, 0, 1), question, optRecord({ size: 1232, options })])
    }),
  ],
])
