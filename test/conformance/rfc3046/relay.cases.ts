// Why this file exists: RFC 3046 §2.2: what a relay says of itself comes back whole, and as the last option.
import assert from 'node:assert/strict'
import { section } from '../harness/case.ts'
import {
  type DhcpClient,
  type Heard,
  type Saying,
  unicastFrom,
  viaRelay,
} from '../harness/dhcp-client.ts'
import { ascii, option, type Option, type } from '../harness/dhcp-packet.ts'
import { strangeAddress } from '../harness/exchanges.ts'
import { hosts, nets, server } from '../harness/world.ts'

const { mac, address } = hosts.far1
const information = option.relay(
  [1, ascii('sw1:port7')],
  [2, Uint8Array.of(0, 6, 82, 84, 0, 1, 2, 3)],
)

const kinds: readonly (readonly [name: string, wanted: number, saying: Omit<Saying, 'chaddr'>])[] =
  [
    ['OFFER', type.offer, { type: type.discover }],
    [
      'ACK',
      type.ack,
      { type: type.request, options: [option.wanted(address), option.server(server)] },
    ],
    ['NAK', type.nak, { type: type.request, options: [option.wanted(strangeAddress)] }],
    ['ACK of an INFORM', type.ack, { type: type.inform, ciaddr: address }],
  ]

function ask(
  dhcp: DhcpClient,
  wanted: number,
  saying: Omit<Saying, 'chaddr'>,
  last: Option,
): Promise<Heard> {
  const options = [...(saying.options ?? []), option.ask(1, 3, 6, 15), last]
  return dhcp.askFor(wanted, { ...saying, ...viaRelay, chaddr: mac, options })
}

export const relayInformation = section('dhcp', 'RFC 3046 §2.2', [
  ...kinds.flatMap(([name, wanted, saying]) => [
    [
      `${name} has the relay’s information as it came`,
      async (dhcp: DhcpClient) => {
        const { reply } = await ask(dhcp, wanted, saying, information)
        assert.deepEqual(reply.options.get(82), information[1])
      },
    ] as const,
    [
      `${name} has it as the last option`,
      async (dhcp: DhcpClient) => {
        const { reply } = await ask(dhcp, wanted, saying, information)
        assert.equal(reply.codes.at(-1), 82)
      },
    ] as const,
  ]),
  [
    'sub-options that nobody knows come back, too',
    async (dhcp) => {
      const unknown = option.relay(
        [1, ascii('p')],
        [200, ascii('whatever')],
        [250, new Uint8Array(0)],
      )
      const { reply } = await ask(dhcp, type.offer, { type: type.discover }, unknown)
      assert.deepEqual(reply.options.get(82), unknown[1])
    },
  ],
  [
    'information of 200 octets comes back whole, in a reply of 576 octets',
    async (dhcp) => {
      const long = option.relay([1, new Uint8Array(198).fill(65)])
      const { reply } = await ask(dhcp, type.offer, { type: type.discover }, long)
      assert.deepEqual(reply.options.get(82), long[1])
      assert.ok(reply.length <= 548)
    },
  ],
  [
    'circuit ids of any octets come back',
    async (dhcp) => {
      const binary = option.relay(
        [1, Uint8Array.of(0, 4, 0, 10, 1, 7)],
        [2, Uint8Array.of(255, 0, 254)],
      )
      const { reply } = await ask(dhcp, type.offer, { type: type.discover }, binary)
      assert.deepEqual(reply.options.get(82), binary[1])
    },
  ],
  [
    'a relay that adds no information gets none',
    async (dhcp) => {
      const saying = { ...viaRelay, type: type.discover, chaddr: mac, options: [option.ask(1, 82)] }
      assert.ok(!(await dhcp.askFor(type.offer, saying)).reply.options.has(82))
    },
  ],
  [
    'a renewal past the relay has none',
    async (dhcp) => {
      await dhcp.lease(mac, { ...viaRelay, options: [information] })
      const saying = { type: type.request, chaddr: mac, ciaddr: address }
      const { reply } = await dhcp.askFor(type.ack, saying, unicastFrom(address))
      assert.ok(!reply.options.has(82))
    },
  ],
  [
    'a client on another port of the relay is served on its own',
    async (dhcp) => {
      const [first, second] = await Promise.all(
        ['port1', 'port2'].map((port) => {
          const options = [option.relay([1, ascii(port)])]
          return dhcp.lease(dhcp.stranger(), { ...viaRelay, options })
        }),
      )
      assert.notEqual(first?.reply.yiaddr, second?.reply.yiaddr)
      assert.ok(first?.reply.yiaddr.startsWith(nets.far.number.slice(0, -1)))
    },
  ],
])
