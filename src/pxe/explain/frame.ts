// Why this file exists: what a captured frame carries is found below its link, its VLAN tags and its IP header, all of which
// may lie about their lengths. Pure.
import { type Ip4, ip4 } from '#directory'

export interface Datagram {
  readonly protocol: 'dhcp' | 'dns' | 'tftp'
  readonly payload: Uint8Array
  readonly from: Ip4
  readonly fromPort: number
  readonly toPort: number
}

export type DatagramResult =
  | { readonly ok: true; readonly datagram: Datagram }
  | { readonly ok: false; readonly refusal: string }

/** tcpdump.org/linktypes: where the EtherType stands, and where the packet begins. */
const links: Readonly<Record<number, { readonly type?: number; readonly packet: number }>> = {
  0: { packet: 4 }, // BSD's loopback
  1: { type: 12, packet: 14 }, // Ethernet
  12: { packet: 0 }, // raw IP, as some systems number it
  101: { packet: 0 }, // raw IP
  108: { packet: 4 }, // OpenBSD's loopback
  113: { type: 14, packet: 16 }, // Linux "any"
  228: { packet: 0 }, // IPv4
  276: { type: 0, packet: 20 }, // Linux "any", version 2
}
const etherTypeIp4 = 0x0800
const vlanTypes = new Set([0x8100, 0x88a8, 0x9100])
const vlanTagsMax = 4
const udp = 17
const udpHeaderBytes = 8
const payloadBytesMax = 4_096

export function datagramIn(linkType: number, bytes: Uint8Array): DatagramResult {
  const link = links[linkType]
  if (!link) return refuse(`of link type ${linkType}, which is not read`)
  const start = packetStart(bytes, link)
  if (start === undefined) return refuse('not IPv4')
  return udpIn(bytes, start)
}

/** Behind the VLAN tags. */
function packetStart(
  bytes: Uint8Array,
  { type, packet }: { readonly type?: number; readonly packet: number },
): number | undefined {
  if (type === undefined) return packet
  let etherType = at16(bytes, type)
  let start = packet
  for (let tags = 0; tags < vlanTagsMax && vlanTypes.has(etherType); tags += 1) {
    etherType = at16(bytes, start + 2)
    start += 4
  }
  return etherType === etherTypeIp4 ? start : undefined
}

function udpIn(bytes: Uint8Array, start: number): DatagramResult {
  const first = bytes[start] ?? 0
  const header = (first & 15) * 4
  if (first >>> 4 !== 4) return refuse('not IPv4')
  if (header < 20 || start + header + udpHeaderBytes > bytes.length)
    return refuse('an IP header that is cut short')
  if (bytes[start + 9] !== udp) return refuse('not UDP')
  // More fragments, or an offset: the rest is in another frame.
  if ((at16(bytes, start + 6) & 0x3fff) !== 0) return refuse('a fragment')
  const from = at32(bytes, start + 12)
  return payloadIn(bytes, start + header, ip4(from))
}

function payloadIn(bytes: Uint8Array, at: number, from: Ip4): DatagramResult {
  const [fromPort, toPort, length] = [at16(bytes, at), at16(bytes, at + 2), at16(bytes, at + 4)]
  const protocol = protocolOf(fromPort, toPort)
  if (protocol === undefined) return refuse('neither DHCP, DNS nor a request of TFTP')
  if (length < udpHeaderBytes || at + length > bytes.length)
    return refuse(
      'a datagram that is cut short (capture with a larger snapshot length: tcpdump -s 0)',
    )
  if (length - udpHeaderBytes > payloadBytesMax) return refuse('a datagram that is too long')
  const payload = bytes.subarray(at + udpHeaderBytes, at + length)
  // Some servers go on at port 69, where others take a port of their own.
  if (protocol === 'tftp' && isUnderWay(payload)) return refuse('a packet of a TFTP transfer')
  return { ok: true, datagram: { protocol, payload, from, fromPort, toPort } }
}

function protocolOf(fromPort: number, toPort: number): Datagram['protocol'] | undefined {
  if (toPort === 67 || toPort === 4011 || (fromPort === 67 && toPort === 68)) return 'dhcp'
  if (toPort === 53) return 'dns'
  return toPort === 69 ? 'tftp' : undefined
}

/** RFC 1350, RFC 2347: data, acknowledgements and errors. */
function isUnderWay(payload: Uint8Array): boolean {
  const operation = at16(payload, 0)
  return operation >= 3 && operation <= 6
}

function at16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
}

function at32(bytes: Uint8Array, at: number): number {
  return ((at16(bytes, at) << 16) | at16(bytes, at + 2)) >>> 0
}

function refuse(refusal: string): DatagramResult {
  return { ok: false, refusal }
}
