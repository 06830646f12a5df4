// Why this file exists: a network may have more ways out than one router (RFC 3442): which destination leads by which
// address is read, written and put in order in one place.
import {
  contains,
  formatIp4,
  formatSubnet,
  type Ip4,
  ip4,
  isMachineAddress,
  parseIp4,
  parseSubnet,
  type Subnet,
} from './ip4.ts'

export interface Route {
  readonly to: Subnet
  /** The router; 0.0.0.0 says that the destination is on the same wire (RFC 3442). */
  readonly by: Ip4
}

/** As DHCP tells them; more do not fit into a packet with everything else. */
export const routesMax = 64

/** `198.51.100.0/24 10.93.0.1` */
export function parseRoute(text: string): Route | undefined {
  const [destination = '', router = '', ...more] = text.trim().split(/\s+/)
  const to = parseSubnet(destination)
  const by = parseIp4(router)
  if (!to || by === undefined || more.length > 0) return undefined
  return by === 0 || isMachineAddress(by) ? { to, by } : undefined
}

export function formatRoute({ to, by }: Route): string {
  return `${formatSubnet(to)} ${formatIp4(by)}`
}

export interface SettledRoutes {
  /** In an order of their own, for LDAP's values have none: the narrowest destination first. */
  readonly kept: readonly Route[]
  readonly left: readonly { readonly route: Route; readonly why: string }[]
}

/** One way for each destination, the one by the lowest address, and no more of them than can be told. */
export function settleRoutes(routes: readonly Route[]): SettledRoutes {
  const left: { readonly route: Route; readonly why: string }[] = []
  const kept: Route[] = []
  for (const route of routes.toSorted(order)) {
    const before = kept.at(-1)
    if (before && before.to.number === route.to.number && before.to.prefix === route.to.prefix)
      left.push({ route, why: `is another way to where ${formatIp4(before.by)} leads` })
    else if (kept.length === routesMax)
      left.push({ route, why: `is beyond the ${routesMax} that can be told` })
    else kept.push(route)
  }
  return { kept, left }
}

function order(one: Route, other: Route): number {
  const { to, by } = other
  return to.prefix - one.to.prefix || one.to.number - to.number || one.by - by
}

interface Routed extends Subnet {
  readonly gateway?: Ip4
  readonly routes?: readonly Route[]
}

/** An address that no machine may be given: packets are sent there to be passed on. */
export function isRouterOf({ gateway, routes = [] }: Routed, address: Ip4): boolean {
  return address === gateway || routes.some(({ by }) => by === address)
}

/**
 * What a client is told that obeys routes alone (RFC 3442): with the gateway among them, unless a route says already
 * where everything else goes. Empty where the gateway says it all.
 */
export function toldRoutes({ gateway, routes = [] }: Routed): readonly Route[] {
  const isWhole = gateway === undefined || routes.some(({ to }) => to.prefix === 0)
  if (routes.length === 0 || isWhole) return routes
  return [...routes, { to: { number: ip4(0), prefix: 0 }, by: gateway }]
}

/** Routers that nobody on the network can reach. */
export function straying(network: Routed): readonly Route[] {
  return (network.routes ?? []).filter(({ by }) => by !== 0 && !contains(network, by))
}
