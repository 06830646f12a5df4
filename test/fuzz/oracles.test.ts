// Why this file exists: a judge that finds nothing wrong is worth nothing: each of these answers was right before something in
// it was changed, and each must be found.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { answerDns } from '#dns'
import { query } from '../conformance/harness/dns-packet.ts'
import { view } from '../dns/zone-sample.ts'
import { bytesOf, messageOf, newSite, otherMac, server, type } from '../pxe/dhcp-lab.ts'
import { encodeDhcp, replyBuffer } from '#pxe'
import { judgeDhcp } from './dhcp/oracle.ts'
import { judgeDns } from './dns/oracle.ts'
import { judgeHttp } from './http/oracle.ts'
import { secret } from './served-files.ts'
import { judgeTftp } from './tftp/oracle.ts'

type Spoil = (bytes: Uint8Array) => Uint8Array

const changed =
  (at: number, value: number): Spoil =>
  (bytes) =>
    bytes.with(at, value)

const asked = { type: type.discover, mac: otherMac } as const
const ownAddresses = new Set(['10.77.0.1'])

function offer() {
  const outcome = newSite().ask(messageOf(asked))
  assert.ok(outcome.send)
  const buffer = replyBuffer()
  const bytes = buffer.slice(0, encodeDhcp(outcome.send.reply, buffer))
  return { bytes, destination: outcome.send.destination }
}

const dhcpFaults: readonly (readonly [what: string, spoil: Spoil])[] = [
  ['another transaction', changed(7, 0)],
  ['another card', changed(33, 0x99)],
  ['another relay', changed(27, 1)],
  ['a request in place of a reply', changed(0, 1)],
  ['a type that no server says', changed(242, 4)],
  ['another server', (bytes) => spoiltOption(bytes, 54)],
  ['no lease time', (bytes) => spoiltOption(bytes, 51)],
  ['more than the client takes', (bytes) => Buffer.concat([bytes, new Uint8Array(400)])],
  ['no end', (bytes) => bytes.map((byte) => (byte === 255 ? 0 : byte))],
  [
    'our own address',
    (bytes) => Buffer.concat([bytes.slice(0, 16), Buffer.of(10, 77, 0, 1), bytes.slice(20)]),
  ],
]

function spoiltOption(bytes: Uint8Array, code: number): Uint8Array {
  for (let at = 240; at < bytes.length; at += 2 + (bytes[at + 1] ?? 0))
    if (bytes[at] === code) return bytes.with(at, 200)
  throw new Error(`no option ${code}`)
}

test('an offer of ours is right', () => {
  judgeDhcp(bytesOf(asked), { ...offer(), ownAddresses })
  assert.equal(server, 0x0a4d_0001)
})

for (const [what, spoil] of dhcpFaults)
  test(`DHCP's judge finds ${what}`, () => {
    const { bytes, destination } = offer()
    const wrong = { bytes: spoil(bytes), destination, ownAddresses }
    assert.throws(() => judgeDhcp(bytesOf(asked), wrong))
  })

test("DHCP's judge finds an answer to a reply", () => {
  const reply = bytesOf({ ...asked, op: 'reply' })
  assert.throws(() => judgeDhcp(reply, { ...offer(), ownAddresses }))
})

const question = query('n11.cluster.test', { id: 7 })

function dnsAnswer(): Uint8Array {
  const answer = answerDns(question, view, { transport: 'udp', forwards: false })
  assert.ok(answer.kind === 'reply')
  return answer.bytes
}

const dnsFaults: readonly (readonly [what: string, spoil: Spoil])[] = [
  ['another id', changed(1, 8)],
  ['a question in place of an answer', changed(2, 0)],
  ['another name', changed(13, 0x58)],
  ['a count that is too high', changed(7, 9)],
  ['octets behind the end', (bytes) => Buffer.concat([bytes, Buffer.of(0)])],
]

test('an answer of DNS is right', () => judgeDns(question, dnsAnswer(), 'udp'))

for (const [what, spoil] of dnsFaults)
  test(`DNS's judge finds ${what}`, () => {
    assert.throws(() => judgeDns(question, spoil(dnsAnswer()), 'udp'))
  })

test("DNS's judge finds an answer to an answer", () => {
  const answer = dnsAnswer()
  assert.throws(() => judgeDns(answer, answer, 'udp'))
})

const askers = new Set(['10.0.0.2:2000'])
const packet = (bytes: Buffer, toPort = 2_000) => ({
  bytes,
  fromPort: 40_000,
  to: '10.0.0.2',
  toPort,
})

for (const [what, sent] of [
  ['a block of no file', packet(Buffer.from('\0\x03\0\x01something else', 'latin1'))],
  ['a secret', packet(Buffer.from(`\0\x05\0\x01${secret}\0`, 'latin1'))],
  ['an error that breaks the line', packet(Buffer.from('\0\x05\0\x01a\nb\0', 'latin1'))],
  ['a request', packet(Buffer.from('\0\x01a\0octet\0', 'latin1'))],
  ['an answer to nobody', packet(Buffer.from('\0\x05\0\x01gone\0', 'latin1'), 9)],
] as const)
  test(`TFTP's judge finds ${what}`, () => {
    assert.throws(() => judgeTftp(sent, askers))
  })

const head = 'HTTP/1.1 200 OK\r\nDate: now\r\n'

for (const [what, written] of [
  ['no length', `${head}\r\n`],
  ['a status of ours that is none', 'HTTP/1.1 500 x\r\nDate: now\r\nContent-Length: 0\r\n\r\n'],
  ['bytes of no file', `${head}Content-Length: 4\r\n\r\nqqqq`],
  ['a secret', `${head}Content-Length: ${secret.length}\r\n\r\n${secret}`],
  ['a head within a body', `${head}Content-Length: 2\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nab`],
  ['a script with another line', `${head}Content-Length: 9\r\n\r\n#!ipxe\r\nx`],
] as const)
  test(`HTTP's judge finds ${what}`, () => {
    assert.throws(() => judgeHttp(Buffer.from(written, 'latin1')))
  })
