// Why this file exists: the few words of IPv6 neighbour discovery that end a loader's wait (RFC 4861). Pure.
export type RouterMessage =
  | { readonly kind: 'solicitation' }
  | {
      readonly kind: 'advertisement'
      /** 0: the sender is nobody's default router. */
      readonly lifetimeSeconds: number
      /** Addresses (M) or other settings (O) are to be had by DHCPv6. */
      readonly managed: boolean
      readonly other: boolean
      readonly prefixes: number
    }

export const icmp6Type = { solicitation: 133, advertisement: 134 } as const

const solicitationLength = 8
const advertisementLength = 16
const option = { sourceLink: 1, prefix: 3 } as const

/** `undefined` for anything that RFC 4861 §6.1 tells us to drop in silence. */
export function parseRouterMessage(bytes: Uint8Array): RouterMessage | undefined {
  if (bytes[1] !== 0) return undefined
  if (bytes[0] === icmp6Type.solicitation) {
    return countPrefixes(bytes, solicitationLength) === undefined
      ? undefined
      : { kind: 'solicitation' }
  }
  if (bytes[0] !== icmp6Type.advertisement) return undefined
  const prefixes = countPrefixes(bytes, advertisementLength)
  if (prefixes === undefined) return undefined
  const flags = bytes[5] ?? 0
  return {
    kind: 'advertisement',
    lifetimeSeconds: ((bytes[6] ?? 0) << 8) | (bytes[7] ?? 0),
    managed: (flags & 0x80) !== 0,
    other: (flags & 0x40) !== 0,
    prefixes,
  }
}

/** Walks the options; `undefined` when they do not fit, or one has length 0, which would never end. */
function countPrefixes(bytes: Uint8Array, start: number): number | undefined {
  let prefixes = 0
  let at = start
  while (at < bytes.length) {
    const length = (bytes[at + 1] ?? 0) * 8
    if (length === 0 || at + length > bytes.length) return undefined
    if (bytes[at] === option.prefix) prefixes += 1
    at += length
  }
  return at === bytes.length ? prefixes : undefined
}

/**
 * An advertisement that offers nothing: no router (lifetime 0), no prefix, no DHCPv6 (M = 0, O = 0). It only says
 * that there is nothing to wait for. The kernel puts in the checksum.
 */
export function buildAdvertisement(mac: Uint8Array | undefined): Uint8Array {
  return build(icmp6Type.advertisement, advertisementLength, mac)
}

/** Asks who else is a router here. */
export function buildSolicitation(mac: Uint8Array | undefined): Uint8Array {
  return build(icmp6Type.solicitation, solicitationLength, mac)
}

/** A false link address would mislead every neighbour (RFC 4861 §6.2.3), so an unknown one is left out. */
function build(type: number, length: number, mac: Uint8Array | undefined): Uint8Array {
  const bytes = new Uint8Array(length + (mac ? 8 : 0))
  bytes[0] = type
  if (!mac) return bytes
  bytes.set([option.sourceLink, 1], length)
  bytes.set(mac.subarray(0, 6), length + 2)
  return bytes
}

/** RFC 3542 §3.2: a bit that is set blocks its type. */
export function filterOnly(...types: readonly number[]): Uint8Array {
  const words = new Uint32Array(8).fill(0xffff_ffff)
  for (const type of types) words[type >>> 5] = (words[type >>> 5] ?? 0) & ~(1 << (type & 31))
  return new Uint8Array(words.buffer)
}

/** Routers forward no link-local source (RFC 4291 §2.5.6), so such a packet comes from this wire. */
export function isLinkLocal(address: Uint8Array): boolean {
  return address[0] === 0xfe && ((address[1] ?? 0) & 0xc0) === 0x80
}

export function isUnspecified(address: Uint8Array): boolean {
  return address.every((octet) => octet === 0)
}
