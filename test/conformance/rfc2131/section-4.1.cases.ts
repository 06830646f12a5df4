// Why this file exists: RFC 2131 §4.1: where a reply goes. Only the frame tells.
import assert from 'node:assert/strict'
import { section } from '../harness/case.ts'
import {
  broadcastFrom,
  type DhcpClient,
  type Heard,
  unicastFrom,
  viaRelay,
} from '../harness/dhcp-client.ts'
import { option, type } from '../harness/dhcp-packet.ts'
import {
  ackOf,
  type Exchange,
  informOf,
  nakOf,
  offerOf,
  ownAddress,
  renewalOf,
  strangeAddress,
} from '../harness/exchanges.ts'
import { everyMac } from '../harness/tap.ts'
import { hosts, relay, server, serverMac } from '../harness/world.ts'

const { mac, address } = hosts.n001
const broadcast = 0x8000

function toEverybody({ frame }: Heard): void {
  assert.deepEqual([frame.toMac, frame.to, frame.toPort], [everyMac, '255.255.255.255', 68])
}

function toCard({ frame }: Heard): void {
  assert.deepEqual([frame.toMac, frame.to, frame.toPort], [mac, address, 68])
}

function toRelay({ frame }: Heard): void {
  assert.deepEqual([frame.to, frame.toPort], [relay, 67])
}

const flagged = (exchange: Exchange) => async (dhcp: DhcpClient) =>
  toEverybody(await exchange(dhcp, { flags: broadcast }))
const plain = (exchange: Exchange) => async (dhcp: DhcpClient) => toCard(await exchange(dhcp))

const far = { ...viaRelay, chaddr: hosts.far1.mac }

export const destinations = section('dhcp', 'RFC 2131 §4.1', [
  ['an OFFER is broadcast when the client asks for that', flagged(offerOf)],
  ['an ACK is broadcast when the client asks for that', flagged(ackOf)],
  ['an OFFER goes to the card and its new address when the client can take it', plain(offerOf)],
  ['an ACK goes to the card and its new address when the client can take it', plain(ackOf)],
  ['a renewal is answered at the client’s address', plain(renewalOf)],
  [
    'a renewal is answered at the client’s address even with the broadcast flag',
    async (dhcp) => toCard(await renewalOf(dhcp, { flags: broadcast })),
  ],
  [
    'a client that rebinds by broadcast is answered at its address',
    async (dhcp) => {
      await dhcp.lease(mac)
      const saying = { chaddr: mac, type: type.request, ciaddr: address }
      toCard(await dhcp.askFor(type.ack, saying, broadcastFrom(address)))
    },
  ],
  [
    'an INFORM is answered at the client’s address',
    async (dhcp) => assert.equal((await informOf(dhcp)).frame.to, ownAddress),
  ],
  [
    'a NAK is broadcast, though the client could take it at its card',
    async (dhcp) => toEverybody(await nakOf(dhcp)),
  ],
  [
    'a NAK is broadcast to a client that uses an address wrongly',
    async (dhcp) => {
      const saying = { chaddr: mac, type: type.request, ciaddr: hosts.n002.address }
      for (const one of [hosts.n001, hosts.n002]) await dhcp.lease(one.mac)
      const road = broadcastFrom(hosts.n002.address)
      toEverybody(await dhcp.askFor(type.nak, saying, road))
    },
  ],
  [
    'an OFFER goes to the relay’s server port',
    async (dhcp) => toRelay(await dhcp.askFor(type.offer, { ...far, type: type.discover })),
  ],
  [
    'an OFFER goes to the relay even with the broadcast flag, which it keeps',
    async (dhcp) => {
      const heard = await dhcp.askFor(type.offer, { ...far, type: type.discover, flags: broadcast })
      toRelay(heard)
      assert.equal(heard.reply.flags, broadcast)
    },
  ],
  ['an ACK goes to the relay', async (dhcp) => toRelay(await dhcp.lease(far.chaddr, viaRelay))],
  [
    'a NAK goes to the relay, and tells it to broadcast',
    async (dhcp) => {
      const options = [option.wanted(strangeAddress)]
      const heard = await dhcp.askFor(type.nak, { ...far, type: type.request, options })
      toRelay(heard)
      assert.equal(heard.reply.flags & broadcast, broadcast)
    },
  ],
  [
    'a relay’s address comes back in the reply',
    async (dhcp) => {
      const { reply } = await dhcp.askFor(type.offer, { ...far, type: type.discover })
      assert.equal(reply.giaddr, relay)
    },
  ],
  [
    'a reply comes from port 67 of the address that it names as its server’s',
    async (dhcp) => {
      const { frame, reply } = await offerOf(dhcp)
      assert.deepEqual([frame.fromPort, frame.from, frame.fromMac], [67, server, serverMac])
      assert.deepEqual([...(reply.options.get(54) ?? [])].join('.'), server)
    },
  ],
  [
    'a reply to a relay comes from the server’s address too',
    async (dhcp) => {
      const { frame } = await dhcp.askFor(type.offer, { ...far, type: type.discover })
      assert.equal(frame.from, server)
    },
  ],
  [
    'options stand in any order: the type may be the last',
    async (dhcp) => {
      const options = [option.ask(1, 3), option.bytesMax(1400), option.type(type.discover)]
      await dhcp.askFor(type.offer, { chaddr: mac, options })
    },
  ],
  [
    'a client that asks twice with one transaction id is offered one address',
    async (dhcp) => {
      const chaddr = dhcp.stranger()
      const first = await dhcp.askFor(type.offer, { type: type.discover, chaddr })
      const again = await dhcp.askFor(type.offer, { type: type.discover, chaddr })
      assert.equal(again.reply.yiaddr, first.reply.yiaddr)
    },
  ],
  [
    'a REQUEST that is said again is acknowledged again',
    async (dhcp) => {
      const chaddr = dhcp.stranger()
      const first = await dhcp.lease(chaddr)
      const options = [option.wanted(first.reply.yiaddr), option.server(server)]
      const again = await dhcp.askFor(type.ack, { type: type.request, chaddr, options })
      assert.equal(again.reply.yiaddr, first.reply.yiaddr)
    },
  ],
  [
    'one packet has one answer',
    async (dhcp) => {
      const { reply } = await offerOf(dhcp)
      await dhcp.alive()
      assert.equal(dhcp.heard(reply.xid).length, 1)
    },
  ],
  [
    'a unicast REQUEST without a relay reaches the server as a broadcast one does',
    async (dhcp) => {
      await dhcp.lease(hosts.n002.mac)
      dhcp.play(hosts.n002.address, hosts.n002.mac)
      const saying = { chaddr: hosts.n002.mac, type: type.request, ciaddr: hosts.n002.address }
      await dhcp.askFor(type.ack, saying, unicastFrom(hosts.n002.address))
    },
  ],
])
