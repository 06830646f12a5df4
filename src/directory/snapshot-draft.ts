// Why this file exists: an index that forgets to unlearn lies for ever. Here stands, key by key, what an entry adds
// to each index, and that the same entry takes the same away.
import type { BucketsDraft } from './buckets.ts'
import { namesOf, properSuffixes } from './device-names.ts'
import type { Entry, EntryId, Machine, Network, SetAside, Vcn } from './entry.ts'
import { GroupedDraft } from './grouped.ts'
import type { Ip4 } from './ip4.ts'
import { isUnicastMac, type Mac } from './mac.ts'
import { MachineLists } from './machine-lists.ts'
import type { DnsName, Label } from './name.ts'
import type { Found, Snapshot } from './snapshot.ts'
import { identifiesNobody, type Uuid } from './uuid.ts'

/** The next snapshot while it is being made. */
export interface Draft {
  readonly domain: DnsName
  networks: readonly Network[]
  readonly entries: BucketsDraft<EntryId, Entry>
  readonly byMac: BucketsDraft<Mac, Found>
  readonly byIp: BucketsDraft<Ip4, Found>
  readonly byName: BucketsDraft<DnsName, Found>
  readonly byUuid: BucketsDraft<Uuid, Machine>
  readonly byPort: BucketsDraft<string, Machine>
  readonly byTag: GroupedDraft<string, EntryId, Machine>
  readonly setAside: BucketsDraft<EntryId, SetAside>
  readonly nonTerminals: BucketsDraft<DnsName, number>
  readonly networkByName: BucketsDraft<Label, Network>
  readonly uuidClaims: MachineLists<Uuid>
  readonly portClaims: MachineLists<string>
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
    byUuid: snapshot.byUuid.edit(),
    byPort: snapshot.byPort.edit(),
    byTag: new GroupedDraft(snapshot.byTag),
    setAside: snapshot.setAside.edit(),
    nonTerminals: snapshot.nonTerminals.edit(),
    networkByName: snapshot.networkByName.edit(),
    uuidClaims: new MachineLists(snapshot.uuidClaims),
    portClaims: new MachineLists(snapshot.portClaims),
  }
}

export function sealDraft(draft: Draft, number: number): Snapshot {
  return Object.freeze({
    number,
    domain: draft.domain,
    networks: Object.freeze(draft.networks),
    entries: draft.entries.done(),
    byMac: draft.byMac.done(),
    byIp: draft.byIp.done(),
    byName: draft.byName.done(),
    byUuid: draft.byUuid.done(),
    byPort: draft.byPort.done(),
    byTag: draft.byTag.done(),
    setAside: draft.setAside.done(),
    nonTerminals: draft.nonTerminals.done(),
    networkByName: draft.networkByName.done(),
    uuidClaims: draft.uuidClaims.done(),
    portClaims: draft.portClaims.done(),
  })
}

export function putEntry(draft: Draft, entry: Entry): void {
  dropEntry(draft, entry.id)
  draft.entries.set(entry.id, Object.freeze(entry))
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

function addDevice(draft: Draft, device: Machine | Vcn): void {
  const found = device.nics.map((_, nicIndex) => Object.freeze({ device, nicIndex }))
  // From the last to the first, so that what two NICs of one device share leads to the first.
  for (const nic of device.nics.toReversed()) {
    const where = found[device.nics.indexOf(nic)]
    if (!where) continue
    for (const mac of nic.macs) if (isUnicastMac(mac)) draft.byMac.set(mac, where)
    if (nic.address !== undefined) draft.byIp.set(nic.address, where)
  }
  for (const { name, nicIndex } of namesOf(device).toReversed()) {
    draft.byName.set(name, found[nicIndex] ?? Object.freeze({ device, nicIndex }))
    for (const suffix of properSuffixes(name)) count(draft.nonTerminals, suffix, 1)
  }
}

function removeDevice(draft: Draft, device: Machine | Vcn): void {
  for (const nic of device.nics) {
    for (const mac of nic.macs) forget(draft.byMac, mac, device.id)
    if (nic.address !== undefined) forget(draft.byIp, nic.address, device.id)
  }
  for (const { name } of namesOf(device)) {
    forget(draft.byName, name, device.id)
    for (const suffix of properSuffixes(name)) count(draft.nonTerminals, suffix, -1)
  }
}

/** In the middle of a swap the key may lead to the other device already; then it is not ours to forget. */
function forget<K extends string | number>(
  index: BucketsDraft<K, Found>,
  key: K,
  id: EntryId,
): void {
  if (index.get(key)?.device.id === id) index.delete(key)
}

function count(index: BucketsDraft<DnsName, number>, name: DnsName, by: number): void {
  const total = (index.get(name) ?? 0) + by
  if (total > 0) index.set(name, total)
  else index.delete(name)
}

function addMachine(draft: Draft, machine: Machine): void {
  for (const tag of machine.tags) draft.byTag.add(tag, machine.id, machine)
  if (machine.uuid !== undefined && !identifiesNobody(machine.uuid)) {
    draft.uuidClaims.add(machine.uuid, machine)
    settleUuid(draft, machine.uuid)
  }
  if (machine.port !== undefined) {
    draft.portClaims.add(machine.port, machine)
    settlePort(draft, machine.port)
  }
}

function removeMachine(draft: Draft, machine: Machine): void {
  for (const tag of machine.tags) draft.byTag.remove(tag, machine.id)
  if (machine.uuid !== undefined) {
    draft.uuidClaims.remove(machine.uuid, machine)
    settleUuid(draft, machine.uuid)
  }
  if (machine.port !== undefined) {
    draft.portClaims.remove(machine.port, machine)
    settlePort(draft, machine.port)
  }
}

function settleUuid(draft: Draft, uuid: Uuid): void {
  settle(draft.byUuid, uuid, draft.uuidClaims.get(uuid))
}

function settlePort(draft: Draft, port: string): void {
  const bare = draft.portClaims.get(port).filter((machine) => !hasMac(machine))
  settle(draft.byPort, port, bare)
}

function settle<K extends string>(
  index: BucketsDraft<K, Machine>,
  key: K,
  claims: readonly Machine[],
): void {
  const [sole, second] = claims
  if (sole && !second) index.set(key, sole)
  else index.delete(key)
}

export function hasMac(machine: Machine): boolean {
  return machine.nics.some((nic) => nic.macs.length > 0)
}
