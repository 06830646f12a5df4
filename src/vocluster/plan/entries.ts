// Why this file exists: names, MACs and addresses of the nodes, as the directory has or will have them. What an entry says
// already stays, whoever wrote it; only what is missing is chosen.
import {
  broadcastOf,
  contains,
  type DnsName,
  freeAddresses,
  type Ip4,
  ip4,
  isUnicastMac,
  joinName,
  type Label,
  type Mac,
  type Nic,
  type Subnet,
  type Vcn,
} from '#directory'
import { formatImageId } from '../image/image-name.ts'
import { chooseMac } from '../network/mac.ts'
import { applianceAddress } from '../network/vo-network.ts'
import type { ClusterSpec, VcnSpec } from '../spec/cluster-spec.ts'
import type { PlanInput } from './input.ts'
import type { ClusterNetwork } from './networks.ts'
import { refuse, type Result } from './refusal.ts'
import type { Settlement } from './settle.ts'
import type { EntryNic, VcnEntry } from './step.ts'

/** `compute3.hpl.physics` */
export function fullNameOf(
  spec: Pick<ClusterSpec, 'vo' | 'name'>,
  vcn: Label,
): DnsName | undefined {
  return joinName(vcn, spec.name, spec.vo)
}

/** What was given to nodes of this plan; the directory does not show it yet. */
interface Choosing {
  readonly input: PlanInput
  readonly macs: Set<Mac>
  readonly addresses: ReadonlyMap<Label, Iterator<Ip4>>
}

export function resolveEntries(
  spec: ClusterSpec,
  settlement: Settlement,
  networks: readonly ClusterNetwork[],
  input: PlanInput,
): Result<readonly VcnEntry[]> {
  const addresses = new Map(networks.map((one) => [one.name, addressesOf(one, input)]))
  const choosing: Choosing = { input, macs: new Set(), addresses }
  const entries: VcnEntry[] = []
  for (const vcn of spec.vcns) {
    const name = fullNameOf(spec, vcn.name)
    const host = settlement.get(vcn.name)?.host
    if (name === undefined || joinName(name, input.directory.domain) === undefined)
      return refuse({ kind: 'name-too-long', name: `${vcn.name}.${spec.name}.${spec.vo}` })
    if (host === undefined) throw new Error(`${name} was not settled`)
    const nics = nicsOf(vcn, name, networks, choosing)
    if (!nics.ok) return nics
    entries.push({
      name: vcn.name,
      aliases: vcn.alias === undefined ? [] : [vcn.alias],
      vo: spec.vo,
      cluster: spec.name,
      host,
      image: formatImageId(vcn.image),
      nics: nics.value,
    })
  }
  return { ok: true, value: entries }
}

function addressesOf(network: ClusterNetwork, input: PlanInput): Iterator<Ip4> {
  const { directory, isTaken } = input
  const entry = directory.networkByName.get(network.name)
  return entry === undefined
    ? addressesOfNew(network.subnet, input)
    : freeAddresses(directory, entry, isTaken, [applianceAddress(network.subnet)])
}

/** A network that is still to be made has no pool or gateway to keep clear of. */
function* addressesOfNew(subnet: Subnet, { directory, isTaken }: PlanInput): Generator<Ip4> {
  for (let at: number = applianceAddress(subnet) + 1; at < broadcastOf(subnet); at += 1) {
    const address = ip4(at)
    if (!directory.byIp.has(address) && !isTaken(address)) yield address
  }
}

function nicsOf(
  vcn: VcnSpec,
  name: DnsName,
  networks: readonly ClusterNetwork[],
  choosing: Choosing,
): Result<readonly EntryNic[]> {
  const entry = entryNamed(name, choosing.input)
  const nics: EntryNic[] = []
  for (const network of networks) {
    const { word } = network
    if (word !== undefined && !vcn.networks.includes(word)) continue
    const nic = nicOf(
      name,
      network,
      entry?.nics.find(({ label }) => label === word),
      choosing,
    )
    if (!nic.ok) return nic
    nics.push(nic.value)
  }
  return { ok: true, value: nics }
}

/** The device that holds a name, when it is a node. */
export function entryNamed(name: DnsName, { directory }: PlanInput): Vcn | undefined {
  const device = directory.byName.get(name)?.device
  return device?.kind === 'vcn' && device.name === name ? device : undefined
}

function nicOf(
  name: DnsName,
  network: ClusterNetwork,
  found: Nic | undefined,
  choosing: Choosing,
): Result<EntryNic> {
  const { word } = network
  const { input, macs } = choosing
  const isTaken = (mac: Mac): boolean => macs.has(mac) || input.directory.byMac.has(mac)
  const called = word === undefined ? name : `${word}.${name}`
  const mac = found?.macs.find(isUnicastMac) ?? chooseMac(called, isTaken, input.digest)
  if (mac === undefined) return refuse({ kind: 'no-mac', vcn: name })
  macs.add(mac)
  const held = found?.address
  const stays = held !== undefined && contains(network.subnet, held)
  const address = stays ? held : nextAddress(choosing.addresses.get(network.name))
  if (address === undefined) return refuse({ kind: 'no-address', network: network.name })
  const nic = { network: network.name, mac, address }
  return { ok: true, value: word === undefined ? nic : { label: word, ...nic } }
}

function nextAddress(addresses: Iterator<Ip4> | undefined): Ip4 | undefined {
  const next = addresses?.next()
  return next === undefined || next.done === true ? undefined : next.value
}

/** Whether the directory shows a node as it should be. */
export function showsAlready(entry: VcnEntry, shown: Vcn | undefined): boolean {
  if (shown === undefined || shown.host !== entry.host || shown.image !== entry.image) return false
  const aliases = entry.aliases.map((alias) => joinName(alias, entry.cluster, entry.vo))
  return sameNames(aliases, shown.aliases) && sameNics(entry.nics, shown.nics)
}

function sameNames(wanted: readonly (string | undefined)[], shown: readonly string[]): boolean {
  return wanted.length === shown.length && wanted.every((one) => shown.some((it) => it === one))
}

function sameNics(wanted: readonly EntryNic[], shown: readonly Nic[]): boolean {
  return (
    wanted.length === shown.length &&
    wanted.every(({ label, network, mac, address }) => {
      const nic = shown.find((one) => one.label === label)
      // Without a word the node's own card is on its VO's network.
      const onIt = nic?.network === network || (label === undefined && nic?.network === undefined)
      return onIt && nic?.address === address && nic.macs.includes(mac)
    })
  )
}
