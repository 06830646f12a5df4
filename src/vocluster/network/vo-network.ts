// Why this file exists: each VO has networks of its own, which must not touch each other or anything physical. Their
// numbers and addresses are chosen here, the same by whoever asks.
import {
  broadcastOf,
  contains,
  ip4,
  type Label,
  type Network,
  parseLabel,
  type Snapshot,
  type Subnet,
} from '#directory'

export { applianceAddress } from '#directory'

/** CONTRACT: 10.128.0.0/12, one /20 after the other. */
const tenantSpace: Subnet = { number: ip4(0x0a80_0000), prefix: 12 }
const tenantPrefix = 20
const vniMax = 0xff_ffff

export interface NetworkChoice {
  readonly name: Label
  readonly subnet: Subnet
  readonly vni: number
}

export type NetworkRefusal =
  | { readonly kind: 'no-subnet' }
  | { readonly kind: 'subnet-taken'; readonly subnet: Subnet; readonly by: Label }
  | { readonly kind: 'no-vni' }
  | { readonly kind: 'no-network-name'; readonly name: string }

export type ChosenNetwork =
  | { readonly ok: true; readonly value: NetworkChoice }
  | { readonly ok: false; readonly refusal: NetworkRefusal }

type Taken = Pick<Network, 'number' | 'prefix' | 'name' | 'vni'>

/** Hex of at least 128 bits, well mixed: SHA-256 for one. */
export type Digest = (text: string) => string

/** `vo-physics`, made by `vo add`. */
export function voNetworkName(vo: Label): Label | undefined {
  return parseLabel(`vo-${vo}`)
}

/** Of a cluster's own network. Names may hold hyphens, so the digest tells a-b + c from a + b-c. */
export function clusterNetworkName(
  owner: { readonly vo: Label; readonly cluster: Label },
  network: Label,
  digest: Digest,
): Label | undefined {
  const { vo, cluster } = owner
  const tail = digest(`network ${vo}/${cluster}/${network}`).slice(0, 6)
  return parseLabel(`${clusterNetworkPrefix(vo, cluster)}${network}-${tail}`)
}

function clusterNetworkPrefix(vo: Label, cluster: Label): string {
  return `voc-${vo}-${cluster}-`
}

/** The networks in the directory that some plan for this cluster has made. */
export function networksOfCluster(
  snapshot: Snapshot,
  owner: { readonly vo: Label; readonly cluster: Label },
  digest: Digest,
): readonly Network[] {
  const prefix = clusterNetworkPrefix(owner.vo, owner.cluster)
  return snapshot.networks.filter(({ name }) => {
    const network = parseLabel(name.slice(prefix.length).replace(/-[0-9a-f]{6}$/, ''))
    return (
      name.startsWith(prefix) &&
      network !== undefined &&
      clusterNetworkName(owner, network, digest) === name
    )
  })
}

/** `wished`: the subnet that a person named; absent: the next free one. */
export function chooseNetwork(
  name: Label,
  wished: Subnet | undefined,
  taken: readonly Taken[],
): ChosenNetwork {
  const inTheWay = wished && taken.find((one) => overlap(one, wished))
  if (wished && inTheWay)
    return {
      ok: false,
      refusal: { kind: 'subnet-taken', subnet: wished, by: inTheWay.name },
    }
  const subnet = wished ?? nextFreeSubnet(taken)
  if (subnet === undefined) return { ok: false, refusal: { kind: 'no-subnet' } }
  const vni = nextFreeVni(taken)
  if (vni === undefined) return { ok: false, refusal: { kind: 'no-vni' } }
  return { ok: true, value: { name, subnet, vni } }
}

function nextFreeSubnet(taken: readonly Subnet[]): Subnet | undefined {
  const size = 2 ** (32 - tenantPrefix)
  for (let at: number = tenantSpace.number; at < broadcastOf(tenantSpace); at += size) {
    const subnet = { number: ip4(at), prefix: tenantPrefix }
    if (!taken.some((one) => overlap(one, subnet))) return subnet
  }
  return undefined
}

function nextFreeVni(taken: readonly Taken[]): number | undefined {
  const used = new Set(taken.map(({ vni }) => vni))
  for (let vni = 1; vni <= vniMax; vni += 1) if (!used.has(vni)) return vni
  return undefined
}

function overlap(one: Subnet, other: Subnet): boolean {
  return contains(one, other.number) || contains(other, one.number)
}
