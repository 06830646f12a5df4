// Why this file exists: a dhcp-range is a pool, and with its netmask a network; without, dnsmasq asks the interface, which
// a file does not show.
import {
  contains,
  formatSubnet,
  type Ip4,
  ip4,
  netmask,
  parseIp4,
  prefixOfMask,
  type Subnet,
} from '#directory'
import type { FoundNetwork, Gathering } from '../found.ts'

export interface DnsmasqRange {
  readonly where: string
  readonly first: Ip4
  readonly last?: Ip4
  readonly subnet: Subnet
  /** `static`: only described machines get addresses. */
  readonly isStatic: boolean
  readonly name?: string
  readonly leaseSeconds?: number
}

const unitSeconds: Readonly<Record<string, number>> = {
  s: 1,
  m: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
}

/** `undefined` when it was told to be left out. */
export function readRange(
  parts: readonly string[],
  where: string,
  gathering: Gathering,
  known: readonly Subnet[],
): DnsmasqRange | undefined {
  const { report } = gathering
  const leave = (why: string): undefined => {
    report.leaveOut(where, `dhcp-range ${parts.join(',')}`, why)
  }
  const tags = parts.filter((part) => /^(set|net):/.test(part))
  const conditions = parts.filter((part) => /^(tag|interface):/.test(part))
  const rest = parts.filter((part) => !tags.includes(part) && !conditions.includes(part))
  if (rest.some((part) => part.includes('::') || /^(ra-|slaac|constructor:)/.test(part)))
    return leave('IPv6 is not served yet')
  const addresses = rest.flatMap((part) => parseIp4(part) ?? [])
  const words = rest.filter((part) => parseIp4(part) === undefined)
  const isStatic = words.includes('static')
  if (words.includes('proxy')) return leave('services.dhcp: proxy in coppice.yaml says it')
  const [first, ...others] = addresses
  if (first === undefined) return leave('its addresses cannot be read')
  const [second, mask] = isStatic ? [undefined, others[0]] : others
  const subnet = subnetAround(first, mask ?? (isMask(second) ? second : undefined), known)
  if (subnet === undefined) {
    const why =
      'it has no netmask, and no network here holds it: add the netmask, or the network first'
    return leave(why)
  }
  if (conditions.length > 0)
    report.leaveOut(where, conditions.join(','), 'there are no conditions here; it counts always')
  const lease = leaseSecondsOf(words)
  const [tag] = tags
  return {
    where,
    first,
    subnet,
    isStatic: isStatic || second === undefined || isMask(second),
    ...(second !== undefined && !isMask(second) && { last: second }),
    ...(tag !== undefined && { name: tag.slice(4) }),
    ...(lease !== undefined && { leaseSeconds: lease }),
  }
}

function isMask(address: Ip4 | undefined): boolean {
  return address !== undefined && address >= 0xff00_0000 && prefixOfMask(address) !== undefined
}

function subnetAround(
  first: Ip4,
  mask: Ip4 | undefined,
  known: readonly Subnet[],
): Subnet | undefined {
  const prefix = mask === undefined ? undefined : prefixOfMask(mask)
  if (prefix === undefined) return known.findLast((network) => contains(network, first))
  return { number: ip4((first & netmask(prefix)) >>> 0), prefix }
}

function leaseSecondsOf(words: readonly string[]): number | undefined {
  for (const word of words) {
    const [, digits = '', unit = 's'] = /^(\d{1,9})([smhdw])?$/i.exec(word) ?? []
    const seconds = digits === '' ? 0 : Number(digits) * (unitSeconds[unit.toLowerCase()] ?? 1)
    if (seconds > 0) return seconds
  }
  return words.includes('infinite') ? Number.MAX_SAFE_INTEGER : undefined
}

/** Ranges of one network together; none of them is a pool where unknown machines are ignored. */
export function networksOfRanges(
  ranges: readonly DnsmasqRange[],
  routers: readonly Ip4[],
  ignoresUnknown: boolean,
): readonly { readonly network: FoundNetwork; readonly closed: readonly DnsmasqRange[] }[] {
  const bySubnet = Map.groupBy(ranges, ({ subnet }) => formatSubnet(subnet))
  return [...bySubnet.values()].flatMap((same) => {
    const [first] = same
    if (first === undefined) return []
    const open = same.flatMap(({ where, first: from, last, isStatic }) =>
      isStatic || last === undefined ? [] : [{ where, first: from, last }],
    )
    const gateway = routers.find((router) => contains(first.subnet, router))
    const network: FoundNetwork = {
      where: first.where,
      subnet: first.subnet,
      pools: ignoresUnknown ? [] : open,
      ...(first.name !== undefined && { name: first.name }),
      ...(gateway !== undefined && { gateway }),
      ...(first.leaseSeconds !== undefined && { leaseSeconds: first.leaseSeconds }),
    }
    return [
      { network, closed: ignoresUnknown ? same.filter(({ last }) => last !== undefined) : [] },
    ]
  })
}
