// Why this file exists: an index that forgets to unlearn lies for ever. Here stands, key by key, what an entry adds
// to each index, and that the same entry takes the same away.
import type { Device } from './at-rest.ts'
import type { BucketsDraft } from './buckets.ts'
import type { DeviceIndexDraft } from './device-index.ts'
import { solesByPort, solesByUuid } from './device-keys.ts'
import { namesOf, properSuffixes } from './device-names.ts'
import type { Entry, EntryId, Machine, Network, SetAside } from './entry.ts'
import { GroupedDraft } from './grouped.ts'
import type { Ip4 } from './ip4.ts'
import type { Mac } from './mac.ts'
import type { MachineListsDraft } from './machine-lists.ts'
import type { DnsName, Label } from './name.ts'
import { Shelf, type ShelfDraft } from './shelf.ts'
import type { OtherEntry, Snapshot } from './snapshot.ts'
import type { Uuid } from './uuid.ts'

/** The next snapshot while it is being made. */
export interface Draft {
  readonly domain: DnsName
  networks: readonly Network[]
  readonly entries: ShelfDraft<OtherEntry>
  readonly byMac: DeviceIndexDraft<Mac>
  readonly byIp: DeviceIndexDraft<Ip4>
  readonly byName: DeviceIndexDraft<DnsName>
  readonly byTag: GroupedDraft<string, Shelf<never>, ShelfDraft<never>>
  readonly setAside: BucketsDraft<EntryId, SetAside>
  readonly nonTerminals: BucketsDraft<DnsName, number>
  readonly networkByName: BucketsDraft<Label, Network>
  readonly uuidClaims: MachineListsDraft<Uuid>
  readonly portClaims: MachineListsDraft<string>
}

/** `expected`: how many entries may come. */
export function draftOf(snapshot: Snapshot, expected: number): Draft {
  return {
    domain: snapshot.domain,
    networks: snapshot.networks,
    entries: snapshot.entries.edit(expected),
    byMac: snapshot.byMac.edit(expected),
    byIp: snapshot.byIp.edit(expected),
    byName: snapshot.byName.edit(expected),
    byTag: new GroupedDraft<string, Shelf<never>, ShelfDraft<never>>(
      snapshot.byTag,
      Shelf.empty<never>(),
    ),
    setAside: snapshot.setAside.edit(),
    nonTerminals: snapshot.nonTerminals.edit(),
    networkByName: snapshot.networkByName.edit(),
    uuidClaims: snapshot.uuidClaims.edit(),
    portClaims: snapshot.portClaims.edit(),
  }
}

export function sealDraft(draft: Draft, number: number): Snapshot {
  const uuidClaims = draft.uuidClaims.done()
  const portClaims = draft.portClaims.done()
  return Object.freeze({
    number,
    domain: draft.domain,
    networks: Object.freeze(draft.networks),
    entries: draft.entries.done(),
    byMac: draft.byMac.done(),
    byIp: draft.byIp.done(),
    byName: draft.byName.done(),
    byUuid: solesByUuid(uuidClaims),
    byPort: solesByPort(portClaims),
    byTag: draft.byTag.done(),
    setAside: draft.setAside.done(),
    nonTerminals: draft.nonTerminals.done(),
    networkByName: draft.networkByName.done(),
    uuidClaims,
    portClaims,
  })
}

export function putEntry(draft: Draft, entry: Entry): void {
  dropEntry(draft, entry.id)
  draft.entries.set(Object.freeze(entry))
  switch (entry.kind) {
    case 'network':
      addNetwork(draft, entry)
      break
    case 'machine':
      addDevice(draft, entry)
      addMachine(draft, entry)
      break
    case 'vcn':
      addDevice(draft, entry)
      break
    case 'cluster':
    case 'vo':
    case 'person':
      break
  }
}

export function dropEntry(draft: Draft, id: EntryId): void {
  draft.setAside.delete(id)
  const entry = draft.entries.get(id)
  if (!entry) return
  draft.entries.delete(id)
  switch (entry.kind) {
    case 'network':
      removeNetwork(draft, entry)
      break
    case 'machine':
      removeDevice(draft, entry)
      removeMachine(draft, entry)
      break
    case 'vcn':
      removeDevice(draft, entry)
      break
    case 'cluster':
    case 'vo':
    case 'person':
      break
  }
}

export function setEntryAside(draft: Draft, item: SetAside): void {
  dropEntry(draft, item.id)
  draft.setAside.set(item.id, Object.freeze(item))
}

function addNetwork(draft: Draft, network: Network): void {
  draft.networkByName.set(network.name, network)
  draft.networks = [...draft.networks, network].toSorted(
    (one, other) =>
      one.number - other.number || one.prefix - other.prefix || (one.id < other.id ? -1 : 1),
  )
}

function removeNetwork(draft: Draft, network: Network): void {
  draft.networks = draft.networks.filter(({ id }) => id !== network.id)
  if (draft.networkByName.get(network.name)?.id === network.id) {
    draft.networkByName.delete(network.name)
  }
}

function addDevice(draft: Draft, device: Device): void {
  for (const index of [draft.byMac, draft.byIp, draft.byName]) index.add(device)
  countSuffixes(draft, device, 1)
}

function removeDevice(draft: Draft, device: Device): void {
  for (const index of [draft.byMac, draft.byIp, draft.byName]) index.remove(device)
  countSuffixes(draft, device, -1)
}

function countSuffixes({ nonTerminals }: Draft, device: Device, by: number): void {
  for (const { name } of namesOf(device)) {
    for (const suffix of properSuffixes(name)) {
      const total = (nonTerminals.get(suffix) ?? 0) + by
      if (total > 0) nonTerminals.set(suffix, total)
      else nonTerminals.delete(suffix)
    }
  }
}

function addMachine(draft: Draft, machine: Machine): void {
  for (const tag of machine.tags) draft.byTag.of(tag).set(machine)
  draft.uuidClaims.add(machine)
  draft.portClaims.add(machine)
}

function removeMachine(draft: Draft, machine: Machine): void {
  for (const tag of machine.tags) draft.byTag.of(tag).delete(machine.id)
  draft.uuidClaims.remove(machine)
  draft.portClaims.remove(machine)
}
