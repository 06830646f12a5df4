// Why this file exists: what is private here must not be told to those who are asked about other names.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type AnswerOptions, openForwarder } from '#dns'
import { answerTo, overUdp, query, replyTo, type Wanted } from './message.ts'

const toSite: AnswerOptions = { ...overUdp, forwards: true }
const toWorld: AnswerOptions = { ...toSite, asksPublic: true }
const ptr: Wanted = { type: 'PTR' }
const forwarded = (name: string, options = toWorld, wanted: Wanted = ptr): boolean =>
  answerTo(query(name, wanted), options).kind === 'forward'

for (const name of ['localhost', 'a.localhost', 'x.invalid', 'INVALID', 'example.onion']) {
  test(`RFC 6761, RFC 7686: ${name} is asked of nobody`, () => {
    for (const options of [toSite, toWorld]) {
      assert.equal(forwarded(name, options, {}), false)
      assert.equal(replyTo(query(name), options).code, 5)
    }
  })
}

for (const name of [
  '9.9.2.10.in-addr.arpa',
  'x.9.9.2.10.in-addr.arpa',
  '10.in-addr.arpa',
  '1.16.172.in-addr.arpa',
  '31.172.in-addr.arpa',
  '1.1.168.192.in-addr.arpa',
  '3.2.254.169.in-addr.arpa',
  '1.0.0.127.in-addr.arpa',
  '7.64.100.in-addr.arpa',
]) {
  test(`RFC 6303 §4: ${name} is not asked of the world, but of the site`, () => {
    assert.equal(forwarded(name), false)
    assert.equal(replyTo(query(name, ptr), toWorld).code, 5)
    assert.equal(forwarded(name, toSite), true)
  })
}

for (const name of [
  '8.8.8.8.in-addr.arpa',
  '1.32.172.in-addr.arpa',
  '1.128.100.in-addr.arpa',
  'in-addr.arpa',
  '300.10.in-addr.arpa',
  'localhost.example.org',
  'onion.org',
]) {
  test(`${name} is the world’s`, () => assert.equal(forwarded(name), true))
}

for (const [hosts, isPublic] of [
  [['10.0.0.53', 'fd00::53', 'fe80::1', '::1', '192.168.1.1'], false],
  [['10.0.0.53', '9.9.9.9'], true],
  [['2620:fe::fe'], true],
] as const) {
  test(`${hosts.join(' and ')}: ${isPublic ? 'out in the world' : 'of the site'}`, () => {
    const servers = hosts.map((host) => ({ host, port: 53 }))
    assert.equal(openForwarder(servers, () => 1).isPublic, isPublic)
  })
}

test('HOSTILE 15: who may have a forged address asks others’ names over TCP, and our own as ever', () => {
  const stranger = { ...toWorld, isUnproven: true }
  const other = replyTo(query('www.example.org'), stranger)
  assert.deepEqual([other.code, other.truncated, other.answers], [0, true, []])
  const own = replyTo(query('n11.cluster.test'), stranger)
  assert.deepEqual([own.truncated, own.answers.length], [false, 1])
})
