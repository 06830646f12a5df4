// Why this file exists: RFC 2131 §4.3.1: which address a server offers, and for how long.
import assert from 'node:assert/strict'
import { section } from '../harness/case.ts'
import { type DhcpClient, freed, isInPool, viaRelay } from '../harness/dhcp-client.ts'
import { option, type, u32Of } from '../harness/dhcp-packet.ts'
import { ackOf, offerOf } from '../harness/exchanges.ts'
import { hosts, leaseSeconds, nets, relay, router, server } from '../harness/world.ts'

const { mac, address } = hosts.n001

function discover(dhcp: DhcpClient, chaddr: string, wanted?: string) {
  const options = wanted === undefined ? [] : [option.wanted(wanted)]
  return dhcp.askFor(type.offer, { type: type.discover, chaddr, options })
}

/** The address asked for is nobody's to give: another one of the pool comes. */
const notThat = (wanted: string) => async (dhcp: DhcpClient) => {
  const { reply } = await discover(dhcp, dhcp.stranger(), wanted)
  assert.notEqual(reply.yiaddr, wanted)
  assert.ok(isInPool(reply.yiaddr), reply.yiaddr)
}

const secondsFor = async (dhcp: DhcpClient, asked: number): Promise<number> => {
  const { reply } = await offerOf(dhcp, { options: [option.seconds(asked)] })
  return u32Of(reply.options.get(51)) ?? -1
}

export const offers = section('dhcp', 'RFC 2131 §4.3.1', [
  [
    'a described machine is offered its own address',
    async (dhcp) => assert.equal((await discover(dhcp, mac)).reply.yiaddr, address),
  ],
  [
    'a described machine is offered its own address, whatever it asks for',
    async (dhcp) => {
      const { reply } = await discover(dhcp, mac, nets.near.pool[0])
      assert.equal(reply.yiaddr, address)
    },
  ],
  [
    'an unknown machine is offered an address of the pool',
    async (dhcp) => {
      const { reply } = await discover(dhcp, dhcp.stranger())
      assert.ok(isInPool(reply.yiaddr), reply.yiaddr)
    },
  ],
  [
    'a free address of the pool that the client asks for is the one',
    async (dhcp) => {
      const wanted = await freed(dhcp)
      const { reply } = await discover(dhcp, dhcp.stranger(), wanted)
      assert.equal(reply.yiaddr, wanted)
    },
  ],
  ['an address outside the network is not offered', notThat('192.0.2.9')],
  ['an address of a network behind a relay is not offered here', notThat('10.92.0.110')],
  ['another machine’s own address is not offered', notThat(hosts.n003.address)],
  ['the server’s own address is not offered', notThat(server)],
  ['the router’s address is not offered', notThat(router)],
  ['the number of the network is not offered', notThat(nets.near.number)],
  ['the broadcast address is not offered', notThat(nets.near.broadcast)],
  [
    'an address that is leased to another client is not offered',
    async (dhcp) => {
      const { reply } = await dhcp.lease(dhcp.stranger())
      await notThat(reply.yiaddr)(dhcp)
    },
  ],
  [
    'an address that is offered to another client is not offered',
    async (dhcp) => {
      const { reply } = await discover(dhcp, dhcp.stranger())
      await notThat(reply.yiaddr)(dhcp)
    },
  ],
  [
    'clients that ask at the same time are offered addresses of their own',
    async (dhcp) => {
      const asked = Array.from({ length: 6 }, () => discover(dhcp, dhcp.stranger()))
      const offered = (await Promise.all(asked)).map(({ reply }) => reply.yiaddr)
      assert.equal(new Set(offered).size, offered.length)
    },
  ],
  [
    'a client with a lease is offered that address',
    async (dhcp) => {
      const chaddr = dhcp.stranger()
      const { reply } = await dhcp.lease(chaddr)
      assert.equal((await discover(dhcp, chaddr)).reply.yiaddr, reply.yiaddr)
    },
  ],
  [
    'a client with a lease that asks for another address is offered its own',
    async (dhcp) => {
      const chaddr = dhcp.stranger()
      const { reply } = await dhcp.lease(chaddr)
      assert.equal((await discover(dhcp, chaddr, '10.91.2.221')).reply.yiaddr, reply.yiaddr)
    },
  ],
  [
    'clients that gave their leases back are offered the same addresses',
    async (dhcp) => {
      const had: (readonly [chaddr: string, yiaddr: string])[] = []
      for (let client = 0; client < 8; client += 1) {
        const chaddr = dhcp.stranger()
        had.push([chaddr, (await dhcp.lease(chaddr)).reply.yiaddr])
      }
      for (const [chaddr, ciaddr] of had)
        dhcp.send({ type: type.release, chaddr, ciaddr, options: [option.server(server)] })
      await dhcp.alive()
      for (const [chaddr, yiaddr] of had)
        assert.equal((await discover(dhcp, chaddr)).reply.yiaddr, yiaddr)
    },
  ],
  [
    'a client behind a relay is offered an address of the relay’s network',
    async (dhcp) => {
      const saying = { ...viaRelay, chaddr: dhcp.stranger(), type: type.discover }
      const { reply } = await dhcp.askFor(type.offer, saying)
      assert.ok(isInPool(reply.yiaddr, 'far'), reply.yiaddr)
    },
  ],
  [
    'a described machine behind a relay is offered its own address',
    async (dhcp) => {
      const saying = { ...viaRelay, chaddr: hosts.far1.mac, type: type.discover }
      assert.equal((await dhcp.askFor(type.offer, saying)).reply.yiaddr, hosts.far1.address)
    },
  ],
  [
    'a described machine that was carried to another network is not offered its address of home',
    async (dhcp) => {
      const saying = { ...viaRelay, chaddr: hosts.n002.mac, type: type.discover }
      const { reply } = await dhcp.askFor(type.offer, saying)
      assert.ok(isInPool(reply.yiaddr, 'far'), reply.yiaddr)
    },
  ],
  [
    'a relay of no network of ours hears nothing',
    async (dhcp) => {
      const saying = { chaddr: dhcp.stranger(), type: type.discover, giaddr: '192.0.2.1' }
      await dhcp.silence(dhcp.send(saying))
    },
  ],
  [
    'an OFFER says for how long',
    async (dhcp) => {
      assert.equal(u32Of((await offerOf(dhcp)).reply.options.get(51)), leaseSeconds)
    },
  ],
  [
    'a client may have less time than usual',
    async (dhcp) => assert.equal(await secondsFor(dhcp, 300), 300),
  ],
  [
    'a client that asks for more time than policy allows gets what is allowed',
    async (dhcp) => assert.equal(await secondsFor(dhcp, 86_400), leaseSeconds),
  ],
  [
    'a client that asks for ever gets what is allowed',
    async (dhcp) => assert.equal(await secondsFor(dhcp, 0xffff_ffff), leaseSeconds),
  ],
  [
    'a client that asks for no time at all is given some',
    async (dhcp) => assert.ok((await secondsFor(dhcp, 0)) > 0),
  ],
  [
    'the ACK lends as long as the OFFER said',
    async (dhcp) => {
      const options = [option.seconds(240)]
      const offered = (await offerOf(dhcp, { options })).reply.options.get(51)
      assert.deepEqual((await ackOf(dhcp, { options })).reply.options.get(51), offered)
    },
  ],
  [
    'the ACK has the parameters of the OFFER',
    async (dhcp) => {
      const options = [option.ask(1, 3, 6, 12, 15, 28, 42)]
      const offer = (await offerOf(dhcp, { options })).reply.options
      const ack = (await ackOf(dhcp, { options })).reply.options
      for (const code of [1, 3, 6, 12, 15, 28, 42]) assert.deepEqual(ack.get(code), offer.get(code))
    },
  ],
  [
    'a relay’s own address is not offered to its clients',
    async (dhcp) => {
      const options = [option.wanted(relay)]
      const saying = { ...viaRelay, chaddr: dhcp.stranger(), type: type.discover, options }
      assert.notEqual((await dhcp.askFor(type.offer, saying)).reply.yiaddr, relay)
    },
  ],
])

export const times = section('dhcp', 'RFC 2131 §4.4.5', [
  [
    'renewal is due at half of the lease, rebinding at seven eighths',
    async (dhcp) => {
      const { options } = (await ackOf(dhcp, { options: [option.ask(1, 58, 59)] })).reply
      assert.deepEqual([u32Of(options.get(58)), u32Of(options.get(59))], [300, 525])
    },
  ],
  [
    'both are of the shorter lease that a client asked for',
    async (dhcp) => {
      const asked = [option.ask(1, 58, 59), option.seconds(240)]
      const { options } = (await ackOf(dhcp, { options: asked })).reply
      assert.deepEqual([u32Of(options.get(58)), u32Of(options.get(59))], [120, 210])
    },
  ],
])
