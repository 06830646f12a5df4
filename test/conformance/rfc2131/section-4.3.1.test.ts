// Why this file exists: RFC 2131 §4.3.1: what DISCOVER is offered, and which options an offer carries.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DhcpMessage } from '#pxe'
import { optionOf } from '../../../src/pxe/dhcp/options.ts'
import {
  diskMac,
  ip,
  knownMac,
  later,
  machine,
  messageOf,
  newSite,
  onVo,
  replyOf,
  type Site,
  siteEntries,
  snapshotOf,
  strangeMac,
  text,
  type as t,
  u32,
  vcnMac,
} from '../../pxe/dhcp-lab.ts'

function option(message: DhcpMessage | undefined, code: number): string | undefined {
  const bytes = message && optionOf(message.options, code)
  return bytes && Buffer.from(bytes).toString('hex')
}

const hexOf = (value: string): string => Buffer.from(value).toString('hex')

test('RFC 2131 §4.3.1: a described machine is offered its address', () => {
  const offer = replyOf(newSite().ask({ type: t.discover }))
  assert.equal(offer?.type, t.offer)
  assert.equal(offer.yiaddr, ip('10.77.0.11'))
  assert.equal(offer.ciaddr, 0)
})

test('RFC 2131 §4.3.1: an unknown machine is offered the same pool address again and again', () => {
  const site = newSite()
  const first = site.ask({ type: t.discover, mac: strangeMac })
  const again = site.ask({ type: t.discover, mac: strangeMac })
  assert.ok(first.send && first.send.reply.yiaddr >= ip('10.77.0.200'))
  assert.equal(again.send?.reply.yiaddr, first.send.reply.yiaddr)
  assert.equal(site.book.offers, 1)
})

test('RFC 2131 §4.3.1: a pool address that the client asks for is offered when nobody has it', () => {
  const site = newSite()
  const sent = { type: t.discover, mac: strangeMac, wanted: '10.77.0.205' }
  assert.equal(site.ask(sent).send?.reply.yiaddr, ip('10.77.0.205'))
  const other = site.ask({ ...sent, mac: '52:54:00:cc:00:32' })
  assert.notEqual(other.send?.reply.yiaddr, ip('10.77.0.205'))
})

test('RFC 2131 §4.3.1: an offer that nobody took is free again', () => {
  const site = newSite()
  const sent = { type: t.discover, mac: strangeMac, wanted: '10.77.0.205' }
  site.ask(sent)
  site.now = later(site.now, 21)
  const other = site.ask({ ...sent, mac: '52:54:00:cc:00:32' })
  assert.equal(other.send?.reply.yiaddr, ip('10.77.0.205'))
})

test('RFC 2131 §4.3.1: the lease time is what the client asks for, within what the network grants', () => {
  for (const [asked, granted] of [
    [undefined, 600],
    [300, 300],
    [86_400, 600],
    [1, 60],
  ] as const) {
    const options = asked === undefined ? {} : { 51: u32(asked) }
    const offer = replyOf(newSite().ask({ type: t.discover, options }))
    assert.equal(option(offer, 51), Buffer.from(u32(granted)).toString('hex'))
    assert.equal(option(offer, 58), Buffer.from(u32(granted / 2)).toString('hex'))
    assert.equal(option(offer, 59), Buffer.from(u32(Math.floor((granted * 7) / 8))).toString('hex'))
  }
})

test('RFC 2131 §4.3.1: what is asked for is answered, and nothing else but what is required', () => {
  const few = replyOf(newSite().ask({ type: t.discover, options: { 55: Uint8Array.of(3) } }))
  assert.equal(option(few, 3), '0a4d00fe')
  for (const code of [6, 12, 15, 28, 42, 119, 175]) assert.equal(option(few, code), undefined)
  for (const code of [1, 51, 53, 54]) assert.notEqual(option(few, code), undefined)
})

test('RFC 2131 §4.3.1: a client that names no wishes gets its name, its servers and its domain', () => {
  const offer = replyOf(newSite().ask({ type: t.discover }))
  assert.equal(option(offer, 1), 'ffffff00')
  assert.equal(option(offer, 6), '0a4d0001')
  assert.equal(option(offer, 12), hexOf('n001'))
  assert.equal(option(offer, 15), hexOf('cluster.test'))
  assert.equal(option(offer, 28), '0a4d00ff')
  assert.equal(option(offer, 42), '0a4d0001')
  assert.equal(option(offer, 26), undefined)
})

test('RFC 3397: a VCN looks names up in its cluster first; its MTU leaves room for VXLAN', () => {
  const offer = replyOf(newSite().ask({ type: t.discover, mac: vcnMac }, onVo))
  assert.equal(offer?.yiaddr, ip('10.128.0.5'))
  assert.equal(option(offer, 12), hexOf('compute3'))
  assert.equal(option(offer, 15), hexOf('hpl.physics.cluster.test'))
  assert.equal(option(offer, 26), '05aa')
  assert.equal(option(offer, 54), '0a800001')
  const search = '0368706c' + '0770687973696373' + '07636c7573746572' + '0474657374' + '00' + 'c00c'
  assert.equal(option(offer, 119), search)
})

test('a card of a VCN gets nothing of the provisioning network that a stranger would not get', () => {
  const offer = replyOf(newSite().ask({ type: t.discover, mac: vcnMac }))
  assert.ok(offer && offer.yiaddr >= ip('10.77.0.200'))
})

test('RFC 6842: the client id comes back', () => {
  const id = Uint8Array.of(1, 2, 3)
  const offer = replyOf(newSite().ask({ type: t.discover, options: { 61: id } }))
  assert.equal(option(offer, 61), '010203')
})

test('RFC 3046: option 82 comes back as it was, and last', () => {
  const relay = Uint8Array.of(1, 4, ...text('Eth1'), 9, 1, 7)
  const sent = { type: t.discover, mac: '52:54:00:78:00:11', giaddr: '10.78.0.1' }
  const outcome = newSite().ask({ ...sent, options: { 82: relay } })
  const offer = replyOf(outcome)
  assert.ok(offer)
  assert.deepEqual(optionOf(offer.options, 82), relay)
  assert.equal(offer.options.parts.at(-3), 82)
})

test('RFC 3527: a relay may name another network than its own', () => {
  const relay = Uint8Array.of(5, 4, 10, 77, 0, 0)
  const sent = { type: t.discover, giaddr: '10.78.0.1', options: { 82: relay } }
  const offer = replyOf(newSite().ask(sent))
  assert.equal(offer?.yiaddr, ip('10.77.0.11'))
})

test('RFC 4388: a lease query, and any type that we do not serve, is met with silence', () => {
  for (const type of [0, 9, 10, 13, 200]) {
    const { send, changes } = newSite().ask({ type })
    assert.equal(send, undefined)
    assert.deepEqual(changes, [])
  }
})

test('services.dhcp off is silence', () => {
  const site = newSite()
  site.settings = { ...site.settings, mode: 'off' }
  assert.equal(site.ask({ type: t.discover }).send, undefined)
})

test('an entry that changes is another answer to the very next packet', () => {
  const site = newSite()
  assert.equal(site.ask({ type: t.discover }).send?.reply.yiaddr, ip('10.77.0.11'))
  site.snapshot = newSite([]).snapshot
  assert.equal(site.ask({ type: t.discover }).send, undefined)
})

test('a machine on a network where it has no address is a guest there', () => {
  const sent = { type: t.discover, mac: knownMac, giaddr: '10.78.0.1' }
  const offer = replyOf(newSite().ask(sent))
  assert.ok(offer && offer.yiaddr >= ip('10.78.0.100') && offer.yiaddr <= ip('10.78.0.199'))
})

test('a message that names no Ethernet card is met with silence', () => {
  const message = messageOf({ type: t.discover, mac: diskMac })
  const { mac: _, ...nobody } = message
  assert.equal(newSite().ask(nobody).why.rule, 'noCard')
})

const [anna, bert] = ['52:54:00:cc:00:41', '52:54:00:cc:00:42']

function discover(site: Site, mac: string, wanted?: string) {
  return site.ask({ type: t.discover, mac, ...(wanted !== undefined && { wanted }) }).send?.reply
    .yiaddr
}

function take(site: Site, mac: string, wanted: string) {
  return site.ask({ type: t.request, mac, wanted, server: '10.77.0.1' }).send?.reply.type
}

function giveBack(site: Site, mac: string, ciaddr: string): void {
  const { why } = site.ask({ type: t.release, mac, ciaddr, server: '10.77.0.1' })
  assert.equal(why.rule, 'released')
}

/** Anna has had .205, which is nobody's since. */
function afterRelease(): Site {
  const site = newSite()
  assert.equal(discover(site, anna, '10.77.0.205'), ip('10.77.0.205'))
  assert.equal(take(site, anna, '10.77.0.205'), t.ack)
  giveBack(site, anna, '10.77.0.205')
  assert.equal(site.book.holder(ip('10.77.0.205'), site.now), undefined)
  return site
}

for (const [sentence, wanted] of [
  ['an address that was given back', undefined],
  ['and before the one that it asks for, an address that was given back', '10.77.0.207'],
] as const) {
  test(`RFC 2131 §4.3.1: ${sentence} is offered to its client again`, () => {
    assert.equal(discover(afterRelease(), anna, wanted), ip('10.77.0.205'))
  })
}

test('RFC 2131 §4.3.1: an address whose lease ran out is offered to its client again', () => {
  const site = newSite()
  assert.equal(take(site, anna, '10.77.0.205'), t.ack)
  site.now = later(site.now, 601)
  site.book.sweep(site.now)
  assert.equal(discover(site, anna), ip('10.77.0.205'))
})

test('RFC 2131 §4.3.1: what somebody had is the last to be offered to others', () => {
  const site = afterRelease()
  for (let last = 1; last <= 9; last += 1) {
    const offered = discover(site, `52:54:00:cc:01:0${last}`)
    assert.ok(offered !== undefined && offered !== ip('10.77.0.205'))
  }
  assert.equal(discover(site, bert), ip('10.77.0.205'))
})

test('RFC 2131 §4.3.1: what others asked for and took is theirs, and its last holder is offered another', () => {
  const site = afterRelease()
  assert.equal(discover(site, bert, '10.77.0.205'), ip('10.77.0.205'))
  assert.notEqual(discover(site, anna), ip('10.77.0.205'))
  assert.equal(take(site, bert, '10.77.0.205'), t.ack)
  assert.notEqual(discover(site, anna), ip('10.77.0.205'))
  giveBack(site, bert, '10.77.0.205')
  assert.equal(discover(site, bert), ip('10.77.0.205'))
})

test('RFC 2131 §4.3.2: a client that uses another address than it once gave back keeps it', () => {
  const site = afterRelease()
  const renewal = site.ask({ type: t.request, mac: anna, ciaddr: '10.77.0.207' }).send?.reply
  assert.deepEqual([renewal?.type, renewal?.yiaddr], [t.ack, ip('10.77.0.207')])
})

test('RFC 2131 §4.3.2: INIT-REBOOT: of an address that was given back nothing is said', () => {
  for (const wanted of ['10.77.0.205', '10.77.0.207'])
    assert.equal(afterRelease().ask({ type: t.request, mac: anna, wanted }).send, undefined)
})

test('what somebody had is not offered when the directory has given it away or the pool has moved', () => {
  const site = afterRelease()
  const owner = machine('n009', { mac: '52:54:00:77:00:19', ip: '10.77.0.205' })
  site.snapshot = snapshotOf([...siteEntries, owner])
  assert.notEqual(discover(site, anna), ip('10.77.0.205'))
})
