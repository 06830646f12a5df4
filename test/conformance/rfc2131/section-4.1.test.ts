// Why this file exists: RFC 2131 §4.1: where a reply goes, when its client cannot be reached like others.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  bytesOf,
  decoded,
  ip,
  knownMac,
  newSite,
  onProv,
  replyOf,
  server,
  type as t,
} from '../../pxe/dhcp-lab.ts'
import { decodeDhcp } from '#pxe'

const address = ip('10.77.0.11')

for (const [sentence, sent, expected] of [
  [
    'RFC 2131 §4.1: a client without an address is reached by its card',
    { type: t.discover },
    { kind: 'link-layer', mac: knownMac, address, port: 68 },
  ],
  [
    'RFC 2131 §4.1: the broadcast bit is obeyed',
    { type: t.discover, broadcast: true },
    { kind: 'broadcast', port: 68 },
  ],
  [
    'RFC 2131 §4.1: a client with an address is reached there, whatever the broadcast bit',
    { type: t.request, ciaddr: '10.77.0.11', broadcast: true },
    { kind: 'unicast', address, port: 68 },
  ],
  [
    'RFC 2131 §4.1: a NAK is broadcast',
    { type: t.request, ciaddr: '10.77.0.99' },
    { kind: 'broadcast', port: 68 },
  ],
  [
    'RFC 2131 §4.1: what a relay sent goes back to the relay, on the server port',
    { type: t.discover, mac: '52:54:00:78:00:11', giaddr: '10.78.0.1' },
    { kind: 'relay', address: ip('10.78.0.1'), port: 67 },
  ],
] as const) {
  test(sentence, () => {
    assert.deepEqual(newSite().ask(sent).send?.destination, expected)
  })
}

test('RFC 2131 §4.1: a NAK by a relay carries the broadcast bit', () => {
  const sent = {
    type: t.request,
    mac: '52:54:00:78:00:11',
    giaddr: '10.78.0.1',
    wanted: '10.9.9.9',
  }
  const nak = replyOf(newSite().ask(sent))
  assert.equal(nak?.type, t.nak)
  assert.equal(nak.broadcast, true)
})

test('RFC 2131 §4.1: options must end with the end option', () => {
  const bytes = bytesOf({ type: t.discover })
  const end = bytes.indexOf(255, 240)
  assert.equal(decodeDhcp(bytes.with(end, 0)).ok, false)
})

test('RFC 2131 table 3: xid, flags, giaddr and chaddr are those of the question, secs is 0', () => {
  const relayed = { xid: 0xdead_beef, giaddr: '10.78.0.1', mac: '52:54:00:78:00:11' }
  const question = decoded(bytesOf({ type: t.discover, ...relayed, broadcast: true }))
  const reply = replyOf(newSite().ask(question))
  assert.ok(reply)
  assert.equal(reply.op, 'reply')
  assert.equal(reply.xid, 0xdead_beef)
  assert.equal(reply.secs, 0)
  assert.equal(reply.broadcast, true)
  assert.equal(reply.giaddr, ip('10.78.0.1'))
  assert.deepEqual(reply.hardware, question.hardware)
})

test('RFC 2131 §2: every reply has at least the 300 bytes of BOOTP', () => {
  const site = newSite()
  const { send } = site.ask({ type: t.request, ciaddr: '10.77.0.99' })
  assert.ok(send)
  assert.equal(bytesOf({ type: t.nak }).length, 300)
})

test('RFC 2131 §4.1: the server identifier is the address on which the question came in', () => {
  const outcome = newSite().ask({ type: t.discover }, onProv)
  const option = outcome.send?.reply.options.find(({ code }) => code === 54)
  assert.deepEqual(option?.bytes, Uint8Array.of(10, 77, 0, 1))
  assert.equal(server, ip('10.77.0.1'))
})
