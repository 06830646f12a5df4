// Why this file exists: the kernel's own spelling of an address, as bytes, in one place. Pure.
const ip4Family = 2
const ip6Family = 10
const packetFamily = 17

/** Length of the longest address that we let the kernel write (`sockaddr_in6`). */
export const ip6AddressLength = 28

/** `10.77.0.1` as four octets; `undefined` for anything else. */
export function ip4Octets(text: string): Uint8Array | undefined {
  const parts = text.split('.')
  const good = parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)
  return parts.length === 4 && good ? Uint8Array.from(parts, Number) : undefined
}

/** `52:54:00:77:00:11` as six octets; `undefined` for anything else. */
export function macOctets(text: string): Uint8Array | undefined {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){5}$/i.test(text)) return undefined
  return Uint8Array.from(text.split(':'), (pair) => Number.parseInt(pair, 16))
}

/** `sockaddr_in`: the family in the machine's order, the port in the network's. */
export function ip4SocketAddress(address: Uint8Array, port: number): Uint8Array {
  const bytes = new Uint8Array(16)
  writeFamily(bytes, ip4Family)
  bytes.set([port >>> 8, port & 255], 2)
  bytes.set(address, 4)
  return bytes
}

/** `sockaddr_in6`: a link-local address means nothing without its interface. */
export function ip6SocketAddress(address: Uint8Array, interfaceIndex: number): Uint8Array {
  const bytes = new Uint8Array(ip6AddressLength)
  writeFamily(bytes, ip6Family)
  bytes.set(address, 8)
  bytes.set(new Uint8Array(Uint32Array.of(interfaceIndex).buffer), 24)
  return bytes
}

/** The sixteen octets of an address that the kernel wrote. */
export function ip6OfSocketAddress(bytes: Uint8Array): Uint8Array {
  return bytes.slice(8, 24)
}

/** `sockaddr_ll`: whom to reach on the wire without asking ARP. */
export function linkSocketAddress(
  etherType: number,
  interfaceIndex: number,
  mac: Uint8Array,
): Uint8Array {
  const bytes = new Uint8Array(20)
  writeFamily(bytes, packetFamily)
  bytes.set([etherType >>> 8, etherType & 255], 2)
  bytes.set(new Uint8Array(Int32Array.of(interfaceIndex).buffer), 4)
  bytes[11] = mac.length
  bytes.set(mac, 12)
  return bytes
}

/** Sixteen octets as `fe80:0:0:0:5054:ff:fe77:11`; no `::`, this is for messages only. */
export function ip6Text(octets: Uint8Array): string {
  const groups: string[] = []
  for (let at = 0; at < 16; at += 2) {
    groups.push((((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0)).toString(16))
  }
  return groups.join(':')
}

function writeFamily(bytes: Uint8Array, value: number): void {
  bytes.set(new Uint8Array(Uint16Array.of(value).buffer), 0)
}
