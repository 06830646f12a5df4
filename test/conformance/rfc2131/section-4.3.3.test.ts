// Why this file exists: RFC 2131 §4.3.3 to §4.3.5: what is given back counts only from its holder, and INFORM gets
// settings but never a lease.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { optionOf } from '../../../src/pxe/dhcp/options.ts'
import {
  ip,
  knownMac,
  later,
  newSite,
  replyOf,
  type Sent,
  type Site,
  strangeMac,
  type as t,
} from '../../pxe/dhcp-lab.ts'

const ours = '10.77.0.1'
const wanted = '10.77.0.205'
const id = { 61: Uint8Array.of(1, 2, 3) }

function leased(): Site {
  const site = newSite()
  site.ask({ type: t.request, mac: strangeMac, server: ours, wanted, options: id })
  return site
}

function holder(site: Site): string | undefined {
  return site.book.holder(ip(wanted), site.now)?.state
}

const release: Sent = {
  type: t.release,
  mac: strangeMac,
  ciaddr: wanted,
  server: ours,
  options: id,
}
const decline: Sent = { type: t.decline, mac: strangeMac, wanted, server: ours, options: id }

test('RFC 2131 §4.3.4: a released address is free at once, and nothing is answered', () => {
  const site = leased()
  const outcome = site.ask(release)
  assert.equal(outcome.send, undefined)
  assert.equal(holder(site), undefined)
})

test('RFC 2131 §4.3.3: a declined address is not given out for a while, and an alarm says so', () => {
  const site = leased()
  const outcome = site.ask(decline)
  assert.equal(outcome.send, undefined)
  assert.equal(outcome.alarm, 'CPC-DHCP-004')
  assert.equal(holder(site), 'quarantined')
  const next = site.ask({ type: t.discover, mac: strangeMac, wanted })
  assert.ok(next.send && next.send.reply.yiaddr !== ip(wanted))
  site.now = later(site.now, 3601)
  assert.equal(holder(site), undefined)
})

for (const [sentence, sent] of [
  ['of another card', { mac: '52:54:00:cc:00:99' }],
  ['with another client id', { options: { 61: Uint8Array.of(9) } }],
  ['without the client id', { options: {} }],
  ['meant for another server', { server: '10.77.0.77' }],
] as const) {
  test(`HOSTILE 11: a RELEASE or DECLINE ${sentence} changes nothing`, () => {
    const site = leased()
    for (const forged of [
      { ...release, ...sent },
      { ...decline, ...sent },
    ]) {
      const outcome = site.ask(forged)
      assert.deepEqual(outcome.changes, [])
      assert.equal(holder(site), 'bound')
    }
  })
}

test('HOSTILE 11: forged releases raise an alarm', () => {
  const outcome = leased().ask({ ...release, mac: '52:54:00:cc:00:99' })
  assert.equal(outcome.alarm, 'CPC-DHCP-005')
})

test('HOSTILE 11: one client cannot have the whole pool set aside', () => {
  const site = newSite()
  site.settings = { ...site.settings, limits: { ...site.settings.limits, quarantinedMax: 3 } }
  for (let round = 0; round < 10; round += 1) {
    const offer = site.ask({ type: t.discover, mac: strangeMac })
    const address = offer.send?.reply.yiaddr
    if (address === undefined) break
    site.ask({ ...decline, wanted: `10.77.0.${address & 255}`, options: {} })
  }
  assert.equal(site.book.quarantined, 3)
  assert.ok(site.ask({ type: t.discover, mac: '52:54:00:cc:00:77' }).send)
})

test('HOSTILE 11: one card is believed about four addresses, then others are still believed', () => {
  const site = newSite()
  const declineOne = (mac: string): string => {
    const address = site.ask({ type: t.discover, mac }).send?.reply.yiaddr ?? 0
    return site.ask({ ...decline, mac, wanted: `10.77.0.${address & 255}`, options: {} }).why.rule
  }
  const rules = Array.from({ length: 6 }, () => declineOne(strangeMac))
  assert.deepEqual(rules.slice(0, 5), [...Array<string>(4).fill('declined'), 'declinesTooOften'])
  assert.equal(site.book.quarantined, 4)
  assert.equal(declineOne('52:54:00:cc:00:78'), 'declined')
})

test('RFC 2131 §4.3.3: a described address that is declined is reported, and stays the machine’s', () => {
  const site = newSite()
  const mine = { mac: knownMac, server: ours, wanted: '10.77.0.11' }
  site.ask({ type: t.request, ...mine })
  assert.equal(site.ask({ type: t.decline, ...mine }).alarm, 'CPC-DHCP-004')
  assert.equal(site.ask({ type: t.discover }).send?.reply.yiaddr, ip('10.77.0.11'))
})

test('RFC 2131 §4.3.5: INFORM is told settings, sent to its own address, without a lease', () => {
  const outcome = newSite().ask({ type: t.inform, ciaddr: '10.77.0.50' })
  const ack = replyOf(outcome)
  assert.ok(ack)
  assert.equal(ack.type, t.ack)
  assert.equal(ack.yiaddr, 0)
  assert.equal(optionOf(ack.options, 51), undefined)
  assert.notEqual(optionOf(ack.options, 6), undefined)
  assert.deepEqual(outcome.send?.destination, {
    kind: 'unicast',
    address: ip('10.77.0.50'),
    port: 68,
  })
  assert.deepEqual(outcome.changes, [])
})

test('RFC 2131 §4.3.5: INFORM from nowhere is met with silence', () => {
  assert.equal(newSite().ask({ type: t.inform }).send, undefined)
})
