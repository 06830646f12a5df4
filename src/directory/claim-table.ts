// Why this file exists: 100,000 entries claim 300,000 things, nearly all of them alone. Of such a claim only the claimant and
// a hash of the thing are kept, for what it is called the claimant can say itself; a quarrel is kept in words.
import { Buckets, type BucketsDraft } from './buckets.ts'
import type { ClaimKey } from './claims.ts'
import type { EntryId } from './entry.ts'
import { hashOf, Slots, type SlotsDraft } from './slots.ts'

export interface Contest {
  /** In the order of their claims. */
  readonly claimants: ReadonlySet<EntryId>
  /** Absent: none of them had it before the others came. */
  readonly holder?: EntryId
}

/** A sole claimant that holds what it claims, or a thing about which more is to be said. */
export type Claim = EntryId | Contest

/** Whether an entry claims this thing, as far as is known at that moment. */
export type IsClaimant = (id: EntryId, key: ClaimKey) => boolean

export class ClaimTable {
  readonly #sole: Slots<EntryId>
  readonly contests: Buckets<ClaimKey, Contest>

  private constructor(sole: Slots<EntryId>, contests: Buckets<ClaimKey, Contest>) {
    this.#sole = sole
    this.contests = contests
  }

  static empty(): ClaimTable {
    return new ClaimTable(Slots.empty(), Buckets.empty())
  }

  get(key: ClaimKey, isClaimant: IsClaimant): Claim | undefined {
    const contest = this.contests.get(key)
    if (contest !== undefined || this.#sole.size === 0) return contest
    return this.#sole.find(hashOf(key), (id) => isClaimant(id, key))
  }

  /** In a quiet moment, so that the first change is as quick as the next. */
  settle(): void {
    this.#sole.settle()
  }

  edit(expected: number, isClaimant: IsClaimant): ClaimTableDraft {
    const seal = (sole: Slots<EntryId>, contests: Buckets<ClaimKey, Contest>): ClaimTable =>
      new ClaimTable(sole, contests)
    return new ClaimTableDraft(this.#sole.edit(expected), this.contests.edit(), {
      isClaimant,
      seal,
    })
  }

  copiedSince(before: ClaimTable): number {
    return this.#sole.copiedSince(before.#sole) + this.contests.copiedSince(before.contests)
  }
}

interface ClaimTableEdges {
  readonly isClaimant: IsClaimant
  readonly seal: (sole: Slots<EntryId>, contests: Buckets<ClaimKey, Contest>) => ClaimTable
}

export class ClaimTableDraft {
  readonly #sole: SlotsDraft<EntryId>
  readonly #contests: BucketsDraft<ClaimKey, Contest>
  readonly #edges: ClaimTableEdges

  constructor(
    sole: SlotsDraft<EntryId>,
    contests: BucketsDraft<ClaimKey, Contest>,
    edges: ClaimTableEdges,
  ) {
    this.#sole = sole
    this.#contests = contests
    this.#edges = edges
  }

  get(key: ClaimKey): Claim | undefined {
    return (
      this.#contests.get(key) ??
      this.#sole.find(hashOf(key), (id) => this.#edges.isClaimant(id, key))
    )
  }

  /** Things by their hashes, for one entry. False, and nothing done, when another entry may claim one of them. */
  beginAll(hashes: readonly number[], id: EntryId): boolean {
    for (const hash of hashes) {
      if (this.#contests.hasAt(hash) || this.#sole.mayHave(hash)) return false
    }
    for (const hash of hashes) this.#sole.add(hash, id)
    return true
  }

  /** Where nobody has claimed it. */
  begin(key: ClaimKey, id: EntryId): void {
    this.#sole.add(hashOf(key), id)
  }

  set(key: ClaimKey, claim: Claim): void {
    this.delete(key)
    if (typeof claim === 'object') this.#contests.set(key, claim)
    else this.begin(key, claim)
  }

  delete(key: ClaimKey): void {
    this.#contests.delete(key)
    this.#sole.remove(hashOf(key), (id) => this.#edges.isClaimant(id, key))
  }

  done(): ClaimTable {
    return this.#edges.seal(this.#sole.done(), this.#contests.done())
  }
}
