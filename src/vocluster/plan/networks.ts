// Why this file exists: which networks the nodes of a cluster have: their VO's first, then those that the file adds, each
// with the entry that it has or will have.
import type { Label, Subnet } from '#directory'
import { chooseNetwork, clusterNetworkName, voNetworkName } from '../network/vo-network.ts'
import type { ClusterSpec } from '../spec/cluster-spec.ts'
import type { PlanInput } from './input.ts'
import { refuse, type Result } from './refusal.ts'

export interface ClusterNetwork {
  /** As the file calls it; absent: the VO's own. */
  readonly word?: Label
  /** Of its entry. */
  readonly name: Label
  readonly subnet: Subnet
  readonly vni: number
  /** Its entry is still to be made. */
  readonly isNew: boolean
}

export function resolveNetworks(
  spec: ClusterSpec,
  input: PlanInput,
): Result<readonly ClusterNetwork[]> {
  const owner = { vo: spec.vo, cluster: spec.name }
  const own = voNetwork(spec.vo, input)
  if (own === undefined) return refuse({ kind: 'no-vo-network', vo: spec.vo })
  const networks = [own]
  for (const { name: word, subnet: wished } of spec.networks) {
    const name = clusterNetworkName(owner, word, input.digest)
    if (name === undefined)
      return refuse({ kind: 'no-network-name', name: `voc-${spec.vo}-${spec.name}-${word}` })
    const found = input.directory.networkByName.get(name)
    if (found?.vni !== undefined) {
      const subnet = { number: found.number, prefix: found.prefix }
      networks.push({ word, name, subnet, vni: found.vni, isNew: false })
      continue
    }
    const chosen = chooseNetwork(name, wished, [
      ...input.directory.networks,
      ...networks.map((one) => ({ ...one.subnet, name: one.name, vni: one.vni })),
    ])
    if (!chosen.ok) return chosen
    networks.push({ word, ...chosen.value, isNew: true })
  }
  return { ok: true, value: networks }
}

/** Made by `vo add`, never by a plan. */
export function voNetwork(vo: Label, { directory }: PlanInput): ClusterNetwork | undefined {
  const name = voNetworkName(vo)
  const found = name === undefined ? undefined : directory.networkByName.get(name)
  if (found?.vni === undefined) return undefined
  const subnet = { number: found.number, prefix: found.prefix }
  return { name: found.name, subnet, vni: found.vni, isNew: false }
}
