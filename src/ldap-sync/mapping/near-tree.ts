// Why this file exists: while an entry is looked at, what stands above and below it is asked for again and again, and its
// siblings stand below the same one. The last answers are kept, for as long as the tree does not change.
import { mattersBelow } from './device.ts'
import type { RawEntry } from '../raw-entry.ts'
import type { RawTree } from '../sync/replica.ts'

export class NearTree {
  readonly #tree: RawTree
  #entry: RawEntry | undefined
  #children: readonly RawEntry[] | undefined
  #parentKey: string | undefined
  #parent: RawEntry | undefined
  #isBelowAnother = false

  constructor(tree: RawTree) {
    this.#tree = tree
  }

  parentOf(entry: RawEntry): RawEntry | undefined {
    this.#turnTo(entry)
    return this.#parent
  }

  childrenOf(entry: RawEntry): readonly RawEntry[] {
    this.#turnTo(entry)
    this.#children ??= this.#tree.children(entry.key)
    return this.#children
  }

  /** Nothing stands above or below it that its meaning could depend on, nor the meaning of which depends on it. */
  isAlone(entry: RawEntry): boolean {
    this.#turnTo(entry)
    return !this.#isBelowAnother && !this.#tree.hasChildren(entry)
  }

  #turnTo(entry: RawEntry): void {
    if (entry === this.#entry) return
    this.#entry = entry
    this.#children = undefined
    const above = entry.parentKey(this.#parentKey)
    if (above === this.#parentKey) return
    this.#parentKey = above
    this.#parent = above === undefined ? undefined : this.#tree.at(above)
    this.#isBelowAnother = this.#parent !== undefined && mattersBelow(this.#parent)
  }
}
