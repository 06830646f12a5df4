// Why this file exists: RFC 6842 and RFC 2131 §4.2: the name that a client gives itself.
import assert from 'node:assert/strict'
import { section } from '../harness/case.ts'
import type { DhcpClient } from '../harness/dhcp-client.ts'
import { option, type Option, type } from '../harness/dhcp-packet.ts'
import { type Exchange, exchanges, offerOf } from '../harness/exchanges.ts'
import { hosts, server } from '../harness/world.ts'
import { macBytes } from '../harness/tap.ts'

/** Of the card, as most clients make it, so that no server takes it for another machine's. */
const usual = option.clientId(1, ...macBytes(hosts.n001.mac))
const duid = option.clientId(255, 0, 0, 0, 7, 0, 1, 0, 1, 44, 55, 66, 77, 82, 84, 0, 145, 0, 17)

const echoed = (exchange: Exchange, sent: Option) => async (dhcp: DhcpClient) =>
  assert.deepEqual((await exchange(dhcp, { options: [sent] })).reply.options.get(61), sent[1])

export const clientIdentifier = section('dhcp', 'RFC 6842 §3', [
  ...exchanges
    .filter(([name]) => name !== 'ACK of a renewal')
    .map(
      ([name, exchange]) => [`${name} has the client identifier`, echoed(exchange, usual)] as const,
    ),
  [
    'a renewal has the client identifier',
    async (dhcp) => {
      const chaddr = dhcp.stranger()
      const options = [option.clientId(1, ...macBytes(chaddr))]
      const { yiaddr } = (await dhcp.lease(chaddr, { options })).reply
      const saying = { type: type.request, chaddr, ciaddr: yiaddr, options }
      const { reply } = await dhcp.askFor(type.ack, saying, { from: yiaddr })
      assert.deepEqual(reply.options.get(61), options[0]?.[1])
    },
  ],
  ['a DUID (RFC 4361) comes back octet by octet', echoed(offerOf, duid)],
  [
    'an identifier of odd octets comes back',
    echoed(offerOf, option.clientId(0, 255, 0, 10, 13, 34, 92)),
  ],
  [
    'an identifier of 128 octets comes back',
    echoed(offerOf, option.clientId(...Array.from({ length: 128 }, (_, at) => at))),
  ],
  [
    'HOSTILE 2: an empty identifier does no harm: the next client is served',
    async (dhcp) => {
      const options = [[61, new Uint8Array(0)] as const]
      dhcp.send({ type: type.discover, chaddr: hosts.n001.mac, options })
      await dhcp.alive()
    },
  ],
])

function leaseAs(dhcp: DhcpClient, chaddr: string, id: number) {
  return dhcp.lease(chaddr, { options: [option.clientId(0, 99, 111, 112, id)] })
}

export const identity = section('dhcp', 'RFC 2131 §4.2', [
  [
    'a client that names itself is the same one with another card',
    async (dhcp) => {
      const first = await leaseAs(dhcp, dhcp.stranger(), 1)
      const again = await leaseAs(dhcp, dhcp.stranger(), 1)
      assert.equal(again.reply.yiaddr, first.reply.yiaddr)
    },
  ],
  [
    'two clients that name themselves differently are two, even on one card',
    async (dhcp) => {
      const chaddr = dhcp.stranger()
      const first = await leaseAs(dhcp, chaddr, 2)
      const second = await leaseAs(dhcp, chaddr, 3)
      assert.notEqual(second.reply.yiaddr, first.reply.yiaddr)
    },
  ],
  [
    'a client that names itself keeps its lease from the DISCOVER to the renewal',
    async (dhcp) => {
      const chaddr = dhcp.stranger()
      const { reply } = await leaseAs(dhcp, chaddr, 4)
      const options = [option.clientId(0, 99, 111, 112, 4)]
      const saying = { type: type.request, chaddr, ciaddr: reply.yiaddr, options }
      const renewed = await dhcp.askFor(type.ack, saying, { from: reply.yiaddr })
      assert.equal(renewed.reply.yiaddr, reply.yiaddr)
      assert.equal(renewed.frame.from, server)
    },
  ],
])
