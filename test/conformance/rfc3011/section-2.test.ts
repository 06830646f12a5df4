// Why this file exists: RFC 3011 §2: a client may name the subnet in which it wants an address; RFC 3527 lets a relay
// say so, and believes the relay first.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contains } from '#directory'
import { optionOf } from '../../../src/pxe/dhcp/options.ts'
import {
  ip,
  label,
  network,
  newSite,
  onProv,
  onVo,
  replyOf,
  type Sent,
  siteEntries,
  strangeMac,
  subnet,
  text,
  type as t,
} from '../../pxe/dhcp-lab.ts'

const second = network('10.79.0.0/24', {
  name: label('second'),
  pool: { first: ip('10.79.0.100'), last: ip('10.79.0.120') },
})
const site = newSite([...siteEntries, second])
const both = { ...onProv, subnets: [...onProv.subnets, subnet('10.79.0.0/24')] }
const octets = (address: string): Uint8Array => Uint8Array.from(address.split('.'), Number)
const selecting = (address: string, more: Partial<Sent> = {}): Sent => ({
  type: t.discover,
  mac: strangeMac,
  ...more,
  options: { 118: octets(address), ...more.options },
})

for (const [sentence, sent, arrival, wanted] of [
  [
    'of two subnets on one wire the client gets the one that it selects',
    selecting('10.79.0.0'),
    both,
    '10.79.0.0/24',
  ],
  [
    'the other is as good',
    selecting('10.77.0.0', { mac: '52:54:00:cc:00:41' }),
    both,
    '10.77.0.0/24',
  ],
  [
    'behind a relay the client gets the subnet that it selects',
    selecting('10.79.0.0', { mac: '52:54:00:cc:00:42', giaddr: '10.78.0.1' }),
    onProv,
    '10.79.0.0/24',
  ],
  [
    'a subnet that is not on the wire is not given without a relay',
    selecting('10.79.0.0'),
    onProv,
    undefined,
  ],
  ['a subnet that nobody knows is not given', selecting('192.0.2.0'), both, undefined],
  [
    'nobody selects his way out of the network of a VO',
    selecting('10.77.0.0', { mac: '02:00:00:00:00:03' }),
    onVo,
    undefined,
  ],
] as const) {
  test(`RFC 3011 §2: ${sentence}`, () => {
    const outcome = site.ask(sent, arrival)
    const reply = replyOf(outcome)
    if (wanted === undefined) return assert.equal(reply, undefined)
    assert.ok(reply && contains(subnet(wanted), reply.yiaddr))
    assert.deepEqual(optionOf(reply.options, 118), sent.options?.[118])
  })
}

test('RFC 3527 §3: where relay and client select, the relay is right', () => {
  const relay = Uint8Array.of(1, 4, ...text('Eth1'), 5, 4, ...octets('10.77.0.0'))
  const more = { mac: '52:54:00:cc:00:43', giaddr: '10.78.0.1', options: { 82: relay } }
  const reply = replyOf(site.ask(selecting('10.79.0.0', more)))
  assert.ok(reply && contains(subnet('10.77.0.0/24'), reply.yiaddr))
})

test('RFC 3011 §2: who selects nothing is told of no selection', () => {
  const sent = { type: t.discover, mac: '52:54:00:cc:00:44', options: { 55: Uint8Array.of(118) } }
  const reply = replyOf(site.ask(sent))
  assert.equal(reply && optionOf(reply.options, 118), undefined)
})
