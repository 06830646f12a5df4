// Why this file exists: RFC 3397 and RFC 3442: lists of domains and of routes, each in a wire form of its own.
import assert from 'node:assert/strict'
import { section } from '../harness/case.ts'
import type { DhcpClient } from '../harness/dhcp-client.ts'
import { viaRelay } from '../harness/dhcp-client.ts'
import { addressesOf, option, type } from '../harness/dhcp-packet.ts'
import { ackOf, offerOf } from '../harness/exchanges.ts'
import { domain, nets, routed } from '../harness/world.ts'

function namesIn(bytes: Uint8Array): readonly string[] {
  const names: string[] = []
  for (let at = 0; at < bytes.length;) {
    const [name, next] = nameAt(bytes, at)
    names.push(name)
    at = next
  }
  return names
}

/** RFC 1035 §4.1.4; pointers count from the start of the option (RFC 3397 §2). */
function nameAt(bytes: Uint8Array, start: number): readonly [string, number] {
  const labels: string[] = []
  let at = start
  for (;;) {
    const length = bytes[at] ?? 0
    if (length === 0) return [labels.join('.'), at + 1]
    if (length >= 0xc0) {
      const target = (length & 0x3f) * 256 + (bytes[at + 1] ?? 0)
      assert.ok(target < start, 'a pointer leads back')
      return [[...labels, nameAt(bytes, target)[0]].join('.'), at + 2]
    }
    labels.push(Buffer.from(bytes.subarray(at + 1, at + 1 + length)).toString('latin1'))
    at += 1 + length
  }
}

export const searchList = section('dhcp', 'RFC 3397 §2', [
  [
    'the search list is names in wire form, each with its end',
    async (dhcp) => {
      const { options } = (await ackOf(dhcp, { options: [option.ask(1, 119)] })).reply
      assert.deepEqual(namesIn(options.get(119) ?? new Uint8Array(0)), [domain])
    },
  ],
  [
    'a client that does not ask for the search list does not get it',
    async (dhcp) => {
      assert.ok(!(await offerOf(dhcp, { options: [option.ask(1, 15)] })).reply.options.has(119))
    },
  ],
])

async function routesFor(dhcp: DhcpClient, ...codes: readonly number[]) {
  const saying = {
    giaddr: nets.farther.router,
    hops: 1,
    type: type.discover,
    chaddr: dhcp.stranger(),
  }
  return (await dhcp.askFor(type.offer, { ...saying, options: [option.ask(...codes)] })).reply
}

export const classlessRoutes = section('dhcp', 'RFC 3442', [
  [
    'a destination has as many octets as its prefix needs',
    async (dhcp) => {
      const bytes = (await routesFor(dhcp, 1, 121)).options.get(121) ?? new Uint8Array(0)
      const wanted = [24, 198, 51, 100, ...nets.farther.router.split('.').map(Number)]
      assert.equal(Buffer.from(bytes).includes(Buffer.from(wanted)), true, bytes.join(' '))
      assert.equal(routed, '198.51.100.0/24')
    },
  ],
  [
    'a client that takes routes is told the default route among them, and no router beside',
    async (dhcp) => {
      const { options } = await routesFor(dhcp, 1, 121, 3)
      assert.ok(options.has(121))
      assert.ok(!options.has(3), 'the router SHOULD NOT come beside the routes')
    },
  ],
  [
    'a client that does not know routes is told the router',
    async (dhcp) => {
      const { options } = await routesFor(dhcp, 1, 3)
      assert.deepEqual(addressesOf(options.get(3)), [nets.farther.router])
      assert.ok(!options.has(121))
    },
  ],
  [
    'where there are no routes, the router is told to whoever asks for both',
    async (dhcp) => {
      const saying = { ...viaRelay, type: type.discover, chaddr: dhcp.stranger() }
      const { options } = (
        await dhcp.askFor(type.offer, { ...saying, options: [option.ask(1, 121, 3)] })
      ).reply
      assert.ok(options.has(3) || options.has(121))
    },
  ],
])
