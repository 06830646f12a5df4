// Why this file exists: files describe a network in pieces, with many ranges, or twice; the directory wants one entry with
// one pool, and what that cannot hold is told.
import {
  broadcastOf,
  contains,
  formatIp4,
  formatRoute,
  formatSubnet,
  ip4,
  type Ip4,
  type Label,
  parseLabel,
  type Route,
  settleRoutes,
  type Subnet,
} from '#directory'
import type { FoundNetwork, FoundPool, Gathering } from '../found.ts'
import type { ImportedNetwork } from '../outcome.ts'
import type { Report } from '../report.ts'
import { dashed, rangeText } from '../values.ts'
import { labelOf } from './names.ts'

/** What the directory accepts. */
const leaseSecondsMin = 60
const leaseSecondsMax = 31_536_000
/** Networks of VOs are called vo-…; a plain one must not look like that. */
const ownedPrefix = 'vo-'

export function settleNetworks({ networks, report }: Gathering): readonly ImportedNetwork[] {
  const distinct = withoutOverlaps(joined(networks), report)
  const taken = new Set<string>()
  return distinct.map((network) => {
    const name = freeName(network, taken)
    taken.add(name)
    return settled(network, name, report)
  })
}

/** The same subnet may be stated several times; what comes first counts, pools add up. */
function joined(networks: readonly FoundNetwork[]): readonly FoundNetwork[] {
  const bySubnet = Map.groupBy(networks, ({ subnet }) => formatSubnet(subnet))
  return [...bySubnet.values()].map((same) => {
    const pools = same.flatMap((each) => each.pools)
    return same.reduceRight((later, each) => ({ ...later, ...each, pools }))
  })
}

/** Two networks that share addresses cannot both be told from a packet. */
function withoutOverlaps(
  networks: readonly FoundNetwork[],
  report: Report,
): readonly FoundNetwork[] {
  const byNumber = networks.toSorted(
    ({ subnet: one }, { subnet: other }) => one.number - other.number || one.prefix - other.prefix,
  )
  let kept: FoundNetwork | undefined
  return byNumber.filter((each) => {
    if (kept === undefined || !contains(kept.subnet, each.subnet.number)) {
      kept = each
      return true
    }
    const text = formatSubnet(each.subnet)
    report.leaveOut(each.where, text, `it lies within ${formatSubnet(kept.subnet)} (${kept.where})`)
    return false
  })
}

function freeName({ name, subnet }: FoundNetwork, taken: ReadonlySet<string>): Label {
  const wished = name === undefined ? undefined : labelOf(name)
  const plain = `net-${dashed(subnet.number)}`
  const candidates = [wished ?? plain, plain, `${plain}-${subnet.prefix}`]
  // Somebody may have used our own pattern; one number more than there are names is free in any case.
  for (let number = 2; number <= taken.size + 2; number += 1) candidates.push(`${plain}-x${number}`)
  const free = candidates
    .flatMap((each) => parseLabel(each) ?? [])
    .find((each) => {
      return !taken.has(each) && !each.startsWith(ownedPrefix)
    })
  if (free === undefined) throw new Error(`no name is left for ${formatSubnet(subnet)}`)
  return free
}

function settled(network: FoundNetwork, name: Label, report: Report): ImportedNetwork {
  const { where, subnet } = network
  const gateway = gatewayOf(network, report)
  const routes = routesOf(network, gateway, report)
  const pool = poolOf(network, report)
  const leaseSeconds = leaseOf(network, report)
  return {
    where,
    name,
    ...subnet,
    ...(gateway !== undefined && { gateway }),
    ...(routes.length > 0 && { routes }),
    ...(pool !== undefined && { pool }),
    ...(leaseSeconds !== undefined && { leaseSeconds }),
  }
}

function gatewayOf({ where, subnet, gateway }: FoundNetwork, report: Report): Ip4 | undefined {
  if (gateway === undefined || isUsable(subnet, gateway)) return gateway
  const why = `it is no machine's address in ${formatSubnet(subnet)}`
  report.leaveOut(where, `router ${formatIp4(gateway)}`, why)
  return undefined
}

/** The router is among what is told anyway, so a file that says it as a route has said it once. */
function routesOf(
  { where, subnet, routes = [] }: FoundNetwork,
  gateway: Ip4 | undefined,
  report: Report,
): readonly Route[] {
  const leave = (route: Route, why: string): void =>
    report.leaveOut(where, `route ${formatRoute(route)}`, `it ${why}`)
  const others = routes.filter(({ to, by }) => to.prefix > 0 || by !== gateway)
  const { kept, left } = settleRoutes(
    others.filter((route) => {
      const isNear = route.by === 0 || isUsable(subnet, route.by)
      if (!isNear) leave(route, `leads by no machine's address in ${formatSubnet(subnet)}`)
      return isNear
    }),
  )
  for (const { route, why } of left) leave(route, why)
  return kept
}

function leaseOf({ where, leaseSeconds }: FoundNetwork, report: Report): number | undefined {
  if (leaseSeconds === undefined) return undefined
  const kept = Math.min(Math.max(leaseSeconds, leaseSecondsMin), leaseSecondsMax)
  if (kept !== leaseSeconds) {
    const why = `leases last from ${leaseSecondsMin} s to ${leaseSecondsMax} s here; it became ${kept} s`
    report.leaveOut(where, `a lease of ${leaseSeconds} s`, why)
  }
  return kept
}

/** The directory has one pool for a network: the largest, after those that touch were joined. */
function poolOf({ subnet, pools }: FoundNetwork, report: Report): ImportedNetwork['pool'] {
  const inside = pools.flatMap((pool) => clipped(pool, subnet, report))
  const [largest, ...others] = joinTouching(inside).toSorted((a, b) => sizeOf(b) - sizeOf(a))
  for (const other of others) {
    const why = `a network has one pool here, and ${rangeText(largest ?? other)} is larger`
    report.leaveOut(other.where, `range ${rangeText(other)}`, why)
  }
  return largest && { first: largest.first, last: largest.last }
}

function sizeOf({ first, last }: FoundPool): number {
  return last - first + 1
}

function clipped(pool: FoundPool, subnet: Subnet, report: Report): readonly FoundPool[] {
  const { where } = pool
  const usable = usableOf(subnet)
  const [first, last] = [Math.max(pool.first, usable.first), Math.min(pool.last, usable.last)]
  const text = `range ${rangeText(pool)}`
  if (pool.first > pool.last || first > last) {
    report.leaveOut(where, text, `it holds no machine's address in ${formatSubnet(subnet)}`)
    return []
  }
  const kept = { where, first: ip4(first), last: ip4(last) }
  if (first !== pool.first || last !== pool.last) {
    report.leaveOut(
      where,
      text,
      `only ${rangeText(kept)} are machines' addresses in ${formatSubnet(subnet)}`,
    )
  }
  return [kept]
}

function joinTouching(pools: readonly FoundPool[]): readonly FoundPool[] {
  const joined: FoundPool[] = []
  for (const pool of pools.toSorted((one, other) => one.first - other.first)) {
    const before = joined.at(-1)
    if (before === undefined || pool.first > before.last + 1) joined.push(pool)
    else joined[joined.length - 1] = { ...before, last: ip4(Math.max(before.last, pool.last)) }
  }
  return joined
}

function usableOf(subnet: Subnet): { readonly first: number; readonly last: number } {
  const last = broadcastOf(subnet)
  // RFC 3021: a /31 has neither network number nor broadcast.
  return subnet.prefix >= 31
    ? { first: subnet.number, last }
    : { first: subnet.number + 1, last: last - 1 }
}

export function isUsable(subnet: Subnet, address: Ip4): boolean {
  const { first, last } = usableOf(subnet)
  return address >= first && address <= last
}
