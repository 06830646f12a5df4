// Why this file exists: RFC 2132: the options of a reply have their lengths and values, and come only when they are asked
// for, in the client's order.
import assert from 'node:assert/strict'
import { section } from '../harness/case.ts'
import type { DhcpClient } from '../harness/dhcp-client.ts'
import { addressesOf, latin1, option, type Option, u32Of } from '../harness/dhcp-packet.ts'
import { ackOf, offerOf } from '../harness/exchanges.ts'
import { domain, hosts, leaseSeconds, nets, router, server } from '../harness/world.ts'

async function told(dhcp: DhcpClient, code: number): Promise<Uint8Array | undefined> {
  return (await ackOf(dhcp, { options: [option.ask(code)] })).reply.options.get(code)
}

async function codesFor(
  dhcp: DhcpClient,
  ...options: readonly Option[]
): Promise<readonly number[]> {
  return (await offerOf(dhcp, { options })).reply.codes
}

const isAddresses =
  (code: number, ...wanted: readonly string[]) =>
  async (dhcp: DhcpClient) =>
    assert.deepEqual(addressesOf(await told(dhcp, code)), wanted)

const isText = (code: number, wanted: string) => async (dhcp: DhcpClient) =>
  assert.equal(latin1((await told(dhcp, code)) ?? new Uint8Array(0)), wanted)

const isSeconds = (code: number, wanted: number) => async (dhcp: DhcpClient) =>
  assert.equal(u32Of(await told(dhcp, code)), wanted)

const values = [
  ...section('dhcp', 'RFC 2132 §3.3', [
    ['the subnet mask', isAddresses(1, nets.near.mask)],
    [
      'the subnet mask stands before the router',
      async (dhcp) => {
        const codes = await codesFor(dhcp, option.ask(3, 1))
        assert.ok(codes.includes(3) && codes.indexOf(1) < codes.indexOf(3), codes.join(' '))
      },
    ],
  ]),
  ...section('dhcp', 'RFC 2132 §3.5', [['the router', isAddresses(3, router)]]),
  ...section('dhcp', 'RFC 2132 §3.8', [['the name server', isAddresses(6, server)]]),
  ...section('dhcp', 'RFC 2132 §3.14', [
    ['the host name of a described machine, without a NUL', isText(12, hosts.n001.name)],
  ]),
  ...section('dhcp', 'RFC 2132 §3.17', [['the domain name, without a NUL', isText(15, domain)]]),
  ...section('dhcp', 'RFC 2132 §5.3', [
    ['the broadcast address', isAddresses(28, nets.near.broadcast)],
  ]),
  ...section('dhcp', 'RFC 2132 §8.3', [['the time server', isAddresses(42, server)]]),
  ...section('dhcp', 'RFC 2132 §9.2', [['the lease time', isSeconds(51, leaseSeconds)]]),
  ...section('dhcp', 'RFC 2132 §9.7', [['the server identifier', isAddresses(54, server)]]),
  ...section('dhcp', 'RFC 2132 §9.11', [['the renewal time', isSeconds(58, 300)]]),
  ...section('dhcp', 'RFC 2132 §9.12', [['the rebinding time', isSeconds(59, 525)]]),
]

/** What every reply may have without being asked, and the mask, which many servers never leave out. */
const always = new Set([1, 51, 53, 54, 58, 59])

const asked = section('dhcp', 'RFC 2132 §9.8', [
  [
    'what is not asked for is not sent',
    async (dhcp) => {
      const codes = await codesFor(dhcp, option.ask(1))
      assert.deepEqual(
        codes.filter((code) => !always.has(code)),
        [],
      )
    },
  ],
  [
    'what is asked for is sent in the client’s order',
    async (dhcp) => {
      const codes = await codesFor(dhcp, option.ask(1, 15, 6, 3))
      assert.deepEqual(
        codes.filter((code) => [15, 6, 3].includes(code)),
        [15, 6, 3],
      )
    },
  ],
  [
    'another order is kept, too',
    async (dhcp) => {
      const codes = await codesFor(dhcp, option.ask(1, 3, 42, 6, 15))
      assert.deepEqual(
        codes.filter((code) => [15, 6, 3, 42].includes(code)),
        [3, 42, 6, 15],
      )
    },
  ],
  [
    'an option that is asked for twice is sent once',
    async (dhcp) => {
      const codes = await codesFor(dhcp, option.ask(1, 3, 3, 6, 3))
      assert.equal(codes.filter((code) => code === 3).length, 1)
    },
  ],
  [
    'an option that the server has no value for is left out, and the others come',
    async (dhcp) => {
      const codes = await codesFor(dhcp, option.ask(1, 3, 70, 224, 252))
      assert.ok(codes.includes(3))
      assert.deepEqual(
        codes.filter((code) => [70, 224, 252].includes(code)),
        [],
      )
    },
  ],
  [
    'pad and end in the list ask for nothing',
    async (dhcp) => {
      const codes = await codesFor(dhcp, option.ask(0, 1, 255, 3))
      assert.ok(codes.includes(3), codes.join(' '))
    },
  ],
  [
    'an empty list is no reason for silence',
    async (dhcp) => void (await codesFor(dhcp, option.ask())),
  ],
  [
    'the whole list of 254 codes is no reason for silence',
    async (dhcp) => {
      const every = Array.from({ length: 254 }, (_, at) => at + 1)
      const codes = await codesFor(dhcp, option.ask(...every))
      assert.ok(codes.includes(3) && codes.includes(6))
    },
  ],
  [
    'each option stands once',
    async (dhcp) => {
      const codes = await codesFor(dhcp, option.ask(1, 3, 6, 12, 15, 28, 42, 51, 58, 59))
      assert.equal(new Set(codes).size, codes.length, codes.join(' '))
    },
  ],
])

const ipAndUdp = 28
const lengthFor = async (dhcp: DhcpClient, bytesMax: number): Promise<number> => {
  const every = Array.from({ length: 254 }, (_, at) => at + 1)
  const options = [option.ask(...every), option.bytesMax(bytesMax)]
  return (await offerOf(dhcp, { options })).reply.length + ipAndUdp
}

const sizes = section('dhcp', 'RFC 2132 §9.10', [
  [
    'a client that takes 576 octets gets no more',
    async (dhcp) => assert.ok((await lengthFor(dhcp, 576)) <= 576),
  ],
  [
    'a client that says less than 576 octets is not believed, and answered',
    async (dhcp) => assert.ok((await lengthFor(dhcp, 100)) <= 576),
  ],
  [
    'a client that says nothing gets no more than 576 octets',
    async (dhcp) => {
      assert.ok((await offerOf(dhcp)).reply.length + ipAndUdp <= 576)
    },
  ],
  [
    'a client that takes 65,535 octets gets no more than one frame',
    async (dhcp) => assert.ok((await lengthFor(dhcp, 65_535)) <= 1500),
  ],
])

const odd = (code: number, bytes: Uint8Array): Option => [code, bytes]

const malformed = section('dhcp', 'RFC 2132 §2', [
  [
    'a pad may stand anywhere',
    async (dhcp) => {
      const pad = odd(0, new Uint8Array(0))
      const codes = await codesFor(dhcp, pad, pad, option.ask(1, 3), pad, option.bytesMax(600))
      assert.ok(codes.includes(3))
    },
  ],
  [
    'an empty host name is no reason for silence',
    async (dhcp) => void (await codesFor(dhcp, odd(12, new Uint8Array(0)))),
  ],
  [
    'a lease time of three octets is no reason for silence',
    async (dhcp) => void (await codesFor(dhcp, odd(51, new Uint8Array(3)))),
  ],
  [
    'an option that nobody knows is skipped by its length',
    async (dhcp) => {
      const codes = await codesFor(dhcp, odd(224, new Uint8Array(255).fill(255)), option.ask(1, 3))
      assert.ok(codes.includes(3))
    },
  ],
  [
    'a host name that ends with a NUL is read',
    async (dhcp) => void (await codesFor(dhcp, odd(12, new TextEncoder().encode('n001\0')))),
  ],
])

export const optionForms = [...values, ...asked, ...sizes, ...malformed]
