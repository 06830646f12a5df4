// Why this file exists: an offer may not wait until the wire was asked whether its address is free, and may not be made
// unasked (HOSTILE 25). So some free addresses of each pool are asked beforehand, again and again, and a pool that runs
// low is told of while there is still time.
import {
  contains,
  formatIp4,
  type Ip4,
  ip4,
  type Mac,
  type Network,
  type Snapshot,
} from '#directory'
import type { LeaseView } from '../lease/book.ts'
import { isLive, type Lease } from '../lease/lease.ts'
import type { Stamp } from '../lease/stamp.ts'

/** An address that nobody had a minute ago is as good as free. */
export const silentMsMax = 60_000
/** Addresses of one pool that are kept ready. */
export const readyWanted = 128
/** Questions of one round, of all pools together. */
export const askedPerRoundMax = 128
/** Behind a router each question is a program of its own. */
export const askedFarPerRoundMax = 4
/** Addresses of one pool that a round looks at. */
const looksPerRoundMax = 1_024
const percentLow = 80
const percentEased = 70

/** Who answers at which of the addresses. MUST settle within its own deadline. */
export type WhoAnswers = (addresses: readonly Ip4[]) => Promise<ReadonlyMap<Ip4, Mac | undefined>>

export interface PoolPlace {
  readonly snapshot: Snapshot
  readonly leases: LeaseView
  readonly now: Stamp
  /** Ours, which answer and are nobody's. */
  readonly addresses: ReadonlySet<Ip4>
  /** Networks on our own wires; the others lie behind relays. */
  readonly isNear: (network: Network) => boolean
}

export class PoolWatch {
  /** When each was last asked in vain, by the monotonic clock. */
  readonly #silent = new Map<Ip4, number>()
  /** Where the next round of a pool goes on. */
  readonly #next = new Map<Ip4, Ip4>()
  readonly #low = new Set<Ip4>()

  /** Whether nobody had it a moment ago. */
  isReady(address: Ip4, now: Stamp): boolean {
    const at = this.#silent.get(address)
    return at !== undefined && now.monotonicMs - at < silentMsMax
  }

  readyIn(network: Network, now: Stamp): readonly Ip4[] {
    return [...this.#silent.keys()].filter(
      (address) => contains(network, address) && this.isReady(address, now),
    )
  }

  wasSilent(addresses: Iterable<Ip4>, now: Stamp): void {
    for (const address of addresses) this.#silent.set(address, now.monotonicMs)
  }

  spoke(address: Ip4): void {
    this.#silent.delete(address)
  }

  /** What to ask in this round; forgets what was asked too long ago. */
  round(place: PoolPlace): readonly Ip4[] {
    for (const [address] of this.#silent)
      if (!this.isReady(address, place.now)) this.#silent.delete(address)
    const asked: Ip4[] = []
    for (const network of place.snapshot.networks) {
      const share = place.isNear(network) ? askedPerRoundMax : askedFarPerRoundMax
      const room = Math.min(share, askedPerRoundMax - asked.length)
      if (network.pool && room > 0) asked.push(...this.#askedOf(network, room, place))
    }
    return asked
  }

  #askedOf(network: Network, room: number, place: PoolPlace): readonly Ip4[] {
    const { pool } = network
    if (!pool) return []
    const size = pool.last - pool.first + 1
    const ready = [...this.#silent.keys()].filter((one) => contains(network, one)).length
    const wanted = Math.min(room, Math.max(0, readyWanted - ready))
    const asked: Ip4[] = []
    const start = this.#next.get(network.number) ?? pool.first
    let address = start >= pool.first && start <= pool.last ? start : pool.first
    for (let looks = 0; looks < Math.min(size, looksPerRoundMax); looks += 1) {
      if (asked.length >= wanted) break
      if (this.#isWorthAsking(address, place)) asked.push(address)
      address = address === pool.last ? pool.first : ip4(address + 1)
    }
    this.#next.set(network.number, address)
    return asked
  }

  #isWorthAsking(address: Ip4, { snapshot, leases, now, addresses }: PoolPlace): boolean {
    const isOurs = addresses.has(address) || snapshot.byIp.has(address)
    return !isOurs && leases.holder(address, now) === undefined && !this.isReady(address, now)
  }

  /** Pools that have become low since the last look, as sentences. */
  runningLow(snapshot: Snapshot, leases: Iterable<Lease>, now: Stamp): readonly string[] {
    const pools = snapshot.networks.filter(({ pool }) => pool !== undefined)
    const used = new Map<Ip4, number>()
    for (const lease of leases) {
      const home = pools.find(({ pool }) => pool && isWithin(lease.address, pool))
      if (home && isLive(lease, now)) used.set(home.number, (used.get(home.number) ?? 0) + 1)
    }
    return pools.flatMap((network) => this.#lowOf(network, used.get(network.number) ?? 0))
  }

  #lowOf({ number, name, pool }: Network, used: number): readonly string[] {
    if (!pool) return []
    const size = pool.last - pool.first + 1
    const percent = (used * 100) / size
    if (percent < percentEased) this.#low.delete(number)
    if (percent < percentLow || this.#low.has(number)) return []
    this.#low.add(number)
    const range = `${formatIp4(pool.first)}-${formatIp4(pool.last)}`
    return [`${used} of the ${size} addresses ${range} of network ${name} are taken`]
  }
}

function isWithin(address: Ip4, pool: { readonly first: Ip4; readonly last: Ip4 }): boolean {
  return address >= pool.first && address <= pool.last
}
