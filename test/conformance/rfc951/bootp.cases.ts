// Why this file exists: RFC 951, RFC 1534 and RFC 1542: old cards speak BOOTP, which has no message type, no lease and no
// second round.
import assert from 'node:assert/strict'
import { section } from '../harness/case.ts'
import { type DhcpClient, viaRelay } from '../harness/dhcp-client.ts'
import { hosts, relay, server } from '../harness/world.ts'

const { mac, address } = hosts.n001

/** The vendor field of RFC 1497: the cookie, and nothing asked for. */
const vendorField = Uint8Array.from([99, 130, 83, 99, 255, ...new Uint8Array(59)])
const bootp = { chaddr: mac, rawVendorField: vendorField }

const reply = async (dhcp: DhcpClient, more: object = {}) =>
  (await dhcp.ask({ ...bootp, ...more })).reply

export const bootpClients = section('dhcp', 'RFC 951 §7.3', [
  [
    'a described machine gets its address',
    async (dhcp) => assert.equal((await reply(dhcp)).yiaddr, address),
  ],
  [
    'a vendor field without the cookie is no reason for silence',
    async (dhcp) => {
      assert.equal((await reply(dhcp, { rawVendorField: new Uint8Array(64) })).yiaddr, address)
    },
  ],
  [
    'the request’s transaction and card come back',
    async (dhcp) => {
      const answer = await reply(dhcp, { xid: 0x0b00_7b00 })
      assert.deepEqual([answer.op, answer.chaddr, answer.hlen], [2, mac, 6])
    },
  ],
])

export const bootpReplies = section(
  'dhcp',
  'RFC 1534 §2',
  [
    [
      'a BOOTREPLY has no DHCP message type',
      async (dhcp) => assert.ok(!(await reply(dhcp)).options.has(53)),
    ],
    [
      'a BOOTREPLY has no lease times',
      async (dhcp) => {
        const { options } = await reply(dhcp)
        assert.deepEqual(
          [51, 58, 59].filter((code) => options.has(code)),
          [],
        )
      },
    ],
    ['a BOOTREPLY has 300 octets', async (dhcp) => assert.equal((await reply(dhcp)).length, 300)],
  ],
  [951],
)

export const bootpRoads = section(
  'dhcp',
  'RFC 1542 §5.4',
  [
    [
      'a BOOTREPLY goes to a relay',
      async (dhcp) => {
        const { frame, reply: answer } = await dhcp.ask({
          ...bootp,
          ...viaRelay,
          chaddr: hosts.far1.mac,
        })
        assert.deepEqual([frame.to, frame.toPort, frame.from], [relay, 67, server])
        assert.equal(answer.yiaddr, hosts.far1.address)
      },
    ],
    [
      'a BOOTREPLY is broadcast when the client asks for that',
      async (dhcp) => {
        const { frame } = await dhcp.ask({ ...bootp, flags: 0x8000 })
        assert.equal(frame.to, '255.255.255.255')
      },
    ],
  ],
  [951],
)
