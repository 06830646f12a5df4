// Why this file exists: a step of the tree becomes what the directory means: typed entries, refusals with their reason,
// and what is gone. It remembers what was shown, so that nothing is told as gone that nobody saw.
import type { DnsName, Entry, EntryId, SetAside } from '#directory'
import { affectedBy, mapEntry } from './mapping/map.ts'
import type { RawEntry } from './raw-entry.ts'
import type { Applied, RawTree } from './sync/replica.ts'

export type DirectoryChange =
  /** `notes`: what was left out of an entry that is served all the same. */
  | { readonly kind: 'put'; readonly entry: Entry; readonly notes: readonly string[] }
  | { readonly kind: 'refused'; readonly item: SetAside }
  | { readonly kind: 'gone'; readonly id: EntryId }

export class Projection {
  readonly #tree: RawTree
  readonly #domain: DnsName
  readonly #shown = new Set<EntryId>()

  constructor(tree: RawTree, domain: DnsName) {
    this.#tree = tree
    this.#domain = domain
  }

  /** `gone` comes before all else: what it held is free then. */
  changesOf(applied: Applied): DirectoryChange[] {
    const gone: DirectoryChange[] = []
    const rest: DirectoryChange[] = []
    const drop = (id: EntryId): void => {
      if (this.#shown.delete(id)) gone.push({ kind: 'gone', id })
    }
    for (const { id } of applied.gone) drop(id)
    // What is in our hands need not be woken again.
    const put = new Map(applied.put.map((entry) => [entry.id, entry]))
    for (const id of affectedBy(applied, this.#tree)) {
      const change = this.#changeOf(put.get(id) ?? this.#tree.get(id))
      if (!change) drop(id)
      else {
        this.#shown.add(id)
        rest.push(change)
      }
    }
    return [...gone, ...rest]
  }

  #changeOf(raw: RawEntry | undefined): DirectoryChange | undefined {
    const mapped = raw && mapEntry(raw, this.#tree, this.#domain)
    if (!raw || !mapped || mapped.kind === 'nothing') return undefined
    if (mapped.kind === 'entry') return { kind: 'put', entry: mapped.entry, notes: mapped.notes }
    return { kind: 'refused', item: { id: raw.id, dn: raw.dn, reason: mapped.reason } }
  }
}
