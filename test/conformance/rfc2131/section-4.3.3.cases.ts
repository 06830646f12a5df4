// Why this file exists: RFC 2131 §4.3.3 to §4.3.5: DECLINE, RELEASE and INFORM, and that nobody can say them for others.
import assert from 'node:assert/strict'
import { section } from '../harness/case.ts'
import {
  type DhcpClient,
  freed,
  type Saying,
  unicastFrom,
  viaRelay,
} from '../harness/dhcp-client.ts'
import { addressesOf, option, type, u32Of } from '../harness/dhcp-packet.ts'
import { informOf, ownAddress } from '../harness/exchanges.ts'
import { hosts, router, server } from '../harness/world.ts'

async function leased(dhcp: DhcpClient): Promise<{ chaddr: string; yiaddr: string }> {
  const chaddr = dhcp.stranger()
  return { chaddr, yiaddr: (await dhcp.lease(chaddr)).reply.yiaddr }
}

const declining = (chaddr: string, address: string, of: string = server): Saying => ({
  type: type.decline,
  chaddr,
  options: [option.wanted(address), option.server(of)],
})
const releasing = (chaddr: string, ciaddr: string, of: string = server): Saying => ({
  type: type.release,
  chaddr,
  ciaddr,
  options: [option.server(of)],
})

async function offeredTo(dhcp: DhcpClient, chaddr: string, wanted: string): Promise<string> {
  const saying = { type: type.discover, chaddr, options: [option.wanted(wanted)] }
  return (await dhcp.askFor(type.offer, saying)).reply.yiaddr
}

async function stillHas(dhcp: DhcpClient, chaddr: string, address: string): Promise<void> {
  await dhcp.alive()
  const saying = { type: type.request, chaddr, ciaddr: address }
  await dhcp.askFor(type.ack, saying, unicastFrom(address))
}

export const decline = section('dhcp', 'RFC 2131 §4.3.3', [
  [
    'a DECLINE has no answer',
    async (dhcp) => {
      const { chaddr, yiaddr } = await leased(dhcp)
      await dhcp.silence(dhcp.send(declining(chaddr, yiaddr)))
    },
  ],
  [
    'a declined address is not offered to its client again',
    async (dhcp) => {
      const { chaddr, yiaddr } = await leased(dhcp)
      dhcp.send(declining(chaddr, yiaddr))
      await dhcp.alive()
      assert.notEqual(await offeredTo(dhcp, chaddr, yiaddr), yiaddr)
    },
  ],
  [
    'a declined address is not offered to anybody else',
    async (dhcp) => {
      const { chaddr, yiaddr } = await leased(dhcp)
      dhcp.send(declining(chaddr, yiaddr))
      await dhcp.alive()
      assert.notEqual(await offeredTo(dhcp, dhcp.stranger(), yiaddr), yiaddr)
    },
  ],
  [
    'a client cannot decline another’s address',
    async (dhcp) => {
      const { chaddr, yiaddr } = await leased(dhcp)
      dhcp.send(declining(dhcp.stranger(), yiaddr))
      await stillHas(dhcp, chaddr, yiaddr)
    },
  ],
  [
    'what another server’s address is declined by means nothing here',
    async (dhcp) => {
      const { chaddr, yiaddr } = await leased(dhcp)
      dhcp.send(declining(chaddr, yiaddr, '10.91.0.77'))
      await stillHas(dhcp, chaddr, yiaddr)
    },
  ],
])

export const release = section('dhcp', 'RFC 2131 §4.3.4', [
  [
    'a RELEASE has no answer',
    async (dhcp) => {
      const { chaddr, yiaddr } = await leased(dhcp)
      await dhcp.silence(dhcp.send(releasing(chaddr, yiaddr), unicastFrom(yiaddr)))
    },
  ],
  [
    'a released address may be another’s',
    async (dhcp) => {
      const wanted = await freed(dhcp)
      assert.equal(await offeredTo(dhcp, dhcp.stranger(), wanted), wanted)
    },
  ],
  [
    'a released address is not acknowledged to others who only say that they had it',
    async (dhcp) => {
      const options = [option.wanted(await freed(dhcp))]
      const xid = dhcp.send({ type: type.request, chaddr: dhcp.stranger(), options })
      await dhcp.alive()
      assert.ok(dhcp.heard(xid).every(({ reply }) => reply.options.get(53)?.[0] === type.nak))
    },
  ],
  [
    'a client cannot release another’s address',
    async (dhcp) => {
      const { chaddr, yiaddr } = await leased(dhcp)
      dhcp.send(releasing(dhcp.stranger(), yiaddr), unicastFrom(yiaddr))
      await stillHas(dhcp, chaddr, yiaddr)
      assert.notEqual(await offeredTo(dhcp, dhcp.stranger(), yiaddr), yiaddr)
    },
  ],
  [
    'a RELEASE for another server means nothing here',
    async (dhcp) => {
      const { chaddr, yiaddr } = await leased(dhcp)
      dhcp.send(releasing(chaddr, yiaddr, '10.91.0.77'), unicastFrom(yiaddr))
      await dhcp.alive()
      assert.notEqual(await offeredTo(dhcp, dhcp.stranger(), yiaddr), yiaddr)
    },
  ],
  [
    'a described machine that releases its address is offered it again',
    async (dhcp) => {
      const { mac, address } = hosts.n003
      await dhcp.lease(mac)
      dhcp.send(releasing(mac, address), unicastFrom(address))
      await dhcp.alive()
      assert.equal((await dhcp.lease(mac)).reply.yiaddr, address)
    },
  ],
])

export const inform = section('dhcp', 'RFC 2131 §4.3.5', [
  [
    'an INFORM is acknowledged to a client that the server does not know',
    async (dhcp) => void (await informOf(dhcp)),
  ],
  [
    'an INFORM is acknowledged to a client that has a lease',
    async (dhcp) => {
      const { chaddr, yiaddr } = await leased(dhcp)
      const saying = { type: type.inform, chaddr, ciaddr: yiaddr }
      const { reply } = await dhcp.askFor(type.ack, saying, unicastFrom(yiaddr))
      assert.equal(reply.yiaddr, '0.0.0.0')
    },
  ],
  [
    'an INFORM is told no lease time',
    async (dhcp) => {
      const asked = [option.ask(1, 3, 51, 58, 59)]
      const { options } = (await informOf(dhcp, { options: asked })).reply
      assert.deepEqual(
        [51, 58, 59].filter((code) => options.has(code)),
        [],
      )
    },
  ],
  [
    'an INFORM is told the parameters that it asks for',
    async (dhcp) => {
      const { options } = (await informOf(dhcp, { options: [option.ask(3, 6, 15)] })).reply
      assert.deepEqual(addressesOf(options.get(3)), [router])
      assert.deepEqual(addressesOf(options.get(6)), [server])
      assert.ok(options.has(15))
    },
  ],
  [
    'an INFORM takes no address: the pool goes on as before',
    async (dhcp) => {
      await informOf(dhcp)
      assert.notEqual(await offeredTo(dhcp, dhcp.stranger(), ownAddress), ownAddress)
    },
  ],
  [
    'an INFORM by broadcast is answered, too',
    async (dhcp) => {
      const chaddr = '52:54:00:91:00:60'
      dhcp.play(ownAddress, chaddr)
      const saying = { type: type.inform, chaddr, ciaddr: ownAddress }
      await dhcp.askFor(type.ack, saying, { from: ownAddress })
    },
  ],
  [
    'an INFORM by a relay is answered',
    async (dhcp) => {
      const chaddr = '52:54:00:92:00:60'
      const saying = { ...viaRelay, type: type.inform, chaddr, ciaddr: '10.92.0.60' }
      const { reply } = await dhcp.askFor(type.ack, saying)
      assert.equal(u32Of(reply.options.get(51)), undefined)
    },
  ],
])
