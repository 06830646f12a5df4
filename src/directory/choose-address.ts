// Why this file exists: an entry without an address is given one once; which one must not depend on who asks.
import type { Machine, Network, Nic, Vcn } from './entry.ts'
import { broadcastOf, contains, type Ip4, ip4 } from './ip4.ts'
import { isRouterOf } from './route.ts'
import type { Snapshot } from './snapshot.ts'

/** Whatever else is spoken for: leases, claims of set-aside entries, addresses given but not yet seen. */
type IsTaken = (address: Ip4) => boolean

/** The lowest free address; `undefined` when the network is full. */
export function chooseAddress(
  snapshot: Snapshot,
  network: Network,
  taken: IsTaken,
  appliance: readonly Ip4[],
): Ip4 | undefined {
  for (const address of freeAddresses(snapshot, network, taken, appliance)) return address
  return undefined
}

/** Free addresses upward, for many at once: choosing one at a time begins at the bottom each time. */
export function* freeAddresses(
  snapshot: Snapshot,
  network: Network,
  taken: IsTaken,
  appliance: readonly Ip4[],
): Generator<Ip4> {
  const { first, last } = hostRange(network)
  const pool = network.pool
  for (let at: number = first; at <= last; at += 1) {
    // The pool is skipped as one piece: it may be most of the network.
    if (pool && at >= pool.first && at <= pool.last) at = pool.last + 1
    if (at > last) return
    const address = ip4(at)
    const free = !isRouterOf(network, address) && !appliance.includes(address)
    if (free && !snapshot.byIp.has(address) && !taken(address)) yield address
  }
}

/** RFC 3021: a /31 has neither network number nor broadcast, and a /32 is its one address. */
function hostRange(network: Network): { readonly first: number; readonly last: number } {
  const last = broadcastOf(network)
  return network.prefix >= 31
    ? { first: network.number, last }
    : { first: network.number + 1, last: last - 1 }
}

/** The network that a NIC without an address belongs to; `undefined` when nothing says so. */
export function networkForNic(
  snapshot: Snapshot,
  device: Pick<Machine, 'kind'> | Pick<Vcn, 'kind' | 'vo'>,
  nic: Partial<Nic>,
): Network | undefined {
  if (nic.address !== undefined) return networkContaining(snapshot, nic.address)
  if (nic.network !== undefined) return snapshot.networkByName.get(nic.network)
  // A VCN never stands on a physical network.
  return snapshot.networks.find(({ vni, name }) =>
    device.kind === 'vcn' ? name === `vo-${device.vo}` : vni === undefined,
  )
}

/** The narrowest network around an address. */
export function networkContaining(snapshot: Snapshot, address: Ip4): Network | undefined {
  // Sorted by number, the wider first: the last that contains it is the narrowest.
  return snapshot.networks.findLast((network) => contains(network, address))
}
