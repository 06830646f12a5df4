// Why this file exists: RFC 2131 §4.3.1: which address a server offers.
import assert from 'node:assert/strict'
import { section } from '../harness/case.ts'
import { isInPool } from '../harness/dhcp-client.ts'
import { type } from '../harness/dhcp-packet.ts'
import { hosts } from '../harness/world.ts'

export const offers = section('dhcp', 'RFC 2131 §4.3.1', [
  [
    'a described machine is offered its own address',
    async (dhcp) => {
      const { mac, address } = hosts.n001
      const { reply } = await dhcp.askFor(type.offer, { type: type.discover, chaddr: mac })
      assert.equal(reply.yiaddr, address)
    },
  ],
  [
    'an unknown machine is offered an address of the pool',
    async (dhcp) => {
      const chaddr = dhcp.stranger()
      const { reply } = await dhcp.askFor(type.offer, { type: type.discover, chaddr })
      assert.ok(isInPool(reply.yiaddr), reply.yiaddr)
    },
  ],
])
