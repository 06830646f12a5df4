// Why this file exists: RFC 2131 §4.3.2: REQUEST in its four states, seen from outside.
import assert from 'node:assert/strict'
import { section } from '../harness/case.ts'
import {
  broadcastFrom,
  type DhcpClient,
  freed,
  type Saying,
  unicastFrom,
  viaRelay,
} from '../harness/dhcp-client.ts'
import { option, type } from '../harness/dhcp-packet.ts'
import { ackOf, renewalOf, strangeAddress } from '../harness/exchanges.ts'
import { hosts, nets, server } from '../harness/world.ts'

const { mac, address } = hosts.n001
const other = hosts.n002.address

const request = (chaddr: string, ...options: NonNullable<Saying['options']>): Saying => ({
  type: type.request,
  chaddr,
  options,
})
const selecting = (chaddr: string, wanted: string, of: string = server): Saying =>
  request(chaddr, option.wanted(wanted), option.server(of))
const rebooting = (chaddr: string, wanted: string): Saying => request(chaddr, option.wanted(wanted))
const using = (chaddr: string, ciaddr: string): Saying => ({ ...request(chaddr), ciaddr })

async function refused(dhcp: DhcpClient, saying: Saying): Promise<void> {
  await dhcp.askFor(type.nak, saying)
}

async function leased(dhcp: DhcpClient): Promise<{ chaddr: string; yiaddr: string }> {
  const chaddr = dhcp.stranger()
  return { chaddr, yiaddr: (await dhcp.lease(chaddr)).reply.yiaddr }
}

export const selectingState = section('dhcp', 'RFC 2131 §4.3.2', [
  [
    'SELECTING: the offered address is acknowledged',
    async (dhcp) => {
      const { reply } = await ackOf(dhcp)
      assert.deepEqual([reply.yiaddr, reply.ciaddr], [address, '0.0.0.0'])
    },
  ],
  [
    'SELECTING: an unknown machine is acknowledged what it was offered',
    async (dhcp) => {
      const chaddr = dhcp.stranger()
      const offer = await dhcp.askFor(type.offer, { type: type.discover, chaddr })
      const ack = await dhcp.askFor(type.ack, selecting(chaddr, offer.reply.yiaddr))
      assert.equal(ack.reply.yiaddr, offer.reply.yiaddr)
    },
  ],
  [
    'SELECTING: a client that chose another server hears nothing from us',
    async (dhcp) => dhcp.silence(dhcp.send(selecting(mac, address, '10.91.0.77'))),
  ],
  [
    'SELECTING: an offer that its client turned down is free for others',
    async (dhcp) => {
      const chaddr = dhcp.stranger()
      const { yiaddr } = (await dhcp.askFor(type.offer, { type: type.discover, chaddr })).reply
      dhcp.send(selecting(chaddr, yiaddr, '10.91.0.77'))
      await dhcp.alive()
      const next = {
        type: type.discover,
        chaddr: dhcp.stranger(),
        options: [option.wanted(yiaddr)],
      }
      assert.equal((await dhcp.askFor(type.offer, next)).reply.yiaddr, yiaddr)
    },
  ],
  [
    'SELECTING: another machine’s address is refused',
    (dhcp) => refused(dhcp, selecting(mac, other)),
  ],
  [
    'SELECTING: an address of another network is refused',
    (dhcp) => refused(dhcp, selecting(mac, strangeAddress)),
  ],
  [
    'SELECTING: an address that another client has is refused',
    async (dhcp) => {
      const { yiaddr } = await leased(dhcp)
      await refused(dhcp, selecting(dhcp.stranger(), yiaddr))
    },
  ],
  [
    'SELECTING: without any address nothing is acknowledged',
    async (dhcp) => {
      const xid = dhcp.send(request(dhcp.stranger(), option.server(server)))
      await dhcp.alive()
      assert.ok(dhcp.heard(xid).every(({ reply }) => reply.options.get(53)?.[0] !== type.ack))
    },
  ],
  [
    'SELECTING: a relayed client is acknowledged',
    async (dhcp) => {
      const saying = { ...selecting(hosts.far1.mac, hosts.far1.address), ...viaRelay }
      assert.equal((await dhcp.askFor(type.ack, saying)).reply.yiaddr, hosts.far1.address)
    },
  ],
])

export const initRebootState = section('dhcp', 'RFC 2131 §4.3.2', [
  [
    'INIT-REBOOT: the right address is acknowledged',
    async (dhcp) => {
      await dhcp.lease(mac)
      assert.equal((await dhcp.askFor(type.ack, rebooting(mac, address))).reply.yiaddr, address)
    },
  ],
  [
    'INIT-REBOOT: a lease of the pool is acknowledged',
    async (dhcp) => {
      const { chaddr, yiaddr } = await leased(dhcp)
      assert.equal((await dhcp.askFor(type.ack, rebooting(chaddr, yiaddr))).reply.yiaddr, yiaddr)
    },
  ],
  [
    'INIT-REBOOT: an address of another network is refused',
    (dhcp) => refused(dhcp, rebooting(mac, strangeAddress)),
  ],
  [
    'INIT-REBOOT: an address of another network is refused to a stranger, too',
    (dhcp) => refused(dhcp, rebooting(dhcp.stranger(), strangeAddress)),
  ],
  [
    'INIT-REBOOT: an address of the server’s own network is refused to a client behind a relay',
    (dhcp) => refused(dhcp, { ...rebooting(hosts.far1.mac, address), ...viaRelay }),
  ],
  [
    'INIT-REBOOT: a client behind a relay is acknowledged its address there',
    async (dhcp) => {
      await dhcp.lease(hosts.far1.mac, viaRelay)
      const saying = { ...rebooting(hosts.far1.mac, hosts.far1.address), ...viaRelay }
      await dhcp.askFor(type.ack, saying)
    },
  ],
  [
    'INIT-REBOOT: a client with a lease that names another address of the network is refused',
    async (dhcp) => {
      const { chaddr } = await leased(dhcp)
      await refused(dhcp, rebooting(chaddr, '10.91.2.222'))
    },
  ],
  [
    'INIT-REBOOT: of a client that the server has no record of it says nothing',
    async (dhcp) => {
      const wanted = await freed(dhcp)
      await dhcp.silence(dhcp.send(rebooting(dhcp.stranger(), wanted)))
    },
  ],
  [
    'INIT-REBOOT: an address that another client has is never acknowledged',
    async (dhcp) => {
      const { yiaddr } = await leased(dhcp)
      const xid = dhcp.send(rebooting(dhcp.stranger(), yiaddr))
      await dhcp.alive()
      assert.ok(dhcp.heard(xid).every(({ reply }) => reply.options.get(53)?.[0] === type.nak))
    },
  ],
])

export const boundStates = section('dhcp', 'RFC 2131 §4.3.2', [
  [
    'RENEWING: the lease is extended',
    async (dhcp) => {
      assert.equal((await renewalOf(dhcp)).reply.options.get(51)?.length, 4)
    },
  ],
  [
    'RENEWING: a lease of the pool is extended',
    async (dhcp) => {
      const { chaddr, yiaddr } = await leased(dhcp)
      const { reply } = await dhcp.askFor(type.ack, using(chaddr, yiaddr), unicastFrom(yiaddr))
      assert.equal(reply.yiaddr, yiaddr)
    },
  ],
  [
    'RENEWING: a client behind a router, whose relay knows nothing of it, is extended',
    async (dhcp) => {
      const { yiaddr } = (await dhcp.lease(hosts.far1.mac, viaRelay)).reply
      const saying = using(hosts.far1.mac, yiaddr)
      const { frame } = await dhcp.askFor(type.ack, saying, unicastFrom(yiaddr))
      assert.equal(frame.to, yiaddr)
    },
  ],
  [
    'REBINDING: a broadcast of whoever has the lease is acknowledged',
    async (dhcp) => {
      const { chaddr, yiaddr } = await leased(dhcp)
      await dhcp.askFor(type.ack, using(chaddr, yiaddr), broadcastFrom(yiaddr))
    },
  ],
  [
    'REBINDING: a described machine that uses another’s address is refused',
    async (dhcp) => {
      for (const one of [hosts.n001, hosts.n002]) await dhcp.lease(one.mac)
      await dhcp.askFor(type.nak, using(mac, other), broadcastFrom(other))
    },
  ],
  [
    'REBINDING: an address that another client has is never acknowledged',
    async (dhcp) => {
      const { yiaddr } = await leased(dhcp)
      const xid = dhcp.send(using(dhcp.stranger(), yiaddr), broadcastFrom(yiaddr))
      await dhcp.alive()
      assert.ok(dhcp.heard(xid).every(({ reply }) => reply.options.get(53)?.[0] === type.nak))
    },
  ],
  [
    'REBINDING: by a relay it is acknowledged',
    async (dhcp) => {
      const { yiaddr } = (await dhcp.lease(hosts.far1.mac, viaRelay)).reply
      await dhcp.askFor(type.ack, { ...using(hosts.far1.mac, yiaddr), ...viaRelay })
    },
  ],
  [
    'an ACK of a renewal has the parameters that are asked for',
    async (dhcp) => {
      const { options } = (await renewalOf(dhcp, { options: [option.ask(1, 3, 6)] })).reply
      assert.deepEqual([...(options.get(1) ?? [])].join('.'), nets.near.mask)
      assert.ok(options.has(3) && options.has(6))
    },
  ],
])
