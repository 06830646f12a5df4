// Why this file exists: each kind of reply that a DHCP server has, got in the plainest way, so that a table can say of
// each of them what must and what must not be in it.
import type { DhcpClient, Heard, Saying } from './dhcp-client.ts'
import { unicastFrom } from './dhcp-client.ts'
import { option, type } from './dhcp-packet.ts'
import { hosts, server } from './world.ts'

/** Fields and options to be put into the request, beside those that make it what it is. */
export type More = Omit<Partial<Saying>, 'chaddr' | 'type'>
export type Exchange = (dhcp: DhcpClient, more?: More) => Promise<Heard>

/** On no network of the world (RFC 5737). */
export const strangeAddress = '192.0.2.44'
/** An address that a person wrote into a machine's own settings; the server has never heard of it. */
export const ownAddress = '10.91.0.60'
const { mac, address } = hosts.n001

export const offerOf: Exchange = (dhcp, more = {}) =>
  dhcp.askFor(type.offer, { ...more, chaddr: mac, type: type.discover })

export const ackOf: Exchange = (dhcp, more = {}) => {
  const options = [option.wanted(address), option.server(server), ...(more.options ?? [])]
  return dhcp.askFor(type.ack, { ...more, chaddr: mac, type: type.request, options })
}

export const renewalOf: Exchange = async (dhcp, more = {}) => {
  await dhcp.lease(mac)
  const saying = { ...more, chaddr: mac, type: type.request, ciaddr: address }
  return dhcp.askFor(type.ack, saying, unicastFrom(address))
}

export const informOf: Exchange = (dhcp, more = {}) => {
  const chaddr = '52:54:00:91:00:60'
  dhcp.play(ownAddress, chaddr)
  const saying = { ...more, chaddr, type: type.inform, ciaddr: ownAddress }
  return dhcp.askFor(type.ack, saying, unicastFrom(ownAddress))
}

/** INIT-REBOOT of a machine that was carried here from another place. */
export const nakOf: Exchange = (dhcp, more = {}) => {
  const options = [option.wanted(strangeAddress), ...(more.options ?? [])]
  return dhcp.askFor(type.nak, { ...more, chaddr: mac, type: type.request, options })
}

export const exchanges: readonly (readonly [name: string, exchange: Exchange])[] = [
  ['OFFER', offerOf],
  ['ACK', ackOf],
  ['ACK of a renewal', renewalOf],
  ['ACK of an INFORM', informOf],
  ['NAK', nakOf],
]
