// Why this file exists: which networks a client can be on is decided by where its packet came in, never by what it
// says; a relay's word counts only when the relay is known there (HOSTILE 7, 9).
import {
  broadcastOf,
  contains,
  formatIp4,
  type Ip4,
  isRouterOf,
  type Network,
  type Snapshot,
} from '#directory'
import { circuitPort } from '../lease/lease.ts'
import type { Client } from './client.ts'
import type { DhcpMessage } from './message.ts'
import { optionCode } from './option-code.table.ts'
import { addressOption } from './option-value.ts'
import { because, type Why } from './why.ts'
import type { Arrival } from './world.ts'

/** What shares a wire with the client. The first network is where an unknown machine goes. */
export interface Link {
  readonly networks: readonly [Network, ...Network[]]
  /** As in a lease: a circuit that a relay named, a relay, or an interface. */
  readonly port: string
}

export type LinkFound =
  | { readonly ok: true; readonly link: Link }
  | { readonly ok: false; readonly why: Why; readonly isAlarm: boolean }

export function findLink(
  message: DhcpMessage,
  client: Client,
  arrival: Arrival,
  snapshot: Snapshot,
): LinkFound {
  if (message.giaddr !== 0) return relayedLink(message, client, arrival, snapshot)
  const onInterface = networksOn(snapshot, arrival)
  const selected = addressOption(message.options, optionCode.subnetSelection)
  const [first, ...rest] =
    renewedFrom(message, arrival, snapshot) ?? selectedOf(onInterface, selected)
  if (!first && selected !== undefined && onInterface.length > 0)
    return refuse(because('subnetElsewhere', selected, arrival.interfaceName), false)
  return first
    ? {
        ok: true,
        link: { networks: [first, ...rest], port: `interface ${arrival.interfaceName}` },
      }
    : refuse(because('noNetwork', arrival.interfaceName, arrival.source), false)
}

/** RFC 3011: one of those that are there; without a relay nobody is on any other. */
function selectedOf(networks: readonly Network[], selected: Ip4 | undefined): readonly Network[] {
  if (selected === undefined) return networks
  const network = narrowest(networks, selected)
  return network ? [network] : []
}

/** Networks of the directory that lie on the interface, those with a pool first. */
function networksOn(snapshot: Snapshot, arrival: Arrival): readonly Network[] {
  return snapshot.networks
    .filter((network) =>
      arrival.subnets.some(
        (subnet) => contains(subnet, network.number) || contains(network, subnet.number),
      ),
    )
    .toSorted((one, other) => Number(!one.pool) - Number(!other.pool))
}

/** A lease got by a relay is renewed past it, by a router: the client's own address tells where it is. */
function renewedFrom(
  message: DhcpMessage,
  arrival: Arrival,
  snapshot: Snapshot,
): readonly Network[] | undefined {
  if (message.ciaddr === 0 || arrival.source !== message.ciaddr) return undefined
  const isHere = arrival.subnets.some((subnet) => contains(subnet, message.ciaddr))
  if (isHere || networksOn(snapshot, arrival).some(({ vni }) => vni !== undefined)) return undefined
  return snapshot.networks.filter(
    (network) => network.vni === undefined && contains(network, message.ciaddr),
  )
}

function relayedLink(
  { giaddr, options }: DhcpMessage,
  client: Client,
  arrival: Arrival,
  snapshot: Snapshot,
): LinkFound {
  const tenant = networksOn(snapshot, arrival).find(({ vni }) => vni !== undefined)
  if (tenant) return refuse(because('relayOnTenantNetwork', giaddr, tenant.name), true)
  const physical = snapshot.networks.filter(({ vni }) => vni === undefined)
  const home = narrowest(physical, giaddr)
  if (!home) return refuse(because('relayOutside', giaddr), true)
  if (!isRelay(giaddr, home, snapshot))
    return refuse(because('unknownRelay', giaddr, home.name), true)
  // RFC 3527 §3: the relay's word counts before the client's.
  const selected = client.relay?.linkSelection ?? addressOption(options, optionCode.subnetSelection)
  const network = selected === undefined ? home : narrowest(physical, selected)
  if (!network) return refuse(because('relayOutside', selected ?? giaddr), true)
  const circuitId = client.relay?.circuitId
  const port = circuitId === undefined ? `relay ${formatIp4(giaddr)}` : circuitPort(circuitId)
  return { ok: true, link: { networks: [network], port } }
}

/** Networks may lie inside each other. */
function narrowest(networks: readonly Network[], address: Ip4): Network | undefined {
  return networks
    .filter((network) => contains(network, address))
    .toSorted((one, other) => other.prefix - one.prefix)[0]
}

/** A router, or a machine that is described there; with no gateway, any address that is not for guests. */
function isRelay(giaddr: Ip4, network: Network, snapshot: Snapshot): boolean {
  if (giaddr === network.number || giaddr === broadcastOf(network)) return false
  if (isRouterOf(network, giaddr) || snapshot.byIp.has(giaddr)) return true
  const { pool } = network
  const isGuest = pool !== undefined && giaddr >= pool.first && giaddr <= pool.last
  return network.gateway === undefined && !isGuest
}

function refuse(why: Why, isAlarm: boolean): LinkFound {
  return { ok: false, why, isAlarm }
}
