// Why this file exists: what a caller sends is text; it becomes a type here, or a fault that names the value.
import {
  type DnsName,
  formatRoute,
  type Ip4,
  type Label,
  type Mac,
  parseDnsName,
  parseIp4,
  parseLabel,
  parseMac,
  parseRoute,
  parseSubnet,
  parseUuid,
  type Route,
  settleRoutes,
  type Subnet,
  type Uuid,
} from '#directory'
import { Fault } from '#fault'

function parsed<T>(what: string, hint: string, parse: (text: string) => T | undefined) {
  return (text: string): T => {
    const value = parse(text)
    if (value !== undefined) return value
    throw new Fault('CPC-HOST-003', {
      what: `this is no ${what}: ${JSON.stringify(text)}`,
      where: 'the request',
      why: hint,
      todo: 'correct it and send it again',
    })
  }
}

export const readMac: (text: string) => Mac = parsed(
  'MAC address',
  'a MAC is six octets, as 52:54:00:12:34:56',
  parseMac,
)
export const readAddress: (text: string) => Ip4 = parsed(
  'IPv4 address',
  'an address is four decimal numbers without leading zeros, as 10.1.0.7',
  parseIp4,
)
export const readName: (text: string) => DnsName = parsed(
  'host name',
  'a name is letters, digits and inner hyphens, at most 63 in a label',
  parseDnsName,
)
export const readLabel: (text: string) => Label = parsed(
  'name',
  'a name is letters, digits and inner hyphens, at most 63',
  parseLabel,
)
export const readUuid: (text: string) => Uuid = parsed(
  'UUID',
  'a UUID has 32 hex digits',
  parseUuid,
)
export const readSubnet: (text: string) => Subnet = parsed(
  'network',
  'a network is its first address and a prefix length, as 10.1.0.0/24',
  parseSubnet,
)

const readRoute: (text: string) => Route = parsed(
  'route',
  'a route is a destination with its prefix and a router, as 198.51.100.0/24 10.1.0.253',
  parseRoute,
)

export function readRoutes(texts: readonly string[]): readonly Route[] {
  const { kept, left } = settleRoutes(texts.map(readRoute))
  const [first] = left
  if (first === undefined) return kept
  throw new Fault('CPC-HOST-003', {
    what: `this route cannot be told: ${formatRoute(first.route)}`,
    where: 'the request',
    why: `it ${first.why}`,
    todo: 'leave it out and send the request again',
  })
}

interface Pool {
  readonly first: Ip4
  readonly last: Ip4
}

export const readPool: (text: string) => Pool = parsed(
  'pool',
  'a pool is first-last, as 10.1.0.200-10.1.0.250',
  (text) => {
    const [from = '', to = '', rest] = text.split('-')
    const first = parseIp4(from)
    const last = parseIp4(to)
    if (rest !== undefined || first === undefined || last === undefined) return undefined
    return first <= last ? { first, last } : undefined
  },
)
