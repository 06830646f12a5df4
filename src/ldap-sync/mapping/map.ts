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
  parentOf,
} from './device.ts'
import { hasClass } from './classes.ts'
import { Fields } from './fields.ts'
import { mapNetwork } from './network.ts'
import { isPerson, mapPerson } from './person.ts'

export type Mapped =
  | { readonly kind: 'entry'; readonly entry: Entry; readonly notes: readonly string[] }
  | { readonly kind: 'refused'; readonly reason: string }
  /** A container, a NIC that its machine shows, or something that is not ours. */
  | { readonly kind: 'nothing' }

export function mapEntry(raw: RawEntry, tree: RawTree, domain: DnsName): Mapped {
  const fields = new Fields(raw, domain)
  const entry = typed(raw, tree, fields, domain)
  const { problems, notes } = fields
  if (problems.length > 0) return { kind: 'refused', reason: problems.join('; ') }
  return entry ? { kind: 'entry', entry, notes } : { kind: 'nothing' }
}

function typed(raw: RawEntry, tree: RawTree, fields: Fields, domain: DnsName): Entry | undefined {
  if (isDevice(raw)) return deviceOf(raw, tree, fields, domain)
  if (hasClass(raw, 'ipnetwork')) return mapNetwork(raw, fields)
  if (hasClass(raw, 'coppicevo')) return mapVo(raw, fields)
  if (hasClass(raw, 'coppicecluster')) return clusterOf(raw, parentOf(raw, tree), fields)
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
  tree: RawTree,
  fields: Fields,
  domain: DnsName,
): Entry | undefined {
  const parent = parentOf(raw, tree)
  if (isMachineOf(parent)) {
    // Its machine shows it; here only its problems count.
    mapNic(raw, parent, fields, domain)
    if (isMachineOf(parentOf(parent, tree))) fields.refuse('it stands below a network card')
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

/** Whether what stands below an entry depends on it. */
function matters(entry: RawEntry): boolean {
  return isDevice(entry) || hasClass(entry, 'coppicevo') || hasClass(entry, 'coppicecluster')
}

/** Every entry whose meaning a step may have changed: itself, its parents of before and now, and below. */
export function affectedBy(applied: Applied, tree: RawTree): Set<EntryId> {
  const ids = new Set(applied.put.map(({ id }) => id))
  for (const id of affectedBeside(applied, tree)) ids.add(id)
  return ids
}

/** The same without what is put: those stand as they did. */
export function affectedBeside({ put, before, gone }: Applied, tree: RawTree): Set<EntryId> {
  const ids = new Set<EntryId>()
  for (const entry of before) addAround(entry, tree, ids)
  for (const entry of gone) addAround(entry, tree, ids)
  for (const entry of put) addAround(entry, tree, ids)
  if (ids.size > 0) for (const { id } of put) ids.delete(id)
  return ids
}

function addAround(entry: RawEntry, tree: RawTree, ids: Set<EntryId>): void {
  const above = parentOf(entry, tree)
  if (above && isDevice(above)) ids.add(above.id)
  if (matters(entry)) addBelow(entry.key, tree, ids)
}

/** Two levels: a VO's clusters, and their nodes. Only such entries have dependants, so this is no walk of the tree. */
function addBelow(key: string, tree: RawTree, ids: Set<EntryId>): void {
  for (const child of tree.children(key)) {
    ids.add(child.id)
    if (matters(child)) for (const grandchild of tree.children(child.key)) ids.add(grandchild.id)
  }
}
