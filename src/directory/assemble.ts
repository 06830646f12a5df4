// Why this file exists: a directory that anyone may write holds contradictions for a moment or for years. Which
// entries are served is decided here, so that who held a thing keeps it and nobody wins by arriving first.
import { Buckets, type BucketsDraft } from './buckets.ts'
import { ClaimBook, type Claims, type HolderChange, holderOf, type Recorded } from './claim-book.ts'
import { addressClaim, type ClaimKey, claimsOf } from './claims.ts'
import type { Entry, EntryId, SetAside } from './entry.ts'
import type { Ip4 } from './ip4.ts'
import type { Delta } from './snapshot.ts'
import { visible } from './visible.ts'

/** What the directory says of one entry. */
export type Change =
  | { readonly kind: 'entry'; readonly entry: Entry }
  | { readonly kind: 'refused'; readonly item: SetAside }
  | { readonly kind: 'gone'; readonly id: EntryId }

/** A MAC, an address and a name. */
const claimsUsual = 3

/** An entry that is not served. */
interface Waiting extends SetAside {
  readonly kind: 'waiting'
  readonly claims: readonly ClaimKey[]
  /** Absent: what it says cannot be read. */
  readonly entry?: Entry
}

/** An entry by itself is one that is served. */
type Known = Entry | Waiting

/** Every entry with its claims; a value like the snapshot that comes of it. */
export interface Assembly {
  readonly known: Buckets<EntryId, Known>
  readonly claims: Claims
  /** What the store said was held, until the first step has shown which entries still exist. */
  readonly recorded: Recorded
}

export interface Step {
  readonly assembly: Assembly
  readonly deltas: readonly Delta[]
  readonly holderChanges: readonly HolderChange[]
}

/** Nothing known yet but who held what in the last good copy. */
export function startAssembly(holders: Iterable<readonly [ClaimKey, EntryId]> = []): Assembly {
  return { known: Buckets.empty(), claims: Buckets.empty(), recorded: new Map(holders) }
}

/** For the store: the same that `startAssembly` takes. */
export function holders(assembly: Assembly): ReadonlyMap<ClaimKey, EntryId> {
  const held = new Map(assembly.recorded)
  for (const [key, claim] of assembly.claims.entries()) {
    const holder = holderOf(claim)
    if (holder !== undefined) held.set(key, holder)
  }
  return held
}

/** Set-aside entries claim too: an address that one of them waits for is no free address. */
export function isClaimed(assembly: Assembly, address: Ip4): boolean {
  return assembly.claims.has(addressClaim(address))
}

/** Whether the entries themselves say who holds it: one entry alone claims it, and is served. */
export function isPlainlyHeld(assembly: Assembly, key: ClaimKey): boolean {
  const claim = assembly.claims.get(key)
  if (claim === undefined) return true
  return typeof claim === 'string' && assembly.known.get(claim)?.kind !== 'waiting'
}

/** Who holds what an entry waits for, or claimed before it could not be read. */
export function heldBeside(assembly: Assembly, waiting: EntryId): readonly HolderChange[] {
  const known = assembly.known.get(waiting)
  if (known?.kind !== 'waiting') return []
  return known.claims.flatMap((key) => {
    const id = holderOf(assembly.claims.get(key))
    return id === undefined ? [] : [{ key, id }]
  })
}

export function step(assembly: Assembly, change: Change): Step {
  return stepAll(assembly, [change])
}

/**
 * Several changes judged together. A whole refresh is one such batch: only at its end is it known who claims what,
 * and a holder of the last good copy that the first batch does not bring holds nothing any more.
 */
export function stepAll(assembly: Assembly, changes: readonly Change[]): Step {
  const draft: Draft = {
    before: assembly,
    known: assembly.known.edit(changes.length),
    book: new ClaimBook(assembly.claims, assembly.recorded, changes.length * claimsUsual),
    touched: new Map(),
  }
  const recordedKeys = new RecordedKeys(assembly.recorded)
  for (const change of changes) take(draft, change, recordedKeys)
  draft.book.forgetUnclaimed()
  const deltas = settle(draft)
  const { known, book } = draft
  return {
    assembly: { known: known.done(), claims: book.done(), recorded: new Map() },
    deltas,
    holderChanges: book.holderChanges,
  }
}

interface Draft {
  readonly before: Assembly
  readonly known: BucketsDraft<EntryId, Known>
  readonly book: ClaimBook
  /** Whose verdict may be another one now, with what it claims. */
  readonly touched: Map<EntryId, readonly ClaimKey[]>
}

/** What each entry held, worked out when the first asks: only entries that cannot be read do. */
class RecordedKeys {
  readonly #recorded: Recorded
  #byEntry: Map<EntryId, ClaimKey[]> | undefined

  constructor(recorded: Recorded) {
    this.#recorded = recorded
  }

  of(id: EntryId): readonly ClaimKey[] {
    this.#byEntry ??= Map.groupBy(this.#recorded.keys(), (key) => this.#recorded.get(key) ?? id)
    return this.#byEntry.get(id) ?? []
  }
}

function take(draft: Draft, change: Change, recorded: RecordedKeys): void {
  switch (change.kind) {
    case 'entry': {
      const { entry } = change
      replaceClaims(draft, entry, claimsOf(entry))
      draft.known.set(entry.id, entry)
      return
    }
    case 'refused': {
      // A typo in an entry must not hand its name to another: it goes on claiming what it claimed.
      const { item } = change
      const before = draft.known.get(item.id)
      const claims = before ? claimsOfKnown(before) : recorded.of(item.id)
      replaceClaims(draft, item, claims)
      draft.known.set(item.id, { kind: 'waiting', ...item, claims })
      return
    }
    case 'gone':
      replaceClaims(draft, change, [])
      draft.known.delete(change.id)
      return
  }
}

function claimsOfKnown(known: Known): readonly ClaimKey[] {
  return known.kind === 'waiting' ? known.claims : claimsOf(known)
}

function replaceClaims(
  { known, book, touched }: Draft,
  { id, dn }: { readonly id: EntryId; readonly dn?: string },
  claims: readonly ClaimKey[],
): void {
  touched.set(id, claims)
  const was = known.get(id)
  if (!was) {
    for (const key of claims) book.claim(key, id)
    return
  }
  const before = new Set(claimsOfKnown(was))
  for (const key of claims) {
    if (!before.delete(key)) book.claim(key, id)
    // The reasons of rivals name this entry's DN.
    else if (was.dn !== dn) book.reopen(key)
  }
  for (const key of before) book.withdraw(key, id)
}

/** First what stops being served, then what is: no key leads to two entries on the way. */
function settle(draft: Draft): readonly Delta[] {
  const stops: Delta[] = []
  const puts: Delta[] = []
  for (const id of draft.book.reopened()) {
    const known = draft.touched.has(id) ? undefined : draft.known.get(id)
    if (known) draft.touched.set(id, claimsOfKnown(known))
  }
  for (const [id, claims] of draft.touched) {
    const was = draft.before.known.get(id)
    const is = draft.known.get(id)
    if (!is) {
      if (was) stops.push({ kind: 'drop', id })
      continue
    }
    const judged = judge(draft, is, claims)
    if (judged !== is) draft.known.set(id, judged)
    if (judged.kind !== 'waiting') {
      if (was !== judged) puts.push({ kind: 'put', entry: judged })
    } else if (!isSameAside(was, judged)) {
      const { dn, reason } = judged
      stops.push({ kind: 'set-aside', item: { id, dn, reason } })
    }
  }
  return [...stops, ...puts]
}

function isSameAside(was: Known | undefined, is: Waiting): boolean {
  return was?.kind === 'waiting' && was.dn === is.dn && was.reason === is.reason
}

function judge({ known, book }: Draft, is: Known, claims: readonly ClaimKey[]): Known {
  const { id, dn } = is
  const entry = is.kind === 'waiting' ? is.entry : is
  const quarrels: string[] = []
  for (const key of entry ? claims : []) {
    const quarrel = book.quarrel(key, id)
    if (!quarrel) continue
    const rival = visible(known.get(quarrel.rival)?.dn ?? quarrel.rival)
    quarrels.push(
      quarrel.isHeld
        ? `${key} is claimed by ${visible(dn)}, but ${rival} held it first`
        : `${key} is claimed by ${visible(dn)} and by ${rival}, and the last good copy gives it to neither`,
    )
  }
  if (entry && quarrels.length === 0) {
    for (const key of claims) book.hold(key, id)
    return entry
  }
  for (const key of claims) book.wait(key, id)
  return entry ? { kind: 'waiting', id, dn, claims, entry, reason: quarrels.join('; ') } : is
}
