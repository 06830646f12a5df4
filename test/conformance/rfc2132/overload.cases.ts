// Why this file exists: RFC 2132 §9.3 and RFC 3396: options that stand in sname and file, and options in pieces.
import assert from 'node:assert/strict'
import { section } from '../harness/case.ts'
import type { DhcpClient, Saying } from '../harness/dhcp-client.ts'
import { ascii, option, type Option, optionsField, type } from '../harness/dhcp-packet.ts'
import { hosts } from '../harness/world.ts'

const overload = (bits: number): Option => [52, Uint8Array.of(bits)]
const { mac } = hosts.n001

async function codesFor(
  dhcp: DhcpClient,
  saying: Omit<Saying, 'chaddr'>,
): Promise<readonly number[]> {
  return (await dhcp.askFor(type.offer, { ...saying, chaddr: mac })).reply.codes
}

export const overloading = section('dhcp', 'RFC 2132 §9.3', [
  [
    'options in file are read',
    async (dhcp) => {
      const saying = {
        type: type.discover,
        options: [overload(1)],
        file: optionsField([option.ask(1, 15)]),
      }
      const codes = await codesFor(dhcp, saying)
      assert.deepEqual(
        [3, 15].filter((code) => codes.includes(code)),
        [15],
      )
    },
  ],
  [
    'options in sname are read',
    async (dhcp) => {
      const saying = {
        type: type.discover,
        options: [overload(2)],
        sname: optionsField([option.ask(1, 15)]),
      }
      const codes = await codesFor(dhcp, saying)
      assert.deepEqual(
        [3, 15].filter((code) => codes.includes(code)),
        [15],
      )
    },
  ],
  [
    'options in both are read',
    async (dhcp) => {
      const fields = {
        file: optionsField([option.bytesMax(1400)]),
        sname: optionsField([option.ask(1, 15)]),
      }
      const codes = await codesFor(dhcp, { type: type.discover, options: [overload(3)], ...fields })
      assert.deepEqual(
        [3, 15].filter((code) => codes.includes(code)),
        [15],
      )
    },
  ],
  [
    'even the message type may stand in file',
    async (dhcp) => {
      const file = optionsField([option.type(type.discover)])
      await codesFor(dhcp, { options: [overload(1)], file })
    },
  ],
  [
    'an option 52 inside file leads nowhere further',
    async (dhcp) => {
      const file = optionsField([overload(2), option.ask(1, 15)])
      const sname = optionsField([option.type(type.decline)])
      const codes = await codesFor(dhcp, {
        type: type.discover,
        options: [overload(1)],
        file,
        sname,
      })
      assert.ok(codes.includes(15))
    },
  ],
  [
    'a value of 52 that does not exist is no reason for silence',
    async (dhcp) => void (await codesFor(dhcp, { type: type.discover, options: [overload(9)] })),
  ],
])

export const longOptions = section(
  'dhcp',
  'RFC 3396 §7',
  [
    [
      'a parameter list in two pieces is one list',
      async (dhcp) => {
        const codes = await codesFor(dhcp, {
          type: type.discover,
          options: [option.ask(1, 3), option.bytesMax(800), option.ask(15)],
        })
        assert.ok(codes.includes(3) && codes.includes(15), codes.join(' '))
      },
    ],
    [
      'an option goes on in file and then in sname',
      async (dhcp) => {
        const fields = {
          file: optionsField([option.ask(6)]),
          sname: optionsField([option.ask(15)]),
        }
        const options = [overload(3), option.ask(1, 3)]
        const codes = await codesFor(dhcp, { type: type.discover, options, ...fields })
        assert.deepEqual(
          [3, 6, 15].filter((code) => codes.includes(code)),
          [3, 6, 15],
        )
      },
    ],
    [
      'a client identifier in two pieces comes back as one',
      async (dhcp) => {
        const options = [
          option.clientId(0, ...ascii('first-')),
          option.clientId(...ascii('second')),
        ]
        const { reply } = await dhcp.askFor(type.offer, {
          type: type.discover,
          chaddr: dhcp.stranger(),
          options,
        })
        assert.equal(Buffer.from(reply.options.get(61) ?? []).toString('latin1'), '\0first-second')
      },
    ],
  ],
  [6842],
)
