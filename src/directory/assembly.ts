// Why this file exists: a directory that anyone may write holds contradictions for a moment or for years. Which
// entries are served is decided here, so that who held a thing keeps it and nobody wins by arriving first.
import { type HolderChange, holderOf, type Recorded } from './claim-book.ts'
import { type Claim, ClaimTable } from './claim-table.ts'
import { addressClaim, type ClaimKey, claimsOf } from './claims.ts'
import type { Entry, EntryId, SetAside } from './entry.ts'
import type { Ip4 } from './ip4.ts'
import type { LaidMachine } from './laid-machine.ts'
import { Shelf } from './shelf.ts'
import type { OtherEntry } from './snapshot.ts'

/** What the directory says of one entry. */
export type Change =
  | { readonly kind: 'entry'; readonly entry: Entry }
  | { readonly kind: 'refused'; readonly item: SetAside }
  | { readonly kind: 'gone'; readonly id: EntryId }

/** Of a step that comes in parts: nearly all of a first refresh is told as it will rest. */
export type PartChange = Change | LaidMachine

/** An entry that is not served. */
export interface Waiting extends SetAside {
  readonly kind: 'waiting'
  readonly claims: readonly ClaimKey[]
  /** Absent: what it says cannot be read. */
  readonly entry?: Entry
}

/** An entry by itself is one that is served. */
export type Known = Entry | Waiting
type Knowledge = Shelf<OtherEntry | Waiting>

/** Every entry with its claims; a value like the snapshot that comes of it. */
export interface Assembly {
  readonly known: Knowledge
  readonly claims: ClaimTable
  /** What the store said was held, until the first step has shown which entries still exist. */
  readonly recorded: Recorded
}

/** Nothing known yet but who held what in the last good copy. */
export function startAssembly(holders: Iterable<readonly [ClaimKey, EntryId]> = []): Assembly {
  return { known: Shelf.empty(), claims: ClaimTable.empty(), recorded: new Map(holders) }
}

/** For the store: the same that `startAssembly` takes. */
export function holders(assembly: Assembly): ReadonlyMap<ClaimKey, EntryId> {
  const held = new Map(assembly.recorded)
  const { contests } = assembly.claims
  for (const known of assembly.known.values()) {
    for (const key of claimsOfKnown(known)) if (!contests.has(key)) held.set(key, known.id)
  }
  for (const [key, { holder }] of contests.entries())
    if (holder !== undefined) held.set(key, holder)
  return held
}

/** In a quiet moment, so that the first step from it is as quick as the next. */
export function settleAssembly({ known, claims }: Assembly): void {
  known.settle()
  claims.settle()
}

/** Set-aside entries claim too: an address that one of them waits for is no free address. */
export function isClaimed(assembly: Assembly, address: Ip4): boolean {
  return claimOf(assembly, addressClaim(address)) !== undefined
}

/** Whether the entries themselves say who holds it: one entry alone claims it, and is served. */
export function isPlainlyHeld(assembly: Assembly, key: ClaimKey): boolean {
  const claim = claimOf(assembly, key)
  if (claim === undefined) return true
  return typeof claim === 'string' && assembly.known.get(claim)?.kind !== 'waiting'
}

/** Who holds what an entry waits for, or claimed before it could not be read. */
export function heldBeside(assembly: Assembly, waiting: EntryId): readonly HolderChange[] {
  const known = assembly.known.get(waiting)
  if (known?.kind !== 'waiting') return []
  return known.claims.flatMap((key) => {
    const id = holderOf(claimOf(assembly, key))
    return id === undefined ? [] : [{ key, id }]
  })
}

export function claimedBy(known: Known | undefined): readonly ClaimKey[] {
  return known === undefined ? [] : claimsOfKnown(known)
}

export function claimsOfKnown(known: Known): readonly ClaimKey[] {
  return known.kind === 'waiting' ? known.claims : claimsOf(known)
}

function claimOf({ known, claims }: Assembly, key: ClaimKey): Claim | undefined {
  return claims.get(key, (id) => claimedBy(known.get(id)).includes(key))
}
