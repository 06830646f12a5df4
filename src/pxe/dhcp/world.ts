// Why this file exists: an answer is a function of the question, where it came in, and all of this.
import type { EntryId, Ip4, Network, Snapshot, Subnet } from '#directory'
import type { NextBoot } from '#feed'
import type { LeaseMemory } from '../lease/book.ts'
import type { Stamp } from '../lease/stamp.ts'

/** Where and how a packet came in. */
export interface Arrival {
  readonly interfaceName: string
  /** Ours on that interface: server identifier, next server, name server, clock. */
  readonly interfaceAddress: Ip4
  /** All of ours there; on an interface with several networks a client needs the one of its own. */
  readonly addresses: readonly Ip4[]
  readonly subnets: readonly Subnet[]
  readonly source: Ip4
  readonly sourcePort: number
  /** 67, or 4011 for PXE behind another server (in proxy mode). */
  readonly port: number
}

export interface DhcpSettings {
  readonly mode: 'authoritative' | 'proxy' | 'off'
  /** All of ours, on every interface. */
  readonly addresses: ReadonlySet<Ip4>
  readonly limits: DhcpLimits
  /** A VO's network has no guests: whoever is not described there hears nothing, not even a refusal. */
  readonly describedOnly?: true
}

export interface DhcpLimits {
  readonly offerSeconds: number
  readonly offersMax: number
  /** Unknown machines behind one port that a relay names. */
  readonly strangersPerPortMax: number
  readonly quarantineSeconds: number
  readonly quarantinedMax: number
  /** Set aside on the word of one card; each for as long as a quarantine lasts. */
  readonly declinesPerCardMax: number
  /** Addresses looked at for one offer. */
  readonly poolProbesMax: number
  readonly leaseSecondsMin: number
}

export const defaultDhcpLimits: DhcpLimits = {
  offerSeconds: 20,
  offersMax: 4096,
  strangersPerPortMax: 64,
  quarantineSeconds: 3600,
  quarantinedMax: 64,
  declinesPerCardMax: 4,
  poolProbesMax: 4096,
  leaseSecondsMin: 60,
}

/** VXLAN adds 50 bytes, and the wire below carries 1,500. */
export const voMtu = 1450

export interface DhcpWorld {
  readonly snapshot: Snapshot
  readonly leases: LeaseMemory
  readonly now: Stamp
  readonly settings: DhcpSettings
  readonly nextBoot: (id: EntryId) => NextBoot
  /** Whether we can give that boot file now. */
  readonly isHeld: (name: string) => boolean
  /** Addresses of a network that nobody had when they were last asked, a moment ago. */
  readonly readyIn: (network: Network) => readonly Ip4[]
}
