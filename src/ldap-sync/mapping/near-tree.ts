// Why this file exists: while an entry is looked at, what stands above and below it is asked for again and again, and its
// siblings stand below the same one. The last answers are kept, for as long as the tree does not change.
import { parentKey, type RawEntry } from '../raw-entry.ts'
import type { RawTree } from '../sync/replica.ts'

export class NearTree {
  readonly #tree: RawTree
  #entry: RawEntry | undefined
  #key = ''
  #children: readonly RawEntry[] | undefined
  #parentKey: string | undefined
  #parent: RawEntry | undefined

  constructor(tree: RawTree) {
    this.#tree = tree
  }

  parentOf(entry: RawEntry): RawEntry | undefined {
    this.#turnTo(entry)
    return this.#parent
  }

  childrenOf(entry: RawEntry): readonly RawEntry[] {
    this.#turnTo(entry)
    this.#children ??= this.#tree.children(this.#key)
    return this.#children
  }

  #turnTo(entry: RawEntry): void {
    if (entry === this.#entry) return
    this.#entry = entry
    this.#key = entry.key
    this.#children = undefined
    const above = parentKey(this.#key)
    if (above === this.#parentKey) return
    this.#parentKey = above
    this.#parent = above === undefined ? undefined : this.#tree.at(above)
  }
}
