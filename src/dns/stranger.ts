// Why this file exists: a source outside our networks may be forged, so by UDP it is told less; and explaining must say so.
import { contains, type Ip4 } from '#directory'
import type { ZoneView } from './zone.ts'

/** Neither this machine nor on a network that the directory describes. `undefined`: no IPv4 at all. */
export function isStranger(
  asker: Ip4 | undefined,
  { snapshot, applianceAddresses }: ZoneView,
): boolean {
  if (asker === undefined) return true
  if (asker >>> 24 === 127 || applianceAddresses.includes(asker)) return false
  return !snapshot.networks.some((network) => contains(network, asker))
}
