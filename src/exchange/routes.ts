// Why this file exists: routes come in octets (RFC 3442), and files write these as numbers, as hex, or as addresses; all of
// it is read here, and what does not come out even is no route.
import { contains, formatRoute, parseIp4, parseRoute, type Route, type Subnet } from '#directory'
import { readOctets } from './values.ts'

/** RFC 3442, and what Windows asked for before it; the octets are the same. */
export type RouteCode = 121 | 249

export const unreadableRoutes = 'its routes cannot be read'
export const otherRoutes = 'the options 121 and 249 tell different routes; those of 121 are kept'
export const notOfNetwork = 'routes are those of a whole network here'

export function routeCode(code: number): RouteCode | undefined {
  return code === 121 || code === 249 ? code : undefined
}

/** `24, 10,2,3, 10.1.0.1`, or one word of hex. Both may name whole addresses in place of four octets. */
export function routesOfParts(parts: readonly string[]): readonly Route[] | undefined {
  const [first = '', ...more] = parts
  const octets =
    more.length === 0 ? readOctets(first.trim().replaceAll(/\s+/g, ':')) : listed(parts)
  return octets && routesOfOctets(octets)
}

/** `10.0.0.0/8`, `10.1.0.1`, and so on. */
export function routesOfPairs(texts: readonly string[]): readonly Route[] | undefined {
  const routes: Route[] = []
  for (let at = 0; at < texts.length; at += 2) {
    const route = parseRoute(`${texts[at] ?? ''} ${texts[at + 1] ?? ''}`)
    if (route === undefined) return undefined
    routes.push(route)
  }
  return routes.length > 0 ? routes : undefined
}

export function isSameRoutes(some: readonly Route[], others: readonly Route[]): boolean {
  return some.map(formatRoute).join() === others.map(formatRoute).join()
}

/** Of routes that were told to several networks at once, those that one of them can use. */
export function routesWithin(
  subnet: Subnet,
  routes: readonly Route[] | undefined,
): readonly Route[] | undefined {
  const own = routes?.filter(({ by }) => by === 0 || contains(subnet, by)) ?? []
  return own.length > 0 ? own : undefined
}

function listed(parts: readonly string[]): Uint8Array | undefined {
  const octets = parts.flatMap((part) => (parseIp4(part) === undefined ? part : part.split('.')))
  const isWhole = octets.every((text) => /^\d{1,3}$/.test(text) && Number(text) <= 255)
  return isWhole ? Uint8Array.from(octets, Number) : undefined
}

const routerOctets = 4

/** The prefix, as many octets of the destination as it makes significant, the router. */
function routesOfOctets(octets: Uint8Array): readonly Route[] | undefined {
  const texts: string[] = []
  for (let at = 0; at < octets.length;) {
    const prefix = octets[at] ?? 0
    const router = at + 1 + Math.ceil(prefix / 8)
    const end = router + routerOctets
    if (prefix > 32 || end > octets.length) return undefined
    const destination = [...octets.subarray(at + 1, router), 0, 0, 0, 0].slice(0, 4)
    texts.push(`${destination.join('.')}/${prefix}`, octets.subarray(router, end).join('.'))
    at = end
  }
  return routesOfPairs(texts)
}
