// Why this file exists: addresses are 32-bit numbers everywhere inside, so that ranges and subnets are arithmetic.
declare const ip4Brand: unique symbol

/** An IPv4 address as an unsigned 32-bit number. */
export type Ip4 = number & { readonly [ip4Brand]: true }

function isIp4(value: number): value is Ip4 {
  return Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff
}

/** A number known to be in range (offsets inside a checked subnet, octets off the wire). */
export function ip4(value: number): Ip4 {
  if (!isIp4(value)) throw new RangeError(`${value} is no IPv4 address`)
  return value
}

const textLengthMax = '255.255.255.255'.length
const dot = 46
const zero = 48
/** An octet of which no digit was read yet. */
const unread = -1

/** Dotted quad only: no leading zeros, which some readers take for octal. */
export function parseIp4(text: string): Ip4 | undefined {
  if (text.length > textLengthMax) return undefined
  let value = 0
  let octet = unread
  let octets = 0
  for (let at = 0; at <= text.length; at += 1) {
    const code = at < text.length ? text.charCodeAt(at) : dot
    if (code === dot) {
      if (octet === unread) return undefined
      value = value * 256 + octet
      octet = unread
      octets += 1
    } else {
      octet = withDigit(octet, code - zero)
      if (octet === unread) return undefined
    }
  }
  return octets === 4 && isIp4(value) ? value : undefined
}

/** `unread`: no octet is written like this. */
function withDigit(octet: number, digit: number): number {
  if (digit < 0 || digit > 9 || octet === 0) return unread
  const longer = octet === unread ? digit : octet * 10 + digit
  return longer > 255 ? unread : longer
}

export function formatIp4(address: Ip4): string {
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`
}

/** Not of this net (0/8), not the own machine (127/8), not a group or reserved (224/3). */
export function isMachineAddress(address: Ip4): boolean {
  const first = address >>> 24
  return first > 0 && first < 224 && first !== 127
}

export interface Subnet {
  readonly number: Ip4
  readonly prefix: number
}

export function netmask(prefix: number): Ip4 {
  return ip4(prefix === 0 ? 0 : (0xffff_ffff << (32 - prefix)) >>> 0)
}

/** The prefix of a contiguous mask; `undefined` for one with holes. */
export function prefixOfMask(mask: Ip4): number | undefined {
  const prefix = Math.clz32(~mask >>> 0)
  return netmask(prefix) === mask ? prefix : undefined
}

export function contains(subnet: Subnet, address: Ip4): boolean {
  return (address & netmask(subnet.prefix)) >>> 0 === subnet.number
}

export function broadcastOf(subnet: Subnet): Ip4 {
  return ip4((subnet.number | (~netmask(subnet.prefix) >>> 0)) >>> 0)
}

/** `10.77.0.0/24`, with no host bits set. */
export function parseSubnet(text: string): Subnet | undefined {
  const [address, length, rest] = text.split('/')
  if (address === undefined || length === undefined || rest !== undefined) return undefined
  const number = parseIp4(address)
  if (number === undefined || !/^\d{1,2}$/.test(length) || Number(length) > 32) return undefined
  const subnet = { number, prefix: Number(length) }
  return contains(subnet, number) ? subnet : undefined
}

export function formatSubnet(subnet: Subnet): string {
  return `${formatIp4(subnet.number)}/${subnet.prefix}`
}
