// Why this file exists: the directory as one frozen value that every answer is a function of.
import { deviceOf, type DeviceText, idAtRest } from './at-rest.ts'
import { Buckets } from './buckets.ts'
import { DeviceIndex } from './device-index.ts'
import { addressesOf, macsOf, portOf, solesByPort, solesByUuid, uuidOf } from './device-keys.ts'
import { eachName } from './device-names.ts'
import type { Entry, EntryId, Machine, Network, SetAside, Vcn } from './entry.ts'
import type { Ip4 } from './ip4.ts'
import type { Mac } from './mac.ts'
import type { LaidMachine } from './laid-machine.ts'
import { MachineLists, type Soles } from './machine-lists.ts'
import type { DnsName, Label } from './name.ts'
import { Shelf } from './shelf.ts'
import {
  draftOf,
  dropEntry,
  layMachine,
  putEntry,
  sealDraft,
  setEntryAside,
} from './snapshot-draft.ts'
import { TagIndex } from './tag-index.ts'
import type { Uuid } from './uuid.ts'

/** Networks, people and groups: of these there are few. */
export type OtherEntry = Exclude<Entry, Machine | Vcn>

export interface Snapshot {
  /** Counts changes; two snapshots of one appliance with the same number are the same. */
  readonly number: number
  readonly domain: DnsName
  /** By network number, the wider first. */
  readonly networks: readonly Network[]
  readonly entries: Shelf<OtherEntry>
  readonly byMac: DeviceIndex<Mac>
  readonly byIp: DeviceIndex<Ip4>
  /** Relative names: canonical, aliases, and `eth1.n001` for a child NIC. */
  readonly byName: DeviceIndex<DnsName>
  /** Only UUIDs that one machine alone describes: a shared one identifies nobody. */
  readonly byUuid: Soles<Uuid>
  /** Only machines without any MAC, each alone on its port: no other is identified by a port. */
  readonly byPort: Soles<string>
  readonly byTag: TagIndex
  readonly setAside: Buckets<EntryId, SetAside>
  /** Every proper suffix of a name in use (`hpl.physics`): a name that exists but has no record. */
  readonly nonTerminals: Buckets<DnsName, number>
  /** Names of physical networks and VO networks. */
  readonly networkByName: Buckets<Label, Network>
  /** Every machine that describes a UUID or a port, with MACs or without: for doubts, replacements and lint. */
  readonly uuidClaims: MachineLists<Uuid>
  readonly portClaims: MachineLists<string>
}

/** One step from a snapshot to the next; a snapshot is a list of these from nothing. */
export type Delta =
  /** `rest`: the same device at rest, where somebody has it already. */
  | { readonly kind: 'put'; readonly entry: Entry; readonly rest?: DeviceText }
  | { readonly kind: 'drop'; readonly id: EntryId }
  | { readonly kind: 'set-aside'; readonly item: SetAside }

/** A device as it rests: to put it, that is enough. */
export interface Laid {
  readonly kind: 'laid'
  readonly rest: DeviceText
}

/** Of the entry that it is about. */
export function idOfDelta(delta: Delta | Laid): EntryId {
  switch (delta.kind) {
    case 'put':
      return delta.entry.id
    case 'laid':
      return idAtRest(delta.rest)
    case 'drop':
      return delta.id
    case 'set-aside':
      return delta.item.id
  }
}

export function emptySnapshot(domain: DnsName): Snapshot {
  const uuidClaims = MachineLists.empty(uuidOf)
  const portClaims = MachineLists.empty(portOf)
  return Object.freeze({
    number: 0,
    domain,
    networks: Object.freeze([]),
    entries: Shelf.empty<OtherEntry>(),
    byMac: DeviceIndex.empty(macsOf),
    byIp: DeviceIndex.empty(addressesOf),
    byName: DeviceIndex.empty(eachName),
    byUuid: solesByUuid(uuidClaims),
    byPort: solesByPort(portClaims),
    byTag: new TagIndex(),
    setAside: Buckets.empty<EntryId, SetAside>(),
    nonTerminals: Buckets.empty<DnsName, number>(),
    networkByName: Buckets.empty<Label, Network>(),
    uuidClaims,
    portClaims,
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

/** In a quiet moment, so that the first step from it is as quick as the next. */
export function settleSnapshot({ entries, byMac, byIp, byName, byTag }: Snapshot): void {
  for (const index of [entries, byMac, byIp, byName, byTag]) index.settle()
}

/** The next snapshot where its deltas come in parts: nothing of it shows before all have come. */
export class SnapshotBuilder {
  readonly #draft: ReturnType<typeof draftOf>

  /** `expected`: how many deltas may come, as far as that is known. */
  constructor(before: Snapshot, expected = 0) {
    this.#draft = draftOf(before, expected)
  }

  take(deltas: Iterable<Delta | Laid>): void {
    const draft = this.#draft
    for (const delta of deltas) {
      switch (delta.kind) {
        case 'put':
          putEntry(draft, delta.entry, delta.rest)
          break
        case 'laid':
          putEntry(draft, deviceOf(delta.rest), delta.rest)
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

  /** What is not there yet, and was not set aside. */
  lay(machine: LaidMachine): void {
    layMachine(this.#draft, machine)
  }

  done(number: number): Snapshot {
    return sealDraft(this.#draft, number)
  }
}
