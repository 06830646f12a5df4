// Why this file exists: what we promised to whom, keyed by the address, so that a network that is renamed or
// renumbered takes no promise with it (HOSTILE 37).
import type { Ip4, Mac } from '#directory'
import { elapsedMs, type Stamp } from './stamp.ts'

/**
 * offered: short-lived, in memory only. bound: acknowledged, on disk before the client knew. quarantined: somebody
 * says that the address is in use by a stranger. past: given back or run out, and remembered: it is nobody's, and the
 * first to be offered to the same card (RFC 2131 §4.3.1).
 */
export type LeaseState = 'offered' | 'bound' | 'quarantined' | 'past'

/**
 * Who chose the address: the directory, our pool, or somebody else: another DHCP server that we overheard, or whoever
 * answers there on the wire.
 */
export type LeaseSource = 'directory' | 'pool' | 'observed'

export interface Lease {
  readonly address: Ip4
  readonly mac: Mac
  readonly state: LeaseState
  readonly source: LeaseSource
  /** Hex of option 61. */
  readonly clientId?: string
  /** What shares a limit: `circuit ID` when a relay named it, else `relay ADDRESS` or `interface NAME`. */
  readonly port: string
  readonly since: Stamp
  readonly seconds: number
}

const circuit = 'circuit '

/** The port that a relay named. The word in front keeps it from being taken for an interface. */
export function circuitPort(circuitId: string): string {
  return circuit + circuitId
}

/** Evidence about who holds the lease; `undefined` when no relay said it. */
export function circuitIdOf(port: string): string | undefined {
  return port.startsWith(circuit) ? port.slice(circuit.length) : undefined
}

/** One change of the book, and one record of the journal. */
export type LeaseChange =
  | { readonly kind: 'keep'; readonly lease: Lease }
  | { readonly kind: 'drop'; readonly address: Ip4 }

export function remainingMs(lease: Lease, now: Stamp): number {
  return lease.seconds * 1000 - elapsedMs(lease.since, now)
}

export function isLive(lease: Lease, now: Stamp): boolean {
  return remainingMs(lease, now) > 0
}

/** Holidays are shorter; and a pool that is full has forgotten long before. */
const rememberedSeconds = 30 * 86_400

/** What becomes of a lease that ends. Only the pool has to remember: all others have their reason elsewhere. */
export function endOf(lease: Lease, now: Stamp): LeaseChange {
  if (lease.source !== 'pool' || lease.state !== 'bound')
    return { kind: 'drop', address: lease.address }
  const past: Lease = { ...lease, state: 'past', since: now, seconds: rememberedSeconds }
  return { kind: 'keep', lease: past }
}

/** Offers are not worth a disk write: whoever loses one asks again. */
export function isJournaled(change: LeaseChange): boolean {
  return change.kind === 'drop' || change.lease.state !== 'offered'
}
