// Why this file exists: the appliance's ends of the VOs' networks live in its memory, and must be made again when it was
// restarted while clusters run.
import type { DnsName, Label, Network } from '#directory'
import { networksOfCluster, voNetworkName } from '../network/vo-network.ts'
import type { PlanInput } from '../plan/input.ts'
import type { Step } from '../plan/step.ts'
import { hostsOfVo } from '../plan/tunnels.ts'

export type EndsInput = Pick<
  PlanInput,
  'directory' | 'observed' | 'hosts' | 'book' | 'applianceTunnel' | 'digest'
>

/** For every network that booked nodes are on, unless our end is there and knows all others. */
export function missingApplianceEnds(input: EndsInput): readonly Step[] {
  return usedNetworks(input).flatMap(({ network, hosts }) => {
    const { vni, name, number, prefix } = network
    const peers = input.hosts
      .filter((host) => hosts.has(host.name))
      .map(({ tunnel }) => tunnel)
      .toSorted((one, other) => one - other)
    if (vni === undefined || peers.length === 0) return []
    const local = input.applianceTunnel
    const isWhole = input.observed.tunnels.some(
      (seen) =>
        seen.host === undefined &&
        seen.vni === vni &&
        seen.local === local &&
        peers.every((peer) => seen.peers.includes(peer)),
    )
    if (isWhole) return []
    const end = { vni, local, peers }
    const action = { kind: 'join-network', end, subnet: { number, prefix } } as const
    return [{ id: `join network ${name} on the appliance`, after: [], action }]
  })
}

interface Used {
  readonly network: Network
  readonly hosts: ReadonlySet<DnsName>
}

function usedNetworks(input: EndsInput): readonly Used[] {
  const { book, directory, digest } = input
  const shared = [...new Set([...book.values()].map(({ vo }) => vo))].flatMap((vo) => {
    const name = voNetworkName(vo)
    const network = name === undefined ? undefined : directory.networkByName.get(name)
    return network === undefined ? [] : [{ network, hosts: hostsOfVo(book, vo) }]
  })
  const own = [...book.values()].flatMap((of) =>
    networksOfCluster(directory, of, digest).map((network) => {
      return { network, hosts: hostsOn(network.name, of, input) }
    }),
  )
  return [...shared, ...own]
}

function hostsOn(
  network: Label,
  of: { readonly vo: Label; readonly cluster: Label },
  { directory }: EndsInput,
): ReadonlySet<DnsName> {
  const nodes = Array.from(directory.entries.ofKind('vcn'))
    .filter(({ vo, cluster }) => vo === of.vo && cluster === of.cluster)
    .filter(({ nics }) => nics.some((nic) => nic.network === network))
  return new Set(nodes.flatMap(({ host }) => host ?? []))
}
