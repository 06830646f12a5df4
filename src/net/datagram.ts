// Why this file exists: a machine that has no address yet answers no ARP, so its datagram is built here whole, IPv4
// and UDP headers with their checksums, and handed to the wire below the kernel's IP. Pure.
export interface Datagram {
  readonly from: Endpoint
  readonly to: Endpoint
  readonly payload: Uint8Array
}

export interface Endpoint {
  /** Four octets. */
  readonly address: Uint8Array
  readonly port: number
}

const ip4HeaderLength = 20
const udpHeaderLength = 8
const udpProtocol = 17
const timeToLive = 64
/** What an IPv4 packet can hold. */
export const payloadBytesMax = 65_535 - ip4HeaderLength - udpHeaderLength

/** RFC 791 and RFC 768. */
export function buildDatagram({ from, to, payload }: Datagram): Uint8Array {
  if (payload.length > payloadBytesMax) throw new RangeError(`${payload.length} octets of payload`)
  const bytes = new Uint8Array(ip4HeaderLength + udpHeaderLength + payload.length)
  const view = new DataView(bytes.buffer)
  writeIp4Header(view, bytes.length)
  bytes.set(from.address, 12)
  bytes.set(to.address, 16)
  view.setUint16(20, from.port)
  view.setUint16(22, to.port)
  view.setUint16(24, udpHeaderLength + payload.length)
  bytes.set(payload, ip4HeaderLength + udpHeaderLength)
  view.setUint16(10, checksum(bytes.subarray(0, ip4HeaderLength), 0))
  // RFC 768: the sum also covers the addresses, the protocol and the length.
  const pseudo = sumOf(bytes.subarray(12, 20), udpProtocol + udpHeaderLength + payload.length)
  const sum = checksum(bytes.subarray(ip4HeaderLength), pseudo)
  view.setUint16(26, sum === 0 ? 0xffff : sum) // RFC 768: zero would say that there is none
  return bytes
}

function writeIp4Header(view: DataView, totalLength: number): void {
  view.setUint8(0, 0x45)
  view.setUint16(2, totalLength)
  view.setUint16(6, 0x4000) // never cut into pieces: firmware puts none together
  view.setUint8(8, timeToLive)
  view.setUint8(9, udpProtocol)
}

/** RFC 1071. Over bytes that hold their own checksum it gives 0. */
export function checksum(bytes: Uint8Array, start: number): number {
  let sum = sumOf(bytes, start)
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16)
  return ~sum & 0xffff
}

/** 65,535 octets sum to less than 2^32, so carries can wait. */
function sumOf(bytes: Uint8Array, start: number): number {
  let sum = start
  for (let at = 0; at < bytes.length; at += 2) {
    sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0)
  }
  return sum
}
