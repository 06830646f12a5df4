// Why this file exists: the directory as one frozen value that every answer is a function of.
import { Buckets } from './buckets.ts'
import type { Entry, EntryId, Machine, Network, SetAside, Vcn } from './entry.ts'
import type { Grouped } from './grouped.ts'
import type { Ip4 } from './ip4.ts'
import type { Mac } from './mac.ts'
import type { DnsName, Label } from './name.ts'
import { draftOf, dropEntry, putEntry, sealDraft, setEntryAside } from './snapshot-draft.ts'
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
  /** By network number, the wider first. */
  readonly networks: readonly Network[]
  readonly entries: Buckets<EntryId, Entry>
  readonly byMac: Buckets<Mac, Found>
  readonly byIp: Buckets<Ip4, Found>
  /** Relative names: canonical, aliases, and `eth1.n001` for a child NIC. */
  readonly byName: Buckets<DnsName, Found>
  /** Only UUIDs that one machine alone describes: a shared one identifies nobody. */
  readonly byUuid: Buckets<Uuid, Machine>
  /** Only machines without any MAC, each alone on its port: no other is identified by a port. */
  readonly byPort: Buckets<string, Machine>
  readonly byTag: Grouped<string, EntryId, Machine>
  readonly setAside: Buckets<EntryId, SetAside>
  /** Every proper suffix of a name in use (`hpl.physics`): a name that exists but has no record. */
  readonly nonTerminals: Buckets<DnsName, number>
  /** Names of physical networks and VO networks. */
  readonly networkByName: Buckets<Label, Network>
  /** Every machine that describes a UUID or a port, with MACs or without: for doubts, replacements and lint. */
  readonly uuidClaims: Buckets<Uuid, readonly Machine[]>
  readonly portClaims: Buckets<string, readonly Machine[]>
}

/** One step from a snapshot to the next; a snapshot is a list of these from nothing. */
export type Delta =
  | { readonly kind: 'put'; readonly entry: Entry }
  | { readonly kind: 'drop'; readonly id: EntryId }
  | { readonly kind: 'set-aside'; readonly item: SetAside }

export function emptySnapshot(domain: DnsName): Snapshot {
  return Object.freeze({
    number: 0,
    domain,
    networks: Object.freeze([]),
    entries: Buckets.empty<EntryId, Entry>(),
    byMac: Buckets.empty<Mac, Found>(),
    byIp: Buckets.empty<Ip4, Found>(),
    byName: Buckets.empty<DnsName, Found>(),
    byUuid: Buckets.empty<Uuid, Machine>(),
    byPort: Buckets.empty<string, Machine>(),
    byTag: Buckets.empty<string, Buckets<EntryId, Machine>>(),
    setAside: Buckets.empty<EntryId, SetAside>(),
    nonTerminals: Buckets.empty<DnsName, number>(),
    networkByName: Buckets.empty<Label, Network>(),
    uuidClaims: Buckets.empty<Uuid, readonly Machine[]>(),
    portClaims: Buckets.empty<string, readonly Machine[]>(),
  })
}

export function applyDelta(snapshot: Snapshot, delta: Delta): Snapshot {
  return applyDeltas(snapshot, [delta])
}

/** All of them as one step, or as the step that the feed has numbered. */
export function applyDeltas(
  snapshot: Snapshot,
  deltas: readonly Delta[],
  number: number = snapshot.number + 1,
): Snapshot {
  const builder = new SnapshotBuilder(snapshot, deltas.length)
  builder.take(deltas)
  return builder.done(number)
}

/** The next snapshot where its deltas come in parts: nothing of it shows before all have come. */
export class SnapshotBuilder {
  readonly #draft: ReturnType<typeof draftOf>

  /** `expected`: how many deltas may come, as far as that is known. */
  constructor(before: Snapshot, expected = 0) {
    this.#draft = draftOf(before, expected)
  }

  take(deltas: Iterable<Delta>): void {
    const draft = this.#draft
    for (const delta of deltas) {
      switch (delta.kind) {
        case 'put':
          putEntry(draft, delta.entry)
          break
        case 'drop':
          dropEntry(draft, delta.id)
          break
        case 'set-aside':
          setEntryAside(draft, delta.item)
          break
      }
    }
  }

  done(number: number): Snapshot {
    return sealDraft(this.#draft, number)
  }
}
