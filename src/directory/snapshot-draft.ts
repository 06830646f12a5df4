// Why this file exists: an index that forgets to unlearn lies for ever. Here stands, key by key, what an entry adds
// to each index, and that the same entry takes the same away.
import { type Device, deviceOf, type DeviceText, textOf } from './at-rest.ts'
import type { BucketsDraft } from './buckets.ts'
import type { DeviceIndexDraft } from './device-index.ts'
import { solesByPort, solesByUuid } from './device-keys.ts'
import { eachName, properSuffixes } from './device-names.ts'
import type { Entry, EntryId, Network, SetAside } from './entry.ts'
import type { Ip4 } from './ip4.ts'
import type { LaidMachine } from './laid-machine.ts'
import type { Mac } from './mac.ts'
import type { MachineListsDraft } from './machine-lists.ts'
import type { DnsName, Label } from './name.ts'
import type { ShelfDraft } from './shelf.ts'
import type { OtherEntry, Snapshot } from './snapshot.ts'
import type { TagDraft } from './tag-index.ts'
import type { Uuid } from './uuid.ts'

/** The next snapshot while it is being made. */
export interface Draft {
  readonly domain: DnsName
  networks: readonly Network[]
  readonly entries: ShelfDraft<OtherEntry>
  readonly byMac: DeviceIndexDraft<Mac>
  readonly byIp: DeviceIndexDraft<Ip4>
  readonly byName: DeviceIndexDraft<DnsName>
  readonly byTag: TagDraft
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
    byTag: snapshot.byTag.edit(),
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

/** `rest`: the same entry at rest, where somebody has it already. */
export function putEntry(draft: Draft, entry: Entry, rest?: DeviceText): void {
  dropEntry(draft, entry.id)
  switch (entry.kind) {
    case 'machine':
    case 'vcn':
      return addDevice(draft, entry, rest ?? textOf(entry))
    case 'network':
      addNetwork(draft, entry)
      break
    case 'cluster':
    case 'vo':
    case 'person':
      break
  }
  draft.entries.begin(entry.id, Object.freeze(entry))
}

/** It has one name, and neither a UUID nor a port. */
export function layMachine(draft: Draft, machine: LaidMachine): void {
  const { id, rest, tags } = machine
  draft.entries.beginAt(machine.idHash, rest)
  draft.byMac.addAt(machine.macHash, rest)
  draft.byIp.addAt(machine.addressHash, rest)
  draft.byName.addAt(machine.nameHash, rest)
  draft.byTag.add(tags, id, rest)
}

export function dropEntry(draft: Draft, id: EntryId): void {
  draft.setAside.delete(id)
  const rest = draft.entries.atRest(id)
  if (rest === undefined) return
  draft.entries.delete(id)
  if (typeof rest === 'string') removeDevice(draft, deviceOf(rest), rest)
  else if (rest.kind === 'network') removeNetwork(draft, rest)
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

function addDevice(draft: Draft, device: Device, rest: DeviceText): void {
  draft.entries.begin(device.id, rest)
  draft.byMac.add(device, rest)
  draft.byIp.add(device, rest)
  draft.byName.add(device, rest)
  countSuffixes(draft, device, 1)
  if (device.kind === 'vcn') return
  draft.byTag.add(device.tags, device.id, rest)
  draft.uuidClaims.add(device, rest)
  draft.portClaims.add(device, rest)
}

function removeDevice(draft: Draft, device: Device, rest: DeviceText): void {
  draft.byMac.remove(device, rest)
  draft.byIp.remove(device, rest)
  draft.byName.remove(device, rest)
  countSuffixes(draft, device, -1)
  if (device.kind === 'vcn') return
  draft.byTag.remove(device.tags, device.id)
  draft.uuidClaims.remove(device, rest)
  draft.portClaims.remove(device, rest)
}

function countSuffixes({ nonTerminals }: Draft, device: Device, by: number): void {
  eachName(device, (name) => {
    for (const suffix of properSuffixes(name)) {
      const total = (nonTerminals.get(suffix) ?? 0) + by
      if (total > 0) nonTerminals.set(suffix, total)
      else nonTerminals.delete(suffix)
    }
  })
}
