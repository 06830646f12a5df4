// Why this file exists: dnsmasq tells routes by tag, and a range sets its network's; which network has which routes is
// known at the end only.
import type { Route } from '#directory'
import type { FoundNetwork, Gathering } from '../found.ts'
import { isSameRoutes, type RouteCode, routesWithin } from '../routes.ts'

export interface RouteOption {
  readonly where: string
  readonly code: RouteCode
  readonly tags: readonly string[]
  readonly routes: readonly Route[]
}

export const optionName = 'option classless-static-route'

/** The networks with their routes; an option that is for none of them is told. */
export function withRoutes(
  networks: readonly FoundNetwork[],
  options: readonly RouteOption[],
  { report }: Gathering,
): readonly FoundNetwork[] {
  const used = new Set<RouteOption>()
  const routed = networks.map((network): FoundNetwork => {
    const fitting = options.filter((option) => isFor(option, network)).toSorted(nearer)
    const [best] = fitting
    if (best === undefined) return network
    for (const option of fitting) if (isSameRoutes(option.routes, best.routes)) used.add(option)
    const { tags, routes } = best
    const own = tags.length > 0 ? routes : routesWithin(network.subnet, routes)
    return own === undefined ? network : { ...network, routes: own }
  })
  for (const option of options) {
    if (used.has(option)) report.understand('dhcp-option classless-static-route')
    else
      report.leaveOut(option.where, optionName, 'it is for no network here, or another is nearer')
  }
  return routed
}

function isFor({ tags, routes }: RouteOption, { name, subnet }: FoundNetwork): boolean {
  if (tags.length === 0) return routesWithin(subnet, routes) !== undefined
  return tags.every((tag) => tag === name)
}

/** What has a tag counts before what has none. */
function nearer(one: RouteOption, other: RouteOption): number {
  return Math.sign(other.tags.length) - Math.sign(one.tags.length) || one.code - other.code
}
