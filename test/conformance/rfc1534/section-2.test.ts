// Why this file exists: RFC 1534 §2: a DHCP server may answer BOOTP clients, if it keeps to what BOOTP has.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { decodeDhcp, encodeDhcp, replyBuffer } from '#pxe'
import { codesOf } from '../../../src/pxe/dhcp/options.ts'
import {
  bytesOf,
  decoded,
  ip,
  knownMac,
  label,
  machine,
  newSite,
  onProv,
  replyOf,
  type Sent,
  type Site,
  siteEntries,
  strangeMac,
  type as t,
} from '../../pxe/dhcp-lab.ts'

const bootp = -1
const asking: Sent = { type: bootp, mac: knownMac }

/** As an old card sends it: nothing, not even the cookie, in the vendor's field. */
function withoutCookie(sent: Sent): Uint8Array {
  return bytesOf(sent).fill(0, 236)
}

for (const [sentence, bytes] of [
  ['with the cookie', bytesOf(asking)],
  ['without the cookie', withoutCookie(asking)],
] as const) {
  test(`RFC 951 §7.3: a described machine that asks ${sentence} gets its address, at its card`, () => {
    const outcome = newSite().ask(decoded(bytes))
    assert.equal(replyOf(outcome)?.yiaddr, ip('10.77.0.11'))
    assert.equal(outcome.send?.destination.kind, 'link-layer')
    assert.deepEqual(outcome.changes, [])
  })
}

test('RFC 1534 §2: a BOOTREPLY has 300 octets and nothing that only DHCP has', () => {
  const outcome = newSite().ask(asking)
  assert.ok(outcome.send)
  const buffer = replyBuffer()
  const length = encodeDhcp(outcome.send.reply, buffer)
  assert.equal(length, 300)
  const codes = codesOf(decoded(buffer.subarray(0, length)).options)
  assert.deepEqual(
    [50, 51, 52, 53, 54, 55, 56, 57, 58, 59].filter((code) => codes.includes(code)),
    [],
  )
  assert.ok(codes.includes(1) && codes.includes(3))
})

test('RFC 1533 §9.8: a BOOTP client that takes more is given more', () => {
  const options = { 57: Uint8Array.of(1, 200) }
  const reply = newSite().ask({ ...asking, options }).send?.reply
  assert.ok(reply)
  const buffer = replyBuffer()
  const length = encodeDhcp(reply, buffer)
  assert.ok(length > 300 && length <= 456 - 28, String(length))
})

test('RFC 1534 §2: a machine that nobody describes is not answered: its lease would have no end', () => {
  const outcome = newSite().ask({ ...asking, mac: strangeMac })
  assert.equal(outcome.send, undefined)
  assert.equal(outcome.why.rule, 'bootpStranger')
})

test('RFC 1542 §5.4: a BOOTREPLY goes to the relay that asked', () => {
  const sent = { ...asking, mac: '52:54:00:78:00:11', giaddr: '10.78.0.1' }
  const outcome = newSite().ask(sent)
  assert.deepEqual(outcome.send?.destination, {
    kind: 'relay',
    address: ip('10.78.0.1'),
    port: 67,
  })
  assert.equal(outcome.send.reply.yiaddr, ip('10.78.0.11'))
})

test('an address that another machine still holds is not given for ever', () => {
  const site: Site = newSite()
  site.ask({ type: t.request, mac: strangeMac, server: '10.77.0.1', wanted: '10.77.0.205' })
  const late = machine('n009', { mac: '52:54:00:77:00:19', ip: '10.77.0.205' })
  const other = newSite([...siteEntries, late])
  other.book.apply([...site.book.all()].map((lease) => ({ kind: 'keep', lease })))
  assert.equal(other.ask({ ...asking, mac: '52:54:00:77:00:19' }, onProv).send, undefined)
})

test('RFC 951 §7.3: the boot file of the entry is named', () => {
  const own = machine('old', { mac: knownMac, ip: '10.77.0.11' }, { bootFile: 'old/kernel' })
  const site = newSite([...siteEntries.filter(({ kind }) => kind === 'network'), own])
  assert.equal(replyOf(site.ask(asking))?.bootFile, 'old/kernel')
  assert.equal(own.name, label('old'))
})

test('a BOOTREPLY of somebody else’s server is no question', () => {
  const bytes = withoutCookie({ ...asking, op: 'reply' })
  assert.deepEqual(decodeDhcp(bytes), { ok: false, refusal: { kind: 'no-cookie' } })
})
