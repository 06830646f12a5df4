// Why this file exists: RFC 1034, 1035, 2308, 4343, 8020 and 8482: what a server says of its own names, of names that are
// missing, and of others', octet by octet.
import assert from 'node:assert/strict'
import { section } from '../harness/case.ts'
import type { DnsClient } from '../harness/dns-client.ts'
import {
  type DnsMessage,
  type DnsRecord,
  type Question,
  readDnsMessage,
  types,
  query,
} from '../harness/dns-packet.ts'
import { domain, hosts, server } from '../harness/world.ts'

const ok = 0
const nxDomain = 3
const notImp = 4
const refused = 5
const n001 = `n001.${domain}`
const reverse = '0.91.10.in-addr.arpa'

const texts = (records: readonly DnsRecord[]): readonly string[] =>
  records.map(({ text }) => text.toLowerCase())

const answers =
  (name: string, type: keyof typeof types, ...wanted: readonly string[]) =>
  async (dns: DnsClient): Promise<void> => {
    const reply = await dns.ask(name, { type })
    assert.deepEqual([reply.code, texts(reply.answers)], [ok, wanted])
    assert.ok(reply.authoritative, 'AA')
  }

function soaIn({ authority }: DnsMessage, zone: string): DnsRecord {
  const [soa, ...more] = authority
  assert.ok(soa && more.length === 0, 'one record in the authority section')
  assert.deepEqual([soa.type, soa.name.toLowerCase()], [types.SOA, zone])
  return soa
}

const negative =
  (code: number, name: string, zone: string, question: Question = {}) =>
  async (dns: DnsClient): Promise<void> => {
    const reply = await dns.ask(name, question)
    assert.deepEqual([reply.code, reply.answers.length, reply.authoritative], [code, 0, true])
    soaIn(reply, zone)
  }

const others =
  (name: string, question: Question = {}) =>
  async (dns: DnsClient): Promise<void> => {
    const reply = await dns.ask(name, question)
    assert.deepEqual([reply.code, reply.answers.length, reply.authoritative], [refused, 0, false])
  }

export const ownNames = section('dns', 'RFC 1034 §4.3.2', [
  ['a name has its address', answers(n001, 'A', hosts.n001.address)],
  [
    'an alias leads to the address',
    async (dns) => {
      const { answers: records } = await dns.ask(`www.${domain}`)
      assert.equal(texts(records).at(-1), hosts.n001.address)
    },
  ],
  ['a name of several labels has its address', answers(`deep.inside.${domain}`, 'A', '10.91.0.21')],
  ['a machine behind a relay has its address', answers(`far1.${domain}`, 'A', hosts.far1.address)],
  ['the zone names its server', answers(domain, 'NS', `ns.${domain}`)],
  ['the zone’s server has the server’s address', answers(`ns.${domain}`, 'A', server)],
  [
    'the zone has one SOA',
    async (dns) => {
      const { answers: records, authoritative } = await dns.ask(domain, { type: 'SOA' })
      assert.equal(records.length, 1)
      assert.ok(authoritative && records[0]?.text.toLowerCase().startsWith(`ns.${domain} `))
    },
  ],
  ['names of others are refused', others('www.example.org')],
  ['a name that only ends like ours is refused', others(`evil${domain}`)],
  ['the name above ours is refused', others('test')],
  ['the root is refused', others('', { type: 'NS' })],
  ['addresses of others are refused', others('1.2.0.192.in-addr.arpa', { type: 'PTR' })],
  [
    'another class is not ours',
    async (dns) => {
      const { code, answers: records } = await dns.ask(n001, { class: 3 })
      assert.ok([notImp, refused].includes(code), String(code))
      assert.equal(records.length, 0)
    },
  ],
])

export const reverseNames = section('dns', 'RFC 1035 §3.5', [
  ['an address has its name', answers(`11.${reverse}`, 'PTR', n001)],
  [
    'an address behind a relay has its name',
    answers('11.0.92.10.in-addr.arpa', 'PTR', `far1.${domain}`),
  ],
  [
    'an address without a name is missing',
    negative(nxDomain, `77.${reverse}`, reverse, { type: 'PTR' }),
  ],
  ['an address has no address', negative(ok, `11.${reverse}`, reverse)],
  [
    'the reverse zone has an SOA',
    async (dns) => {
      const { answers: records } = await dns.ask(reverse, { type: 'SOA' })
      assert.equal(records[0]?.type, types.SOA)
    },
  ],
])

export const negatives = section('dns', 'RFC 2308 §2', [
  ['a missing name is NXDOMAIN, with the zone’s SOA', negative(nxDomain, `n777.${domain}`, domain)],
  ['a name below a machine is NXDOMAIN', negative(nxDomain, `x.${n001}`, domain)],
  [
    'a missing name of another type is NXDOMAIN',
    negative(nxDomain, `n777.${domain}`, domain, { type: 'TXT' }),
  ],
  [
    'a name without that type is NODATA, with the zone’s SOA',
    negative(ok, n001, domain, { type: 'AAAA' }),
  ],
  ['the zone itself has no address', negative(ok, domain, domain)],
  ['a type that nobody knows is NODATA', negative(ok, n001, domain, { type: 65_280 })],
  ['MX is NODATA', negative(ok, n001, domain, { type: 'MX' })],
  ['a name of odd octets is NXDOMAIN', negative(nxDomain, `a\0\xff\\b.${domain}`, domain)],
  ['a service’s name is NXDOMAIN', negative(nxDomain, `_ldap._tcp.${domain}`, domain)],
])

export const wildcards = section('dns', 'RFC 4592 §2.1.3', [
  [
    'where there is no asterisk, an asterisk is as missing as any name',
    negative(nxDomain, `*.${domain}`, domain),
  ],
  [
    'nothing is made up below a name that exists',
    async (dns) => {
      for (const name of [`a.${n001}`, `a.b.${n001}`, `*.${n001}`, `a.inside.${domain}`])
        await negative(nxDomain, name, domain)(dns)
    },
  ],
  [
    'nothing is made up backward either',
    negative(nxDomain, `*.${reverse}`, reverse, { type: 'PTR' }),
  ],
])

export const negativeTimes = section('dns', 'RFC 2308 §3', [
  [
    'what is missing is remembered no longer than SOA’s minimum says',
    async (dns) => {
      for (const [name, type] of [
        [`n777.${domain}`, 'A'],
        [n001, 'AAAA'],
      ] as const) {
        const { ttl, data } = soaIn(await dns.ask(name, { type }), domain)
        const minimum = Buffer.from(data.subarray(-4)).readUInt32BE(0)
        assert.ok(ttl <= minimum, `${ttl} > ${minimum}`)
      }
    },
  ],
])

export const nonTerminals = section('dns', 'RFC 8020 §2', [
  ['a name that only others stand below is NODATA', negative(ok, `inside.${domain}`, domain)],
  ['so it is for any type', negative(ok, `inside.${domain}`, domain, { type: 'TXT' })],
  ['a neighbour of it is NXDOMAIN', negative(nxDomain, `outside.${domain}`, domain)],
])

export const letterCase = section('dns', 'RFC 4343 §4.1', [
  ['a name is found in any case', answers('N001.CLUSTER.Test', 'A', hosts.n001.address)],
  ['an address’s name is found in any case', answers('11.0.91.10.IN-ADDR.ARPA', 'PTR', n001)],
  [
    'the question comes back as it was written',
    async (dns) => {
      const { questions } = await dns.ask('n001.ClUsTeR.TeSt')
      assert.equal(questions[0]?.name, 'n001.ClUsTeR.TeSt')
    },
  ],
  [
    'the question of a missing name comes back as it was written',
    async (dns) => {
      const { questions } = await dns.ask('n777.ClUsTeR.TeSt')
      assert.equal(questions[0]?.name, 'n777.ClUsTeR.TeSt')
    },
  ],
])

export const wholeLists = section('dns', 'RFC 8482 §4', [
  [
    'ANY has an answer, and a small one',
    async (dns) => {
      const { code, answers: records, length } = await dns.ask(n001, { type: 'ANY' })
      assert.equal(code, ok)
      assert.ok(records.length > 0 && length <= 512)
    },
  ],
])

const header = (says: string, check: (reply: DnsMessage) => void) =>
  [
    says,
    async (dns: DnsClient) => {
      for (const name of [n001, `n777.${domain}`]) check(await dns.ask(name))
    },
  ] as const

export const headers = section('dns', 'RFC 1035 §4.1.1', [
  header('QR says that it is an answer', ({ isResponse }) => assert.ok(isResponse)),
  header('the operation is the question’s', ({ opcode }) => assert.equal(opcode, 0)),
  header('Z is zero', ({ zero }) => assert.equal(zero, 0)),
  header('recursion that is not there is not promised', ({ recursionAvailable }) =>
    assert.ok(!recursionAvailable),
  ),
  header('the question comes back', ({ questions }) =>
    assert.deepEqual([questions.length, questions[0]?.type, questions[0]?.class], [1, 1, 1]),
  ),
  header('nothing small is truncated', ({ truncated }) => assert.ok(!truncated)),
  [
    'RD is copied, set or not',
    async (dns) => {
      for (const flags of [0x0100, 0])
        assert.equal((await dns.ask(n001, { flags })).recursionDesired, flags !== 0)
    },
  ],
  [
    'any id comes back',
    async (dns) => {
      for (const id of [0, 0xffff, 0x8001]) {
        const bytes = await dns.askBytes(query(n001, { id }))
        assert.equal(readDnsMessage(bytes).id, id)
      }
    },
  ],
  [
    'an address lives between a second and a week',
    async (dns) => {
      const [record] = (await dns.ask(n001)).answers
      assert.ok(record && record.ttl >= 1 && record.ttl <= 604_800, String(record?.ttl))
    },
  ],
])
