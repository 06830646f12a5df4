// Why this file exists: of every MAC, address and name it must be known who wants it and who has it. Nearly always
// that is one entry, so the common case costs one word, and only a quarrel costs more.
import { deviceOf, type DeviceText, idAtRest } from './at-rest.ts'
import type { Claim, ClaimTable, ClaimTableDraft, IsClaimant } from './claim-table.ts'
import { claimHashesOf, type ClaimKey, claimsOf } from './claims.ts'
import type { Entry, EntryId } from './entry.ts'
import { claimsLaid, type LaidMachine } from './laid-machine.ts'

/** A key that has another holder now, for the store; no id: nobody holds it any more. */
export interface HolderChange {
  readonly key: ClaimKey
  readonly id?: EntryId
}

/** What was held when the last good copy was taken. */
export type Recorded = ReadonlyMap<ClaimKey, EntryId>

export interface Quarrel {
  readonly rival: EntryId
  /** The rival had it first; else neither had. */
  readonly isHeld: boolean
}

export function holderOf(claim: Claim | undefined): EntryId | undefined {
  return typeof claim === 'object' ? claim.holder : claim
}

/** What is claimed so far, and who can say whether an entry claims a thing: before, and by now. */
export interface ClaimsBefore {
  readonly claims: ClaimTable
  readonly recorded: Recorded
  readonly claimed: IsClaimant
  readonly claimsNow: IsClaimant
}

/** The next state of all claims while it is being made. */
export class ClaimBook {
  readonly #before: ClaimsBefore
  readonly #claims: ClaimTableDraft
  /** Quarrels that this draft has copied and may write into. */
  readonly #contests = new Map<ClaimKey, Set<EntryId>>()
  readonly #released = new Set<ClaimKey>()
  /** Entries that have what they claim. */
  readonly #served: Entry[] = []
  #servedLaid: readonly DeviceText[] = []
  /** Things about which every claimant must be judged anew. */
  readonly #reopened = new Set<ClaimKey>()

  constructor(before: ClaimsBefore, expected: number) {
    this.#before = before
    this.#claims = before.claims.edit(expected, before.claimsNow)
  }

  /** Nobody claims what another does, and nobody did before. */
  get isQuiet(): boolean {
    return this.#contests.size === 0 && this.#before.claims.contests.size === 0
  }

  /** In this order: what one lets go another may hold by now. */
  *holderChanges(): Generator<HolderChange> {
    for (const key of this.#released) yield { key }
    for (const entry of this.#served) {
      for (const key of claimsOf(entry))
        if (this.#holder(key) !== entry.id) yield { key, id: entry.id }
    }
    for (const rest of this.#servedLaid) {
      const id = idAtRest(rest)
      for (const key of claimsLaid(rest)) if (this.#holder(key) !== id) yield { key, id }
    }
  }

  /** Whose verdict may be another one now, beside theirs whose own claims changed. */
  *reopened(): Generator<EntryId> {
    for (const key of this.#reopened) yield* this.#claimants(key)
  }

  /** All that an entry claims of which nothing was known. */
  claimAll(entry: Entry): void {
    const { id } = entry
    if (this.#claims.beginAll(claimHashesOf(entry), id)) return
    for (const key of claimsOf(entry)) this.claim(key, id)
  }

  claimLaid({ id, claims, rest }: LaidMachine): void {
    if (this.#claims.beginAll(claims, id)) return
    for (const key of claimsOf(deviceOf(rest))) this.claim(key, id)
  }

  claim(key: ClaimKey, id: EntryId): void {
    if (this.#claims.get(key) === undefined) {
      this.#claims.begin(key, id)
      return
    }
    const claimants = this.#contest(key)
    // Where two quarrel already, a third changes nothing for them.
    if (claimants.size < 2) this.#reopened.add(key)
    claimants.add(id)
  }

  withdraw(key: ClaimKey, id: EntryId): void {
    if (this.#holder(key) === id) this.#released.add(key)
    if (this.#claims.get(key) === id) {
      this.#claims.delete(key)
      return
    }
    const rest = this.#contest(key)
    rest.delete(id)
    this.#reopened.add(key)
    const [sole] = rest
    if (sole === undefined || rest.size > 1) return
    this.#contests.delete(key)
    this.#claims.set(key, sole)
  }

  /** What rivals are told of a claimant may be otherwise now. */
  reopen(key: ClaimKey): void {
    if (typeof this.#claims.get(key) === 'object') this.#reopened.add(key)
  }

  /** What nobody claims any more of all that was recorded is held no more. */
  forgetUnclaimed(): void {
    for (const [key, id] of this.#before.recorded) {
      const claim = this.#claims.get(key)
      const claims = typeof claim === 'object' ? claim.claimants.has(id) : claim === id
      if (!claims) this.#released.add(key)
    }
  }

  /** Why this claimant cannot have the thing; `undefined` when it can. */
  quarrel(key: ClaimKey, id: EntryId): Quarrel | undefined {
    const claimants = this.#quarrelling(key)
    if (!claimants) return undefined
    const holder = this.#holder(key)
    if (holder === id) return undefined
    if (holder !== undefined && claimants.has(holder)) return { rival: holder, isHeld: true }
    for (const rival of claimants) if (rival !== id) return { rival, isHeld: false }
    return undefined
  }

  /** The entry is served: what it claims is its own. */
  serve(entry: Entry): void {
    this.#served.push(entry)
    if (!this.isQuiet) for (const key of claimsOf(entry)) this.#hold(key, entry.id)
  }

  /** Machines about whose claims nobody quarrels. */
  serveLaid(machines: readonly DeviceText[]): void {
    this.#servedLaid = machines
  }

  /** Somebody quarrelled before this draft. Quarrels that began in it make whoever is concerned be judged anew. */
  get isOldQuarrel(): boolean {
    return this.#before.claims.contests.size > 0
  }

  /** The entry is not served: it goes on waiting for what it does not hold. */
  wait(key: ClaimKey, id: EntryId): void {
    if (this.#claims.get(key) === id && this.#holder(key) !== id) this.#contest(key)
  }

  done(): ClaimTable {
    for (const [key, claimants] of this.#contests) {
      const holder = this.#holder(key)
      if (claimants.size === 0) this.#claims.delete(key)
      else if (holder === undefined) this.#claims.set(key, { claimants })
      else this.#claims.set(key, claimants.size === 1 ? holder : { claimants, holder })
    }
    return this.#claims.done()
  }

  #hold(key: ClaimKey, id: EntryId): void {
    if (this.#holder(key) === id || !this.#quarrelling(key)) return
    // It had waited for something else, alone with this claim.
    this.#contests.delete(key)
    this.#claims.set(key, id)
  }

  /** Who held it before this draft and has not let it go. */
  #holder(key: ClaimKey): EntryId | undefined {
    if (this.#released.size > 0 && this.#released.has(key)) return undefined
    return this.#before.recorded.get(key) ?? holderOf(this.#claimBefore(key))
  }

  /** Asked of everything that is claimed, and nearly always there is none: so the small maps are asked first. */
  #quarrelling(key: ClaimKey): ReadonlySet<EntryId> | undefined {
    const open = this.#contests.size === 0 ? undefined : this.#contests.get(key)
    if (open || this.#before.claims.contests.get(key) === undefined) return open
    const claim = this.#claims.get(key)
    return typeof claim === 'object' ? claim.claimants : undefined
  }

  #claimBefore(key: ClaimKey): Claim | undefined {
    return this.#before.claims.get(key, this.#before.claimed)
  }

  #claimants(key: ClaimKey): Iterable<EntryId> {
    const claim = this.#claims.get(key)
    if (claim === undefined) return []
    return typeof claim === 'object' ? claim.claimants : [claim]
  }

  #contest(key: ClaimKey): Set<EntryId> {
    const open = this.#contests.get(key)
    if (open) return open
    const claimants = new Set(this.#claimants(key))
    this.#contests.set(key, claimants)
    this.#claims.set(key, { claimants })
    return claimants
  }
}
