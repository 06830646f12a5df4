// Why this file exists: a plan is a function of what is known. Everything that it may know stands here; nothing else can
// change it.
import type { DnsName, Ip4, Label, Snapshot } from '#directory'
import type { ImageBase } from '../domain/definition.ts'
import type { VcnMark } from '../domain/mark.ts'
import type { DomainSeen } from '../domain/read-domain.ts'
import type { ImageId } from '../image/image-name.ts'
import type { TunnelSeen } from '../network/read-tunnels.ts'
import type { Digest } from '../network/vo-network.ts'
import type { Book } from '../place/book.ts'
import type { Place } from '../place/room.ts'

export interface HostFact {
  readonly name: DnsName
  /** Its end of every VO's network. */
  readonly tunnel: Ip4
  /** What virtual nodes may have there altogether. */
  readonly vcpus: number
  readonly memoryBytes: number
  readonly tags: readonly string[]
  readonly cordoned: boolean
  /** away: not ready, and nobody knows what still runs there. fenced: known to be off, so nothing does (HOSTILE 61). */
  readonly presence: 'ready' | 'away' | 'fenced'
}

export interface ObservedDomain extends DomainSeen {
  readonly host: DnsName
  readonly mark: VcnMark
  readonly state: 'running' | 'paused' | 'off'
  /** Of one that is paused. What somebody has paused is left alone. */
  readonly pause?: { readonly why: string; readonly isWanted: boolean }
}

export interface ObservedTunnel extends TunnelSeen {
  /** Absent: the appliance's own end. */
  readonly host?: DnsName
}

/** What the ready hosts show. Domains without our mark are no part of it. */
export interface Observed {
  readonly domains: readonly ObservedDomain[]
  readonly overlays: readonly { readonly host: DnsName; readonly name: string }[]
  readonly tunnels: readonly ObservedTunnel[]
  /** Hosts that have our pool and filter. */
  readonly prepared: readonly DnsName[]
}

/** An image that the VO may use. */
export interface ImageFact {
  readonly id: ImageId
  readonly digest: string
  readonly base: ImageBase
}

export interface PlanInput {
  readonly directory: Snapshot
  readonly observed: Observed
  readonly hosts: readonly HostFact[]
  readonly book: Book
  readonly images: readonly ImageFact[]
  /** The appliance's end of every VO's network. */
  readonly applianceTunnel: Ip4
  /** Addresses that something outside of the directory holds: leases, entries set aside. */
  readonly isTaken: (address: Ip4) => boolean
  readonly digest: Digest
  /** A site may place by rules of its own. */
  readonly place: Place
}

export interface ClusterRef {
  readonly vo: Label
  readonly cluster: Label
}
