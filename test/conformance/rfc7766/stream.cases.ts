// Why this file exists: RFC 7766 and RFC 5936: DNS over TCP, whose messages come in any pieces, and whole zones, which are
// not for strangers.
import assert from 'node:assert/strict'
import { section } from '../harness/case.ts'
import { framed, type DnsClient } from '../harness/dns-client.ts'
import { type DnsMessage, query, type Question, readDnsMessage } from '../harness/dns-packet.ts'
import { domain, hosts } from '../harness/world.ts'

const n001 = `n001.${domain}`
const refused = 5
/** RFC 8945 §5.2: nor would a key be known. */
const notAuth = 9

async function streamed(
  dns: DnsClient,
  name: string,
  question: Question = {},
): Promise<DnsMessage> {
  const [answer] = await dns.stream([framed(query(name, question))], 1)
  return readDnsMessage(answer ?? new Uint8Array(0))
}

export const streams = section('dns', 'RFC 7766 §5', [
  [
    'a question over TCP has the answer of UDP',
    async (dns) => {
      const { id: _one, ...tcp } = await streamed(dns, n001)
      const { id: _other, ...udp } = await dns.ask(n001)
      assert.deepEqual(tcp, udp)
    },
  ],
  [
    'a missing name over TCP has the answer of UDP',
    async (dns) => {
      const reply = await streamed(dns, `n777.${domain}`)
      assert.deepEqual([reply.code, reply.authority.length], [3, 1])
    },
  ],
  [
    'over TCP nothing is truncated',
    async (dns) => {
      assert.ok(!(await streamed(dns, n001, { edns: { size: 512 } })).truncated)
    },
  ],
  [
    'EDNS is heard over TCP',
    async (dns) => {
      assert.equal((await streamed(dns, n001, { edns: { size: 1232 } })).edns?.version, 0)
    },
  ],
])

export const framing = section('dns', 'RFC 7766 §8', [
  [
    'length and message may come octet by octet',
    async (dns) => {
      const octets = Array.from(framed(query(n001)), (octet) => Uint8Array.of(octet))
      const [answer] = await dns.stream(octets, 1)
      assert.equal(readDnsMessage(answer ?? new Uint8Array(0)).answers[0]?.text, hosts.n001.address)
    },
  ],
  [
    'two questions in one segment have two answers',
    async (dns) => {
      const both = Buffer.concat([
        framed(query(n001, { id: 1 })),
        framed(query(domain, { id: 2, type: 'SOA' })),
      ])
      const answers = await dns.stream([both], 2)
      assert.deepEqual(new Set(answers.map((one) => readDnsMessage(one).id)), new Set([1, 2]))
    },
  ],
])

export const reuse = section('dns', 'RFC 7766 §6.2.1', [
  [
    'one connection carries many questions, one after the other',
    async (dns) => {
      const questions = Array.from({ length: 20 }, (_, id) => framed(query(n001, { id })))
      const answers = await dns.stream(questions, 20)
      assert.equal(new Set(answers.map((one) => readDnsMessage(one).id)).size, 20)
    },
  ],
  [
    'a question that is none closes at most its own connection',
    async (dns) => {
      await dns.stream([framed(new Uint8Array(5))], 1).catch(() => undefined)
      assert.equal((await streamed(dns, n001)).answers.length, 1)
    },
  ],
])

export const transfers = section('dns', 'RFC 5936 §2.2', [
  [
    'a zone is not given to strangers',
    async (dns) => {
      const { code, answers } = await streamed(dns, domain, { type: 'AXFR' })
      assert.ok([refused, notAuth].includes(code), String(code))
      assert.equal(answers.length, 0)
    },
  ],
  [
    'a zone is not given by UDP',
    async (dns) => {
      const { code, answers } = await dns.ask(domain, { type: 'AXFR' })
      assert.ok(code !== 0, String(code))
      assert.equal(answers.length, 0)
    },
  ],
])
