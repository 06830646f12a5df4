// Why this file exists: what an entry would mean is asked before it is written: it is laid over the tree as it is, and mapped
// by the very functions that map what is written. The tree itself does not change.
import type { DnsName, EntryId } from '#directory'
import type { Attributes } from './attribute-list.ts'
import { dnKey } from './dn.ts'
import { affectedBy, mapEntry } from './mapping/map.ts'
import type { DirectoryChange } from './projection.ts'
import { parentKey } from './keys.ts'
import { rawEntry, type RawEntry } from './raw-entry.ts'
import type { RawTree } from './sync/replica.ts'

/** As LDIF says it. Names of attributes in any case. */
export interface HypotheticalEntry {
  readonly dn: string
  readonly attributes: readonly {
    readonly name: string
    readonly values: readonly string[]
  }[]
}

/** `newId` for those that are not there yet. One with the DN of an entry that exists stands in its place. */
export function changesIf(
  entries: readonly HypotheticalEntry[],
  { tree, domain }: { readonly tree: RawTree; readonly domain: DnsName },
  newId: () => EntryId,
): readonly DirectoryChange[] {
  const put = entries.map(({ dn, attributes }) => {
    const id = tree.at(dnKey(dn))?.id ?? newId()
    return rawEntry(id, dn, merged(attributes))
  })
  const before = put.flatMap(({ id }) => tree.get(id) ?? [])
  const laidOver = overlay(tree, put)
  return [...affectedBy({ put, before, gone: [] }, laidOver)].flatMap((id): DirectoryChange[] => {
    const raw = laidOver.get(id)
    const mapped = raw && mapEntry(raw, laidOver, domain)
    if (!raw || !mapped || mapped.kind === 'nothing') return []
    if (mapped.kind === 'entry') return [{ kind: 'put', entry: mapped.entry, notes: mapped.notes }]
    return [{ kind: 'refused', item: { id, dn: raw.dn, reason: mapped.reason } }]
  })
}

/** An attribute may be named once for each of its values. */
function merged(attributes: HypotheticalEntry['attributes']): Attributes {
  const values = new Map<string, string[]>()
  for (const { name, values: some } of attributes) {
    const key = name.toLowerCase()
    values.set(key, [...(values.get(key) ?? []), ...some])
  }
  return values
}

function overlay(tree: RawTree, put: readonly RawEntry[]): RawTree {
  const byId = new Map(put.map((entry) => [entry.id, entry]))
  const byKey = new Map(put.map((entry) => [entry.key, entry]))
  return {
    get: (id) => byId.get(id) ?? tree.get(id),
    at: (key) => byKey.get(key) ?? tree.at(key),
    children(key) {
      const ours = put.filter((entry) => parentKey(entry.key) === key)
      return [...tree.children(key).filter(({ id }) => !byId.has(id)), ...ours]
    },
    hasChildren({ key }) {
      return this.children(key).length > 0
    },
  }
}
