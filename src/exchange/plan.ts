// Why this file exists: an import may be repeated, and may meet what others described; what is new is written, what is
// there already stays, and what is there otherwise is a person's to decide.
import {
  contains,
  formatIp4,
  formatRoute,
  formatSubnet,
  type Ip4,
  joinName,
  type Label,
  type Machine,
  type Network,
  type Nic,
  parseLabel,
  type Route,
  type Snapshot,
} from '#directory'
import type {
  ImportedMachine,
  ImportedNetwork,
  ImportedNic,
  ImportOutcome,
  LeftOut,
  MachineFacts,
} from './outcome.ts'
import { isSameRoutes } from './routes.ts'
import { dashed, rangeText } from './values.ts'

export interface ImportPlan {
  readonly networks: readonly ImportedNetwork[]
  readonly machines: readonly ImportedMachine[]
  /** Names of what the directory holds with the same content. */
  readonly already: readonly string[]
  readonly conflicts: readonly LeftOut[]
}

type Verdict =
  | { readonly kind: 'new' | 'already' }
  | { readonly kind: 'conflict'; readonly why: string }

const isNew: Verdict = { kind: 'new' }
const isAlready: Verdict = { kind: 'already' }

/** What else speaks for an address, as a sentence's end: `is the appliance's own`. */
export type TakenBy = (address: Ip4) => string | undefined

export function planImport(
  outcome: ImportOutcome,
  snapshot: Snapshot,
  takenBy: TakenBy = () => undefined,
): ImportPlan {
  const already: string[] = []
  const conflicts: LeftOut[] = []
  const sort = <Item extends { readonly where: string; readonly name: string }>(
    items: readonly Item[],
    judge: (item: Item) => Verdict,
  ): readonly Item[] =>
    items.filter((item) => {
      const verdict = judge(item)
      if (verdict.kind === 'already') already.push(item.name)
      if (verdict.kind === 'conflict') {
        conflicts.push({ where: item.where, what: item.name, why: verdict.why })
      }
      return verdict.kind === 'new'
    })
  const networks = sort(outcome.networks, (network) => judgeNetwork(network, snapshot))
  const machines = sort(outcome.machines, (machine) => judgeMachine(machine, snapshot, takenBy))
  return { networks: withFreeNames(networks, snapshot), machines, already, conflicts }
}

function judgeNetwork(network: ImportedNetwork, { networks }: Snapshot): Verdict {
  const same = networks.find(
    ({ number, prefix }) => number === network.number && prefix === network.prefix,
  )
  if (same !== undefined) {
    const differences = networkDifferences(network, same)
    return differences.length === 0
      ? isAlready
      : conflict(`${same.name} is there with ${differences.join(', ')}`)
  }
  const other = networks.find(
    (each) => contains(each, network.number) || contains(network, each.number),
  )
  if (other === undefined) return isNew
  return conflict(
    `${formatSubnet(network)} shares addresses with ${other.name}, ${formatSubnet(other)}`,
  )
}

function networkDifferences(
  wanted: ImportedNetwork,
  { gateway, routes = [], pool, leaseSeconds }: Network,
): readonly string[] {
  const [own, theirs] = [pool && rangeText(pool), wanted.pool && rangeText(wanted.pool)]
  return [
    ...(wanted.gateway !== undefined && wanted.gateway !== gateway
      ? [
          `${gateway === undefined ? 'no router' : `router ${formatIp4(gateway)}`} instead of ${formatIp4(wanted.gateway)}`,
        ]
      : []),
    ...(wanted.routes !== undefined && !isSameRoutes(wanted.routes, routes)
      ? [`${routesText(routes)} instead of ${routesText(wanted.routes)}`]
      : []),
    ...(theirs !== undefined && theirs !== own
      ? [`${own === undefined ? 'no pool' : `pool ${own}`} instead of ${theirs}`]
      : []),
    ...(wanted.leaseSeconds !== undefined && wanted.leaseSeconds !== leaseSeconds
      ? [`leases of ${leaseSeconds} s instead of ${wanted.leaseSeconds} s`]
      : []),
  ]
}

function routesText(routes: readonly Route[]): string {
  return routes.length === 0 ? 'no routes' : `routes ${routes.map(formatRoute).join(', ')}`
}

/** A name may be taken by a network elsewhere; what identifies a network is its addresses. */
function withFreeNames(
  networks: readonly ImportedNetwork[],
  { networkByName }: Snapshot,
): readonly ImportedNetwork[] {
  const taken = new Set<string>(networks.map(({ name }) => name))
  return networks.map((network) => {
    if (!networkByName.has(network.name)) return network
    const plain = `net-${dashed(network.number)}`
    const name = freeLabel(plain, (label) => taken.has(label) || networkByName.has(label))
    taken.add(name)
    return { ...network, name }
  })
}

const attemptsMax = 1_000_000

function freeLabel(wished: string, isTaken: (label: Label) => boolean): Label {
  for (let number = 1; number < attemptsMax; number += 1) {
    const label = parseLabel(number === 1 ? wished : `${wished}-x${number}`)
    if (label !== undefined && !isTaken(label)) return label
  }
  throw new Error(`no name is left for ${wished}`)
}

function judgeMachine(machine: ImportedMachine, snapshot: Snapshot, takenBy: TakenBy): Verdict {
  const named = snapshot.byName.get(machine.name)?.device
  const byCard = machine.nics
    .flatMap(({ macs }) => macs)
    .flatMap((mac) => snapshot.byMac.get(mac)?.device ?? [])[0]
  // Whoever has given a nameless card a name since has not made it another machine.
  const same = named ?? (machine.isNameMade ? byCard : undefined)
  if (same === undefined) return judgeClaims(machine, snapshot, takenBy)
  if (same.kind !== 'machine') return conflict(`${same.name} is a virtual node`)
  const differences = machineDifferences(machine, same)
  return differences.length === 0 ? isAlready : conflict(`${same.dn} has ${differences.join(', ')}`)
}

/** What another entry holds would set the new one aside. */
function judgeClaims(
  { nics, aliases, name, facts }: ImportedMachine,
  snapshot: Snapshot,
  takenBy: TakenBy,
): Verdict {
  for (const mac of nics.flatMap(({ macs }) => macs)) {
    const owner = snapshot.byMac.get(mac)?.device
    if (owner !== undefined) return conflict(`${mac} belongs to ${owner.name}`)
  }
  for (const address of nics.flatMap(({ addresses }) => addresses)) {
    const owner = snapshot.byIp.get(address)?.device
    if (owner !== undefined) return conflict(`${formatIp4(address)} belongs to ${owner.name}`)
    const other = takenBy(address)
    if (other !== undefined) return conflict(`${formatIp4(address)} ${other}`)
  }
  const cards = nics.flatMap(({ label }) => (label && joinName(label, name)) ?? [])
  for (const other of [...aliases, ...cards]) {
    const owner = snapshot.byName.get(other)?.device
    if (owner !== undefined) return conflict(`the name ${other} belongs to ${owner.name}`)
  }
  const uuidOwner = facts.uuid === undefined ? undefined : snapshot.uuidClaims.get(facts.uuid)?.[0]
  if (uuidOwner !== undefined) return conflict(`its UUID belongs to ${uuidOwner.name}`)
  const portOwner = facts.port === undefined ? undefined : snapshot.byPort.get(facts.port)
  return portOwner === undefined ? isNew : conflict(`its port belongs to ${portOwner.name}`)
}

/** Only what the file says is compared; an address that the appliance has chosen since is no difference. */
function machineDifferences(wanted: ImportedMachine, is: Machine): readonly string[] {
  const unknown = wanted.aliases.filter((alias) => alias !== is.name && !is.aliases.includes(alias))
  return [
    ...nicDifferences(wanted.nics, is.nics),
    ...(unknown.length > 0 ? [`no name ${unknown.join(', ')}`] : []),
    ...factDifferences(wanted.facts, is),
  ]
}

function nicDifferences(wanted: readonly ImportedNic[], is: readonly Nic[]): readonly string[] {
  return wanted.flatMap(({ label, macs, addresses }) => {
    const same = is.filter((nic) => nic.label === label)
    const card = label === undefined ? 'it' : `the card ${label}`
    const hasMacs = new Set(same.flatMap((nic) => nic.macs))
    const hasAddresses = new Set(same.flatMap((nic) => nic.address ?? []))
    const isSameCard = macs.length === hasMacs.size && macs.every((mac) => hasMacs.has(mac))
    const isThere = addresses.every((address) => hasAddresses.has(address))
    const isMore = addresses.length > 0 && hasAddresses.size > addresses.length
    return [
      ...(isSameCard
        ? []
        : [`for ${card} ${listed(hasMacs, 'no MAC')} instead of ${listed(macs, 'none')}`]),
      ...(isThere && !isMore
        ? []
        : [
            `for ${card} ${listed([...hasAddresses].map(formatIp4), 'no address')} instead of ${addresses.map(formatIp4).join(' ')}`,
          ]),
    ]
  })
}

function listed(values: Iterable<string>, otherwise: string): string {
  const text = [...values].join(' ')
  return text === '' ? otherwise : text
}

function factDifferences(wanted: MachineFacts, is: Machine): readonly string[] {
  const single = (['role', 'uuid', 'port', 'power', 'bootFile'] as const).flatMap((key) => {
    const value = wanted[key]
    return value === undefined || value === is[key]
      ? []
      : [`${key} ${is[key] ?? 'none'} instead of ${value}`]
  })
  const has = new Set(is.tags.map((tag) => tag.toLowerCase()))
  const tags = (wanted.tags ?? []).filter((tag) => !has.has(tag.toLowerCase()))
  const parameters = (wanted.bootParameters ?? []).filter(
    (each) => !is.bootParameters.includes(each),
  )
  return [
    ...single,
    ...(tags.length > 0 ? [`no tag ${tags.join(' ')}`] : []),
    ...(parameters.length > 0 ? [`no boot parameter ${parameters.join(' ')}`] : []),
  ]
}

function conflict(why: string): Verdict {
  return { kind: 'conflict', why }
}
