// Why this file exists: the directory as one frozen value that every answer is a function of.
import type { Buckets } from './buckets.ts'
import type { Entry, EntryId, Machine, Network, SetAside, Vcn } from './entry.ts'
import type { Ip4 } from './ip4.ts'
import type { Mac } from './mac.ts'
import type { DnsName, Label } from './name.ts'
import type { Uuid } from './uuid.ts'

/** Where a MAC or an address leads: the device and which of its NICs. */
export interface Found {
  readonly device: Machine | Vcn
  readonly nicIndex: number
}

export interface Snapshot {
  /** Counts changes; two snapshots of one appliance with the same number are the same. */
  readonly number: number
  readonly domain: DnsName
  readonly networks: readonly Network[]
  readonly entries: Buckets<EntryId, Entry>
  readonly byMac: Buckets<Mac, Found>
  readonly byIp: Buckets<Ip4, Found>
  /** Relative names: canonical, aliases, and `eth1.n001` for a child NIC. */
  readonly byName: Buckets<DnsName, Found>
  readonly byUuid: Buckets<Uuid, Machine>
  readonly byPort: Buckets<string, Machine>
  readonly byTag: Buckets<string, readonly Machine[]>
  readonly setAside: Buckets<EntryId, SetAside>
  /** Every proper suffix of a name in use (`hpl.physics`): a name that exists but has no record. */
  readonly nonTerminals: Buckets<DnsName, number>
  /** Names of physical networks and VO networks. */
  readonly networkByName: Buckets<Label, Network>
}

/** One step from a snapshot to the next; a snapshot is a list of these from nothing. */
export type Delta =
  | { readonly kind: 'put'; readonly entry: Entry }
  | { readonly kind: 'drop'; readonly id: EntryId }
  | { readonly kind: 'set-aside'; readonly item: SetAside }
