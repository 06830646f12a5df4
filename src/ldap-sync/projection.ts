// Why this file exists: a step of the tree becomes what the directory means: typed entries, refusals with their reason,
// and what is gone. It remembers what was shown, so that nothing is told as gone that nobody saw.
import type { DnsName, Entry, EntryId, LaidMachine, SetAside } from '#directory'
import { lookAtAffected, mapNear } from './mapping/map.ts'
import { NearTree } from './mapping/near-tree.ts'
import { PlainMachines } from './mapping/plain-machine.ts'
import type { RawEntry } from './raw-entry.ts'
import type { Applied, RawTree } from './sync/replica.ts'

export type DirectoryChange =
  /** `notes`: what was left out of an entry that is served all the same. */
  | { readonly kind: 'put'; readonly entry: Entry; readonly notes: readonly string[] }
  | { readonly kind: 'refused'; readonly item: SetAside }
  | { readonly kind: 'gone'; readonly id: EntryId }

/** A change of a step that comes in parts. */
export type PartChange = DirectoryChange | LaidMachine

export class Projection {
  readonly #tree: RawTree
  readonly #domain: DnsName
  readonly #plain: PlainMachines
  /** In the tree, and told to nobody: far fewer than what is. */
  readonly #unseen = new Set<EntryId>()

  constructor(tree: RawTree, domain: DnsName) {
    this.#tree = tree
    this.#domain = domain
    this.#plain = new PlainMachines(domain)
  }

  /** Of every step that the tree takes. `gone` comes before all else: what it held is free then. */
  changesOf(applied: Applied): DirectoryChange[] {
    const gone: DirectoryChange[] = []
    const rest: DirectoryChange[] = []
    for (const { id } of applied.gone) {
      if (!this.#unseen.delete(id)) gone.push({ kind: 'gone', id })
    }
    const tree = new NearTree(this.#tree)
    const stood = new Set(applied.before.map(({ id }) => id))
    const look = (raw: RawEntry, isNew: boolean): void => {
      const change = this.#changeOf(raw, tree)
      const { id } = raw
      if (change) {
        rest.push(change)
        if (!isNew) this.#unseen.delete(id)
      } else {
        if (!isNew && !this.#unseen.has(id)) gone.push({ kind: 'gone', id })
        this.#unseen.add(id)
      }
    }
    const beside = lookAtAffected(applied, tree, (raw) => {
      look(raw, stood.size === 0 || !stood.has(raw.id))
    })
    for (const id of beside) {
      const raw = this.#tree.get(id)
      if (raw) look(raw, false)
    }
    return gone.length === 0 ? rest : [...gone, ...rest]
  }

  /** The same for what arrives first: nearly all of it are machines of one shape, and no machine is made for those. */
  partOf(applied: Applied): readonly PartChange[] {
    const { put, before, gone } = applied
    if (before.length + gone.length > 0) return this.changesOf(applied)
    const tree = new NearTree(this.#tree)
    const laid: LaidMachine[] = []
    const others: RawEntry[] = []
    for (const raw of put) {
      const machine = this.#plain.read(raw)
      if (machine !== undefined && tree.isAlone(raw)) laid.push(machine)
      else others.push(raw)
    }
    return others.length === 0 ? laid : [...this.changesOf({ put: others, before, gone }), ...laid]
  }

  #changeOf(raw: RawEntry, tree: NearTree): DirectoryChange | undefined {
    const mapped = mapNear(raw, tree, this.#domain)
    switch (mapped.kind) {
      case 'entry':
        return { kind: 'put', entry: mapped.entry, notes: mapped.notes }
      case 'refused':
        return { kind: 'refused', item: { id: raw.id, dn: raw.dn, reason: mapped.reason } }
      case 'nothing':
        return undefined
    }
  }
}
