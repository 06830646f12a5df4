// Why this file exists: on a VO's network nobody may learn anything about the rest of the site, so what is answered
// there is asked of a snapshot that holds nothing else. Pure.
import {
  applyDeltas,
  contains,
  emptySnapshot,
  type Ip4,
  ip4,
  type Network,
  type Snapshot,
  type Vcn,
} from '#directory'
import { applianceAddress } from '#directory'

/** The network with that VXLAN number and its VO's nodes on it; `undefined` when the directory knows no such network. */
export function tenantView(snapshot: Snapshot, vni: number): Snapshot | undefined {
  const network = snapshot.networks.find((one) => one.vni === vni)
  if (network === undefined) return undefined
  const nodes = [...nodesOn(snapshot, network)]
  return applyDeltas(
    emptySnapshot(snapshot.domain),
    [guestless(network), ...nodes].map((entry) => ({ kind: 'put', entry })),
    snapshot.number,
  )
}

/** The view of the snapshot of the moment, made when it is asked for, and once for each snapshot. */
export function tenantViewer(
  vni: number,
  current: () => Snapshot | undefined,
): () => Snapshot | undefined {
  // Not by its number: a core that starts again counts from nothing.
  let last: Snapshot | undefined
  let view: Snapshot | undefined
  return () => {
    const snapshot = current()
    if (snapshot !== last) view = snapshot && tenantView(snapshot, vni)
    last = snapshot
    return view
  }
}

/** Nothing is routed there, and nobody is a guest. */
function guestless(network: Network): Network {
  const { gateway: _gateway, routes: _routes, pool: _pool, ...rest } = network
  return rest
}

/** Each node with those of its cards that are on the network: under its own name it is found where it is asked for. */
function* nodesOn(snapshot: Snapshot, network: Network): Generator<Vcn> {
  const ours = applianceAddress(network)
  for (const node of vcnsIn(snapshot, network)) {
    const nics = node.nics.filter(
      ({ address }) => address !== undefined && address !== ours && contains(network, address),
    )
    if (nics.length > 0 && isOf(node, network)) yield { ...node, nics }
  }
}

/** By way of whatever is fewer, the addresses of the network or all entries. */
function* vcnsIn(snapshot: Snapshot, network: Network): Iterable<Vcn> {
  const addresses = 2 ** (32 - network.prefix)
  if (addresses > snapshot.entries.size) {
    yield* snapshot.entries.ofKind('vcn')
    return
  }
  const seen = new Set<Vcn>()
  for (let at = 0; at < addresses; at += 1) {
    const device = snapshot.byIp.get(addressAt(network, at))?.device
    if (device?.kind !== 'vcn' || seen.has(device)) continue
    seen.add(device)
    yield device
  }
}

function addressAt(network: Network, at: number): Ip4 {
  return ip4(network.number + at)
}

/** A network that carries a VO's or a cluster's name serves that one alone, whatever else is described on it. */
function isOf(node: Vcn, network: Network): boolean {
  const { name } = network
  if (name.startsWith('vo-')) return name === `vo-${node.vo}`
  if (name.startsWith('voc-')) return name.startsWith(`voc-${node.vo}-${node.cluster}-`)
  return true
}
