// Why this file exists: what an entry means, decided from the entry and what stands around it; and which entries
// must be looked at again when one changes.
import type { DnsName, Entry, EntryId } from '#directory'
import type { RawEntry } from '../raw-entry.ts'
import type { Applied, RawTree } from '../sync/replica.ts'
import { clusterOf, mapVo } from './container.ts'
import {
  isDevice,
  isHost,
  isMachineOf,
  isVcn,
  mapMachine,
  mapNic,
  mapVcn,
  mattersBelow,
} from './device.ts'
import { hasClass } from './classes.ts'
import { Fields } from './fields.ts'
import { NearTree } from './near-tree.ts'
import { mapNetwork } from './network.ts'
import { isPerson, mapPerson } from './person.ts'

export type Mapped =
  | { readonly kind: 'entry'; readonly entry: Entry; readonly notes: readonly string[] }
  | { readonly kind: 'refused'; readonly reason: string }
  /** A container, a NIC that its machine shows, or something that is not ours. */
  | { readonly kind: 'nothing' }

export function mapEntry(raw: RawEntry, tree: RawTree, domain: DnsName): Mapped {
  return mapNear(raw, new NearTree(tree), domain)
}

/** The same, among many that are mapped one after the other. */
export function mapNear(raw: RawEntry, tree: NearTree, domain: DnsName): Mapped {
  const fields = new Fields(raw, domain)
  const entry = typed(raw, tree, fields, domain)
  const { problems, notes } = fields
  if (problems.length > 0) return { kind: 'refused', reason: problems.join('; ') }
  return entry ? { kind: 'entry', entry, notes } : { kind: 'nothing' }
}

function typed(raw: RawEntry, tree: NearTree, fields: Fields, domain: DnsName): Entry | undefined {
  if (isDevice(raw)) return deviceOf(raw, tree, fields, domain)
  if (hasClass(raw, 'ipnetwork')) return mapNetwork(raw, fields)
  if (hasClass(raw, 'coppicevo')) return mapVo(raw, fields)
  if (hasClass(raw, 'coppicecluster')) return clusterOf(raw, tree.parentOf(raw), fields)
  if (isPerson(raw)) return mapPerson(raw, fields)
  const ours = ownClasses.find(([name]) => hasClass(raw, name))
  if (ours !== undefined) {
    fields.refuse(`it is ${ours[1]}, but not both device and ieee802Device`)
    return undefined
  }
  return isHost(raw) ? deviceOf(raw, tree, fields, domain) : undefined
}

function deviceOf(
  raw: RawEntry,
  tree: NearTree,
  fields: Fields,
  domain: DnsName,
): Entry | undefined {
  const parent = tree.parentOf(raw)
  if (isMachineOf(parent)) {
    // Its machine shows it; here only its problems count.
    mapNic(raw, parent, fields, domain)
    if (isMachineOf(tree.parentOf(parent))) fields.refuse('it stands below a network card')
    return undefined
  }
  if (isDevice(raw) && isVcn(raw, parent)) return mapVcn(raw, tree, fields, domain)
  return mapMachine(raw, tree, fields, domain)
}

const ownClasses = [
  ['coppicemachine', 'coppiceMachine'],
  ['coppicevcn', 'coppiceVcn'],
  ['coppicenic', 'coppiceNic'],
] as const

/** Every entry whose meaning a step may have changed: itself, its parents of before and now, and below. */
export function affectedBy(applied: Applied, tree: RawTree): Set<EntryId> {
  const ids = new Set<EntryId>()
  const beside = lookAtAffected(applied, new NearTree(tree), ({ id }) => ids.add(id))
  for (const id of beside) ids.add(id)
  return ids
}

/** What is put is in our hands: it is looked at one after the other. Returns what else is to be looked at again. */
export function lookAtAffected(
  { put, before, gone }: Applied,
  tree: NearTree,
  look: (entry: RawEntry) => unknown,
): Set<EntryId> {
  const beside = new Set<EntryId>()
  for (const entry of before) addAround(entry, tree, beside)
  for (const entry of gone) addAround(entry, tree, beside)
  for (const entry of put) {
    addAround(entry, tree, beside)
    look(entry)
  }
  if (beside.size > 0) for (const { id } of put) beside.delete(id)
  return beside
}

function addAround(entry: RawEntry, tree: NearTree, ids: Set<EntryId>): void {
  const above = tree.parentOf(entry)
  if (above && isDevice(above)) ids.add(above.id)
  if (mattersBelow(entry)) addBelow(entry, tree, ids)
}

/** Two levels: a VO's clusters, and their nodes. Only such entries have dependants, so this is no walk of the tree. */
function addBelow(entry: RawEntry, tree: NearTree, ids: Set<EntryId>): void {
  for (const child of tree.childrenOf(entry)) {
    ids.add(child.id)
    if (mattersBelow(child)) for (const grandchild of tree.childrenOf(child)) ids.add(grandchild.id)
  }
}
