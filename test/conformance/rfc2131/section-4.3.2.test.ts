// Why this file exists: RFC 2131 §4.3.2: REQUEST in its four states, each with its own yes, no and silence.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  ip,
  later,
  newSite,
  onProv,
  replyOf,
  type Sent,
  type Site,
  strangeMac,
  type as t,
} from '../../pxe/dhcp-lab.ts'

const ours = '10.77.0.1'
const request: Sent = { type: t.request }
const stranger: Sent = { ...request, mac: strangeMac }

/** A stranger with a lease on the address it wanted. */
function leased(site: Site, wanted = '10.77.0.205'): Site {
  site.ask({ type: t.discover, mac: strangeMac, wanted })
  site.ask({ ...stranger, server: ours, wanted })
  return site
}

function answerTo(site: Site, sent: Sent, arrival = onProv): string {
  const reply = replyOf(site.ask(sent, arrival))
  if (!reply) return 'silence'
  return reply.type === t.ack ? 'ACK' : reply.type === t.nak ? 'NAK' : 'OFFER'
}

for (const [sentence, site, sent, expected] of [
  [
    'selecting: the offered address is acknowledged',
    newSite(),
    { ...request, server: ours, wanted: '10.77.0.11' },
    'ACK',
  ],
  [
    'selecting: another address than the offered one is refused',
    newSite(),
    { ...request, server: ours, wanted: '10.77.0.99' },
    'NAK',
  ],
  [
    'selecting: another server was chosen, so we are silent',
    newSite(),
    { ...request, server: '10.77.0.77', wanted: '10.77.0.11' },
    'silence',
  ],
  [
    'selecting: a request without an address is met with silence',
    newSite(),
    { ...request, server: ours },
    'silence',
  ],
  [
    'init-reboot: the right address is acknowledged',
    newSite(),
    { ...request, wanted: '10.77.0.11' },
    'ACK',
  ],
  [
    'init-reboot: a wrong address is refused',
    newSite(),
    { ...request, wanted: '10.77.0.12' },
    'NAK',
  ],
  [
    'init-reboot: an address of another network is refused, known or not',
    newSite(),
    { ...stranger, wanted: '192.168.7.7' },
    'NAK',
  ],
  [
    'init-reboot: of a client without a record we say nothing',
    newSite(),
    { ...stranger, wanted: '10.77.0.205' },
    'silence',
  ],
  [
    'init-reboot: an address that belongs to another is refused',
    newSite(),
    { ...stranger, wanted: '10.77.0.12' },
    'NAK',
  ],
  [
    'init-reboot: a recorded lease is acknowledged',
    leased(newSite()),
    { ...stranger, wanted: '10.77.0.205' },
    'ACK',
  ],
  [
    'init-reboot: with a lease on another address, the wanted one is refused',
    leased(newSite()),
    { ...stranger, wanted: '10.77.0.206' },
    'NAK',
  ],
  [
    'renewing: the right address is extended',
    newSite(),
    { ...request, ciaddr: '10.77.0.11' },
    'ACK',
  ],
  ['renewing: a wrong address is refused', newSite(), { ...request, ciaddr: '10.77.0.99' }, 'NAK'],
  [
    'renewing: a lease is extended',
    leased(newSite()),
    { ...stranger, ciaddr: '10.77.0.205' },
    'ACK',
  ],
  [
    'rebinding: a pool address that nobody has is recorded again',
    newSite(),
    { ...stranger, ciaddr: '10.77.0.203' },
    'ACK',
  ],
  [
    'rebinding: an address that somebody else holds is refused',
    leased(newSite()),
    { ...request, mac: '52:54:00:cc:00:32', ciaddr: '10.77.0.205' },
    'NAK',
  ],
  ['a request without any address is met with silence', newSite(), request, 'silence'],
] as const) {
  test(`RFC 2131 §4.3.2: ${sentence}`, () => {
    assert.equal(answerTo(site, sent), expected)
  })
}

test('RFC 2131 §4.3.2: an ACK is recorded as a lease, with the time that was promised', () => {
  const site = leased(newSite())
  const lease = site.book.holder(ip('10.77.0.205'), site.now)
  assert.equal(lease?.state, 'bound')
  assert.equal(lease.mac, strangeMac)
  assert.equal(lease.seconds, 600)
})

test('RFC 2131 §4.3.2: renewing begins the lease anew', () => {
  const site = leased(newSite())
  site.now = later(site.now, 500)
  site.ask({ ...stranger, ciaddr: '10.77.0.205' })
  site.now = later(site.now, 500)
  assert.ok(site.book.holder(ip('10.77.0.205'), site.now))
  site.now = later(site.now, 101)
  assert.equal(site.book.holder(ip('10.77.0.205'), site.now), undefined)
})

test('RFC 2131 §4.3.2: an offer is withdrawn when its client takes that of another server', () => {
  const site = newSite()
  site.ask({ type: t.discover, mac: strangeMac })
  assert.equal(site.book.offers, 1)
  site.ask({ ...stranger, server: '10.77.0.77', wanted: '10.77.0.205' })
  assert.equal(site.book.offers, 0)
})

test('RFC 2131 §4.3.2: an ACK carries the client its own ciaddr back, and a NAK no address', () => {
  const ack = replyOf(newSite().ask({ ...request, ciaddr: '10.77.0.11' }))
  assert.equal(ack?.ciaddr, ip('10.77.0.11'))
  assert.equal(ack.yiaddr, ip('10.77.0.11'))
  const nak = replyOf(newSite().ask({ ...request, ciaddr: '10.77.0.99' }))
  assert.equal(nak?.yiaddr, 0)
  assert.equal(nak.ciaddr, 0)
  assert.equal(nak.siaddr, 0)
})

test('a lease that was got by a relay is renewed past it, by a router', () => {
  const sent = { ...request, mac: '52:54:00:78:00:11', ciaddr: '10.78.0.11' }
  const routed = { ...onProv, source: ip('10.78.0.11') }
  assert.equal(answerTo(newSite(), sent, routed), 'ACK')
})

test('HOSTILE 7: a unicast request that fits no network is dropped with a reason', () => {
  const site = newSite([])
  const routed = { ...onProv, source: ip('172.16.3.4') }
  const outcome = site.ask({ ...request, ciaddr: '172.16.3.4' }, routed)
  assert.equal(outcome.send, undefined)
  assert.equal(outcome.why.rule, 'noNetwork')
})
