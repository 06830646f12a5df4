// Why this file exists: RFC 2131 §2 and table 3: the fixed fields of a reply, and what the octets behind them look like.
import assert from 'node:assert/strict'
import { section } from '../harness/case.ts'
import type { Heard } from '../harness/dhcp-client.ts'
import {
  ackOf,
  type Exchange,
  exchanges,
  informOf,
  nakOf,
  offerOf,
  renewalOf,
} from '../harness/exchanges.ts'
import { option, type } from '../harness/dhcp-packet.ts'
import { hosts } from '../harness/world.ts'

const nowhere = '0.0.0.0'
const xid = (low: number): number => 0x8000_0000 + low

const fields: readonly (readonly [
  says: string,
  (exchange: Exchange, at: number) => Exchange,
  (heard: Heard) => void,
])[] = [
  ['op is BOOTREPLY', (exchange) => exchange, ({ reply }) => assert.equal(reply.op, 2)],
  [
    'the transaction id is the client’s, with its highest bit',
    (exchange, at) => (dhcp, more) => exchange(dhcp, { ...more, xid: xid(at) }),
    ({ reply }) => assert.equal(reply.xid >>> 31, 1),
  ],
  [
    'the card’s address comes back with its type and length',
    (exchange) => exchange,
    ({ reply, frame }) => {
      assert.deepEqual([reply.htype, reply.hlen], [1, 6])
      assert.ok(frame.toMac === reply.chaddr || frame.toMac === 'ff:ff:ff:ff:ff:ff')
    },
  ],
  [
    'secs is 0',
    (exchange) => (dhcp, more) => exchange(dhcp, { ...more, secs: 7 }),
    ({ reply }) => assert.equal(reply.secs, 0),
  ],
  ['hops is 0', (exchange) => exchange, ({ reply }) => assert.equal(reply.hops, 0)],
  [
    'the magic cookie stands before the options',
    (exchange) => exchange,
    ({ reply }) => assert.equal(reply.cookie, 0x63825363),
  ],
  [
    'the options end with 255, and nothing but zeros follows',
    (exchange) => exchange,
    ({ reply }) => assert.ok(reply.tail?.every((octet) => octet === 0)),
  ],
  [
    'it is not shorter than BOOTP’s 300 octets',
    (exchange) => exchange,
    ({ reply }) => assert.ok(reply.length >= 300, String(reply.length)),
  ],
]

const fieldRows = exchanges.flatMap(([name, exchange], column) =>
  fields.map(
    ([says, asked, check], row) =>
      [
        `${name}: ${says}`,
        async (dhcp: Parameters<Exchange>[0]) =>
          check(await asked(exchange, column * 16 + row)(dhcp)),
      ] as const,
  ),
)

export const messageFormat = section('dhcp', 'RFC 2131 §2', fieldRows)

const broadcast = 0x8000

export const addressFields = section('dhcp', 'RFC 2131 table 3', [
  [
    'an OFFER has no ciaddr',
    async (dhcp) => assert.equal((await offerOf(dhcp)).reply.ciaddr, nowhere),
  ],
  [
    'the ACK of a client without an address has no ciaddr',
    async (dhcp) => assert.equal((await ackOf(dhcp)).reply.ciaddr, nowhere),
  ],
  [
    'the ACK of a renewal has the client’s ciaddr, and the same yiaddr',
    async (dhcp) => {
      const { reply } = await renewalOf(dhcp)
      assert.deepEqual([reply.ciaddr, reply.yiaddr], [hosts.n001.address, hosts.n001.address])
    },
  ],
  ['a NAK has no ciaddr', async (dhcp) => assert.equal((await nakOf(dhcp)).reply.ciaddr, nowhere)],
  ['a NAK has no yiaddr', async (dhcp) => assert.equal((await nakOf(dhcp)).reply.yiaddr, nowhere)],
  ['a NAK has no siaddr', async (dhcp) => assert.equal((await nakOf(dhcp)).reply.siaddr, nowhere)],
  ['a NAK names no file', async (dhcp) => assert.equal((await nakOf(dhcp)).reply.file, '')],
  [
    'the ACK of an INFORM fills no yiaddr',
    async (dhcp) => assert.equal((await informOf(dhcp)).reply.yiaddr, nowhere),
  ],
  [
    'an OFFER has the broadcast flag of its DISCOVER',
    async (dhcp) => {
      assert.equal((await offerOf(dhcp, { flags: broadcast })).reply.flags, broadcast)
      assert.equal((await offerOf(dhcp)).reply.flags, 0)
    },
  ],
  [
    'an ACK has the broadcast flag of its REQUEST',
    async (dhcp) => {
      assert.equal((await ackOf(dhcp, { flags: broadcast })).reply.flags, broadcast)
      assert.equal((await ackOf(dhcp)).reply.flags, 0)
    },
  ],
  [
    'there is no relay where none was',
    async (dhcp) => assert.equal((await offerOf(dhcp)).reply.giaddr, nowhere),
  ],
  [
    'the octets of chaddr behind the card’s address come back as they were',
    async (dhcp) => {
      const { reply } = await offerOf(dhcp)
      assert.ok(reply.chaddrTail.every((octet) => octet === 0))
    },
  ],
])

const discover = { type: type.discover, chaddr: hosts.n001.mac }

export const reading = section('dhcp', 'RFC 2131 §2', [
  [
    'the bits of flags that must be zero are ignored',
    async (dhcp) => {
      const { frame } = await dhcp.askFor(type.offer, { ...discover, flags: 0x7fff })
      assert.equal(frame.toMac, hosts.n001.mac)
    },
  ],
  [
    'any value of secs and hops is answered',
    async (dhcp) => void (await dhcp.askFor(type.offer, { ...discover, secs: 0xffff, hops: 16 })),
  ],
  [
    'yiaddr and siaddr of a client are ignored',
    async (dhcp) => {
      const wrong = { yiaddr: '10.91.0.77', siaddr: '10.91.0.78' }
      const { reply } = await dhcp.askFor(type.offer, { ...discover, ...wrong })
      assert.equal(reply.yiaddr, hosts.n001.address)
    },
  ],
  [
    'a transaction id of 0 is one like others',
    async (dhcp) => void (await dhcp.askFor(type.offer, { ...discover, xid: 0 })),
  ],
  [
    'sname and file of a client without option 52 hold no options',
    async (dhcp) => {
      const noise = { sname: new Uint8Array(64).fill(0xfe), file: new Uint8Array(128).fill(0xfe) }
      await dhcp.askFor(type.offer, { ...discover, ...noise })
    },
  ],
  [
    'a packet of 576 octets and more is read',
    async (dhcp) => {
      const long = Array.from({ length: 4 }, (_, at) => [224 + at, new Uint8Array(200)] as const)
      await dhcp.askFor(type.offer, { ...discover, options: [...long, option.bytesMax(1400)] })
    },
  ],
  [
    'a reply, op 2, is not answered',
    async (dhcp) => dhcp.silence(dhcp.send({ ...discover, op: 2 })),
  ],
  [
    'an op that does not exist is not answered',
    async (dhcp) => dhcp.silence(dhcp.send({ ...discover, op: 3 })),
  ],
  [
    'a card’s address longer than its field is not believed, and the next client is served',
    async (dhcp) => {
      dhcp.send({ ...discover, hlen: 17 })
      dhcp.send({ ...discover, hlen: 255 })
      await dhcp.alive()
    },
  ],
])
