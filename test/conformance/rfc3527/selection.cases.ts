// Why this file exists: RFC 3527 and RFC 3011: a client's network may be another than the one its packet came from.
import assert from 'node:assert/strict'
import { section } from '../harness/case.ts'
import { isInPool, viaRelay } from '../harness/dhcp-client.ts'
import { addressesOf, ascii, option, type Option, type } from '../harness/dhcp-packet.ts'
import { octets } from '../harness/tap.ts'
import { nets, relay, server } from '../harness/world.ts'

const link = (address: string): Option => option.relay([1, ascii('vrf7')], [5, octets(address)])
const subnet = (address: string): Option => [118, octets(address)]

export const linkSelection = section(
  'dhcp',
  'RFC 3527 §3',
  [
    [
      'the address is one of the network that the relay selects',
      async (dhcp) => {
        const saying = { ...viaRelay, type: type.discover, chaddr: dhcp.stranger() }
        const { reply } = await dhcp.askFor(type.offer, {
          ...saying,
          options: [link(nets.farther.number)],
        })
        assert.ok(isInPool(reply.yiaddr, 'farther'), reply.yiaddr)
      },
    ],
    [
      'the reply still goes to the relay’s own address',
      async (dhcp) => {
        const saying = { ...viaRelay, type: type.discover, chaddr: dhcp.stranger() }
        const { frame } = await dhcp.askFor(type.offer, {
          ...saying,
          options: [link(nets.farther.number)],
        })
        assert.equal(frame.to, relay)
      },
    ],
    [
      'the lease is acknowledged in that network, with its router',
      async (dhcp) => {
        const options = [option.ask(1, 3), link(nets.farther.number)]
        const { reply } = await dhcp.lease(dhcp.stranger(), { ...viaRelay, options })
        assert.ok(isInPool(reply.yiaddr, 'farther'), reply.yiaddr)
        assert.deepEqual(addressesOf(reply.options.get(3)), [nets.farther.router])
      },
    ],
    [
      'the selection comes back with the rest of the relay’s information',
      async (dhcp) => {
        const selecting = link(nets.farther.number)
        const saying = { ...viaRelay, type: type.discover, chaddr: dhcp.stranger() }
        const { reply } = await dhcp.askFor(type.offer, { ...saying, options: [selecting] })
        assert.deepEqual(reply.options.get(82), selecting[1])
      },
    ],
    [
      'of a network that the server does not know nothing is offered',
      async (dhcp) => {
        const saying = { ...viaRelay, type: type.discover, chaddr: dhcp.stranger() }
        await dhcp.silence(dhcp.send({ ...saying, options: [link('192.0.2.0')] }))
      },
    ],
  ],
  [3046],
)

export const subnetSelection = section('dhcp', 'RFC 3011 §2', [
  [
    'the address is one of the subnet that the client selects',
    async (dhcp) => {
      const saying = { ...viaRelay, type: type.discover, chaddr: dhcp.stranger() }
      const { reply } = await dhcp.askFor(type.offer, {
        ...saying,
        options: [subnet(nets.farther.number)],
      })
      assert.ok(isInPool(reply.yiaddr, 'farther'), reply.yiaddr)
    },
  ],
  [
    'the option comes back in the OFFER',
    async (dhcp) => {
      const saying = { ...viaRelay, type: type.discover, chaddr: dhcp.stranger() }
      const { reply } = await dhcp.askFor(type.offer, {
        ...saying,
        options: [subnet(nets.farther.number)],
      })
      assert.deepEqual(addressesOf(reply.options.get(118)), [nets.farther.number])
    },
  ],
  [
    'the option comes back in the ACK',
    async (dhcp) => {
      const options = [subnet(nets.farther.number)]
      const { reply } = await dhcp.lease(dhcp.stranger(), { ...viaRelay, options })
      assert.deepEqual(addressesOf(reply.options.get(118)), [nets.farther.number])
    },
  ],
  [
    'of a subnet that the server does not know nothing is offered',
    async (dhcp) => {
      const saying = { ...viaRelay, type: type.discover, chaddr: dhcp.stranger() }
      await dhcp.silence(dhcp.send({ ...saying, options: [subnet('192.0.2.0')] }))
    },
  ],
  [
    'a client that selects nothing is told of no selection',
    async (dhcp) => {
      const saying = { ...viaRelay, type: type.discover, chaddr: dhcp.stranger() }
      const { reply } = await dhcp.askFor(type.offer, { ...saying, options: [option.ask(1, 118)] })
      assert.ok(!reply.options.has(118))
      assert.equal(addressesOf(reply.options.get(54))?.[0], server)
    },
  ],
])
