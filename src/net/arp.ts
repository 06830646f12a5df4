// Why this file exists: whether somebody has an address on a wire is asked by ARP (RFC 826), in the form of a probe (RFC
// 5227 §2.1.1) that changes nobody's table. Pure.
const etherTypeIp4 = 0x0800
const packetBytes = 28
const request = 1
const reply = 2
/** Hardware Ethernet, protocol IPv4, and the lengths of their addresses. */
const head = Uint8Array.of(0, 1, etherTypeIp4 >> 8, etherTypeIp4 & 255, 6, 4)

/** From a card without an address, so that a probe for somebody's own address is no claim to it. */
export function buildProbe(fromMac: Uint8Array, address: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(packetBytes)
  bytes.set(head)
  bytes[7] = request
  bytes.set(fromMac, 8)
  bytes.set(address, 24)
  return bytes
}

export interface ArpClaim {
  readonly address: string
  readonly mac: string
}

/** Whoever says that an address is its own; a probe says so of none. */
export function readClaim(bytes: Uint8Array): ArpClaim | undefined {
  const isSound = bytes.length >= packetBytes && head.every((byte, at) => bytes[at] === byte)
  const operation = ((bytes[6] ?? 0) << 8) | (bytes[7] ?? 0)
  if (!isSound || (operation !== reply && operation !== request)) return undefined
  const address = bytes.subarray(14, 18).join('.')
  if (address === '0.0.0.0') return undefined
  const mac = Array.from(bytes.subarray(8, 14), (byte) => byte.toString(16).padStart(2, '0'))
  return { address, mac: mac.join(':') }
}
