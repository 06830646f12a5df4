// Why this file exists: RFC 2131 table 3: which options each kind of reply must have, and which it must not, even when a
// client asks for them by name.
import assert from 'node:assert/strict'
import { section } from '../harness/case.ts'
import type { DhcpClient } from '../harness/dhcp-client.ts'
import { option } from '../harness/dhcp-packet.ts'
import { type Exchange, exchanges, nakOf } from '../harness/exchanges.ts'

const lengths: readonly (readonly [code: number, name: string, octets: number])[] = [
  [53, 'a message type', 1],
  [54, 'a server identifier', 4],
]
const leasing = new Set(['OFFER', 'ACK', 'ACK of a renewal'])

const must = exchanges.flatMap(([name, exchange]) => [
  ...lengths.map(
    ([code, what, octets]) =>
      [
        `${name} has ${what}, once`,
        async (dhcp: DhcpClient) => {
          const { reply } = await exchange(dhcp)
          assert.equal(reply.options.get(code)?.length, octets)
          assert.equal(reply.codes.filter((one) => one === code).length, 1)
        },
      ] as const,
  ),
  [
    `${name} has ${leasing.has(name) ? 'a' : 'no'} lease time`,
    async (dhcp: DhcpClient) => {
      const { options } = (await exchange(dhcp, { options: [option.ask(1, 51)] })).reply
      assert.equal(options.get(51)?.length, leasing.has(name) ? 4 : undefined)
    },
  ] as const,
])

const never: readonly (readonly [code: number, what: string])[] = [
  [50, 'requested address'],
  [55, 'parameter request list'],
  [57, 'maximum message size'],
]

const mustNot = exchanges.flatMap(([name, exchange]) =>
  never.map(
    ([code, what]) =>
      [
        `${name} has no ${what}, though it is asked for`,
        async (dhcp: DhcpClient) => {
          const options = [option.ask(1, 50, 55, 57), option.bytesMax(1400)]
          assert.ok(!(await exchange(dhcp, { options })).reply.options.has(code))
        },
      ] as const,
  ),
)

const notInvented = exchanges.map(
  ([name, exchange]: readonly [string, Exchange]) =>
    [
      `${name} has no client identifier and no relay information that nobody sent`,
      async (dhcp: DhcpClient) => {
        const { options } = (await exchange(dhcp, { options: [option.ask(1, 61, 82)] })).reply
        assert.deepEqual(
          [61, 82].filter((code) => options.has(code)),
          [],
        )
      },
    ] as const,
)

export const optionsOfReplies = section('dhcp', 'RFC 2131 table 3', [
  ...must,
  ...mustNot,
  ...notInvented,
  [
    'NAK has no parameters of the network',
    async (dhcp) => {
      const asked = [option.ask(1, 3, 6, 12, 15, 28, 42, 58, 59)]
      const { options } = (await nakOf(dhcp, { options: asked })).reply
      const allowed = new Set([53, 54, 56, 60, 61, 82])
      assert.deepEqual(
        [...options.keys()].filter((code) => !allowed.has(code)),
        [],
      )
    },
  ],
])
