// Why this file exists: which address a client gets is one decision, asked by DISCOVER and checked by REQUEST, so
// that an offer and its acknowledgement can never differ.
import {
  broadcastOf,
  contains,
  type Found,
  type Ip4,
  ip4,
  isRouterOf,
  type Mac,
  type Network,
} from '#directory'
import { circuitIdOf, type Lease } from '../lease/lease.ts'
import type { Link } from './link.ts'
import { because, type Why } from './why.ts'
import type { DhcpWorld } from './world.ts'

export interface Asking {
  readonly mac: Mac
  readonly found?: Found
  readonly link: Link
  /** The address that the client would like. */
  readonly wanted?: Ip4
  /** It is about to use that one: no other will do. */
  readonly isTaking?: true
}

export type AddressChoice =
  | {
      readonly ok: true
      readonly address: Ip4
      readonly network: Network
      readonly source: 'directory' | 'pool'
      readonly why: Why
      /** Never given out by us, as far as we remember: worth a probe before the offer (HOSTILE 25). */
      readonly isNew: boolean
    }
  | { readonly ok: false; readonly why: Why; readonly isAlarm: boolean }

export function chooseAddress(asking: Asking, world: DhcpWorld): AddressChoice {
  const { found, link } = asking
  if (!found) return fromPool(asking, world)
  const described = describedAddress(found, link)
  if (!described) {
    const why = because('undecided', found.device.name, link.networks[0].name)
    return explained(fromPool(asking, world), why)
  }
  const rival = rivalOf(described.address, asking, world)
  if (rival) {
    // HOSTILE 42: two machines swapped addresses; the one that moved out has not heard yet.
    const why = because('heldByOther', found.device.name, described.address, rival.mac)
    return explained(fromPool(asking, world), why)
  }
  const why = because('described', found.device.name, described.address)
  return { ok: true, ...described, source: 'directory', why, isNew: false }
}

/** The card's own address on this link; else that of another card of the machine that has no MAC of its own. */
function describedAddress(
  found: Found,
  link: Link,
): { address: Ip4; network: Network } | undefined {
  const own = found.device.nics[found.nicIndex]
  const candidates = [own, ...found.device.nics.filter((nic) => nic.macs.length === 0)]
  for (const nic of candidates) {
    const network = nic?.address === undefined ? undefined : networkOf(nic.address, link)
    if (network && nic?.address !== undefined) return { address: nic.address, network }
  }
  return undefined
}

export function networkOf(address: Ip4, link: Link): Network | undefined {
  return link.networks
    .filter((network) => contains(network, address))
    .toSorted((one, other) => other.prefix - one.prefix)[0]
}

/** A live lease of a card that belongs to another machine, or to none. */
function rivalOf(address: Ip4, asking: Asking, world: DhcpWorld): Lease | undefined {
  const lease = world.leases.holder(address, world.now)
  if (!lease || lease.mac === asking.mac || lease.state !== 'bound') return undefined
  // A machine's cards may share one address (a flat entry with several MACs); then the last one to ask has it.
  const rival = world.snapshot.byMac.get(lease.mac)
  return rival && rival.device.id === asking.found?.device.id ? undefined : lease
}

function explained(choice: AddressChoice, why: Why): AddressChoice {
  return choice.ok ? { ...choice, why } : choice
}

function fromPool(asking: Asking, world: DhcpWorld): AddressChoice {
  const { link, mac, wanted } = asking
  const network = link.networks.find(({ pool }) => pool !== undefined)
  if (!network?.pool)
    return { ok: false, why: because('noPool', link.networks[0].name), isAlarm: false }
  const own = world.leases
    .ofMac(mac, world.now)
    .find(({ address }) => isForStrangers(address, link, world))
  if (own) return pooled(own.address, link, because('ownLease', own.address))
  const refusal = crowded(link, world)
  if (refusal) return { ok: false, why: refusal, isAlarm: true }
  const isAsked = wanted !== undefined && isFree(wanted, link, world)
  // RFC 2131 §4.3.1: what it had before, then what it asks for, then any other.
  const before = world.leases.hadBefore(mac, world.now).find((one) => isFree(one, link, world))
  if (before !== undefined && !(isAsked && asking.isTaking === true))
    return pooled(before, link, because('hadBefore', before), true)
  if (isAsked) return pooled(wanted, link, because('asked', wanted), true)
  const free = readyOne(network, asking, world) ?? firstFree(network.pool, asking, world)
  if (free === undefined)
    return { ok: false, why: because('poolFull', network.name), isAlarm: true }
  return pooled(free, link, because('free', free), true)
}

function pooled(address: Ip4, link: Link, why: Why, isNew = false): AddressChoice {
  const network = networkOf(address, link) ?? link.networks[0]
  return { ok: true, address, network, source: 'pool', why, isNew }
}

/** HOSTILE 24: one port, and all of them together, may hold only so much. */
function crowded(link: Link, world: DhcpWorld): Why | undefined {
  const { limits } = world.settings
  if (world.leases.offers >= limits.offersMax) return because('tooManyOffers', limits.offersMax)
  // A port that a relay names is one socket in a wall; an interface is a whole network.
  const circuitId = circuitIdOf(link.port)
  if (circuitId === undefined || world.leases.crowd(link.port) < limits.strangersPerPortMax)
    return undefined
  return because('crowdedPort', circuitId, limits.strangersPerPortMax)
}

/** One that needs no question first, and that nobody had; the card's own place in the pool when it is among them. */
function readyOne(network: Network, { mac, link }: Asking, world: DhcpWorld): Ip4 | undefined {
  const { pool } = network
  const isFresh = (address: Ip4): boolean => !world.leases.isRemembered(address, world.now)
  const free = world.readyIn(network).filter((address) => isFree(address, link, world))
  const ready = free.some(isFresh) ? free.filter(isFresh) : free
  if (!pool || ready.length === 0) return undefined
  const hash = hashOf(mac)
  const own = ip4(pool.first + (hash % (pool.last - pool.first + 1)))
  return ready.includes(own) ? own : ready[hash % ready.length]
}

/**
 * Begins at a place that only the MAC decides, so that a machine without a lease tends to get the address it had
 * before, and the offers of a flood do not all begin at the same end. What somebody had is the last to be given to others.
 */
function firstFree(
  pool: { readonly first: Ip4; readonly last: Ip4 },
  asking: Asking,
  world: DhcpWorld,
): Ip4 | undefined {
  const size = pool.last - pool.first + 1
  const start = hashOf(asking.mac) % size
  const probes = Math.min(size, world.settings.limits.poolProbesMax)
  let remembered: Ip4 | undefined
  for (let step = 0; step < probes; step += 1) {
    const address = ip4(pool.first + ((start + step) % size))
    if (!isFree(address, asking.link, world)) continue
    if (!world.leases.isRemembered(address, world.now)) return address
    remembered ??= address
  }
  return remembered
}

function isFree(address: Ip4, link: Link, world: DhcpWorld): boolean {
  return (
    isForStrangers(address, link, world) && world.leases.holder(address, world.now) === undefined
  )
}

/** In a pool of the link, and nobody's by the directory. */
function isForStrangers(address: Ip4, link: Link, world: DhcpWorld): boolean {
  const network = networkOf(address, link)
  if (!network?.pool || address < network.pool.first || address > network.pool.last) return false
  const isSpecial =
    isRouterOf(network, address) ||
    address === broadcastOf(network) ||
    address === network.number ||
    world.settings.addresses.has(address)
  return !isSpecial && !world.snapshot.byIp.has(address)
}

function hashOf(mac: Mac): number {
  let hash = 0x811c_9dc5
  for (let at = 0; at < mac.length; at += 1)
    hash = Math.imul(hash ^ mac.charCodeAt(at), 0x0100_0193)
  return hash >>> 0
}
