// Why this file exists: option 121 (RFC 3442) takes the place of option 3, so who is told which of them is decided and
// written in one place.
import { ip4, netmask, type Network, type Route, toldRoutes } from '#directory'
import { addressAt } from './decode.ts'
import { addressBytes } from './encode.ts'
import type { OutgoingOption } from './message.ts'
import { optionCode } from './option-code.table.ts'

/**
 * A client that asks for routes is told the router as the default route among them, and option 3 only where they find
 * no room: a client that knows both obeys the routes alone. Where there are no routes, the router says it all.
 */
export function routerOptions(
  network: Network,
  asked: Uint8Array | undefined,
): readonly OutgoingOption[] {
  const router = network.gateway === undefined ? [] : [network.gateway]
  const plain: OutgoingOption = { code: optionCode.router, bytes: addressBytes(...router) }
  const bytes = encodeRoutes(toldRoutes(network))
  if (bytes.length === 0) return [plain]
  if (asked?.includes(optionCode.classlessRoutes) === true) {
    const code = optionCode.classlessRoutes
    return [
      { code, bytes },
      { ...plain, insteadOf: code },
    ]
  }
  const asksOld = asked?.includes(optionCode.oldRoutes) === true
  return asksOld ? [plain, { code: optionCode.oldRoutes, bytes }] : [plain]
}

/** Each destination as its prefix and as many octets as that makes significant. */
export function encodeRoutes(routes: readonly Route[]): Uint8Array {
  const bytes = routes.flatMap(({ to, by }) => {
    const significant = addressBytes(to.number).subarray(0, Math.ceil(to.prefix / 8))
    return [to.prefix, ...significant, ...addressBytes(by)]
  })
  return Uint8Array.from(bytes)
}

/** `undefined` when it does not add up. Bits of a destination that its prefix leaves out are nothing (RFC 3442). */
export function decodeRoutes(bytes: Uint8Array): readonly Route[] | undefined {
  const routes: Route[] = []
  for (let at = 0; at < bytes.length;) {
    const prefix = bytes[at] ?? 0
    const octets = Math.ceil(prefix / 8)
    const next = at + 1 + octets + 4
    if (prefix > 32 || next > bytes.length) return undefined
    const destination = new Uint8Array(4)
    destination.set(bytes.subarray(at + 1, at + 1 + octets))
    const number = ip4((addressAt(destination, 0) & netmask(prefix)) >>> 0)
    routes.push({ to: { number, prefix }, by: addressAt(bytes, next - 4) })
    at = next
  }
  return routes
}
