// Why this file exists: a directory that anyone may write holds contradictions for a moment or for years. Which
// entries are served is decided here, so that who held a thing keeps it and nobody wins by arriving first.
import { Buckets, type BucketsDraft } from './buckets.ts'
import { addressClaim, type ClaimKey, claimsOf } from './claims.ts'
import type { Entry, EntryId, SetAside } from './entry.ts'
import type { Ip4 } from './ip4.ts'
import type { Delta } from './snapshot.ts'

/** What the directory says of one entry. */
export type Change =
  | { readonly kind: 'entry'; readonly entry: Entry }
  | { readonly kind: 'refused'; readonly item: SetAside }
  | { readonly kind: 'gone'; readonly id: EntryId }

/** A key that has another holder now, for the store; no id: nobody holds it any more. */
export interface HolderChange {
  readonly key: ClaimKey
  readonly id?: EntryId
}

interface Known {
  readonly dn: string
  readonly claims: readonly ClaimKey[]
  readonly content:
    | { readonly kind: 'entry'; readonly entry: Entry }
    | { readonly kind: 'refused'; readonly reason: string }
  /** Absent while the entry is served. */
  readonly asideFor?: string
}

/** Every entry with its claims; a value like the snapshot that comes of it. */
export interface Assembly {
  readonly known: Buckets<EntryId, Known>
  readonly claimants: Buckets<ClaimKey, readonly EntryId[]>
  readonly holders: Buckets<ClaimKey, EntryId>
  /** What the store said was held, until the first step has shown which entries still exist. */
  readonly recorded: ReadonlyMap<EntryId, readonly ClaimKey[]>
}

export interface Step {
  readonly assembly: Assembly
  readonly deltas: readonly Delta[]
  readonly holderChanges: readonly HolderChange[]
}

/** Nothing known yet but who held what in the last good copy. */
export function startAssembly(holders: Iterable<readonly [ClaimKey, EntryId]> = []): Assembly {
  const held = Buckets.empty<ClaimKey, EntryId>().edit()
  const recorded = new Map<EntryId, ClaimKey[]>()
  for (const [key, id] of holders) {
    held.set(key, id)
    const keys = recorded.get(id)
    if (keys) keys.push(key)
    else recorded.set(id, [key])
  }
  return {
    known: Buckets.empty<EntryId, Known>(),
    claimants: Buckets.empty<ClaimKey, readonly EntryId[]>(),
    holders: held.done(),
    recorded,
  }
}

/** For the store: the same that `startAssembly` takes. */
export function holders(assembly: Assembly): ReadonlyMap<ClaimKey, EntryId> {
  return new Map(assembly.holders.entries())
}

/** Set-aside entries claim too: an address that one of them waits for is no free address. */
export function isClaimed(assembly: Assembly, address: Ip4): boolean {
  return assembly.claimants.has(addressClaim(address))
}

export function step(assembly: Assembly, change: Change): Step {
  return stepAll(assembly, [change])
}

/**
 * Several changes judged together. A whole refresh is one such batch: only at its end is it known who claims what,
 * and a holder of the last good copy that the first batch does not bring holds nothing any more.
 */
export function stepAll(assembly: Assembly, changes: readonly Change[]): Step {
  const draft = draftOf(assembly)
  for (const change of changes) take(draft, change)
  for (const [id, keys] of assembly.recorded) {
    if (!draft.known.has(id)) for (const key of keys) release(draft, key, id)
  }
  const deltas = settle(draft)
  return {
    assembly: {
      known: draft.known.done(),
      claimants: draft.claimants.done(),
      holders: draft.holders.done(),
      recorded: new Map(),
    },
    deltas,
    holderChanges: [...draft.holderChanges].map(([key, id]) =>
      id === undefined ? { key } : { key, id },
    ),
  }
}

interface Draft {
  readonly before: Assembly
  readonly known: BucketsDraft<EntryId, Known>
  readonly claimants: BucketsDraft<ClaimKey, readonly EntryId[]>
  readonly holders: BucketsDraft<ClaimKey, EntryId>
  readonly holderChanges: Map<ClaimKey, EntryId | undefined>
  /** Whose verdict may be another one now. */
  readonly touched: Set<EntryId>
}

function draftOf(before: Assembly): Draft {
  return {
    before,
    known: before.known.edit(),
    claimants: before.claimants.edit(),
    holders: before.holders.edit(),
    holderChanges: new Map(),
    touched: new Set(),
  }
}

function take(draft: Draft, change: Change): void {
  switch (change.kind) {
    case 'entry': {
      const { entry } = change
      const claims = claimsOf(entry)
      replaceClaims(draft, entry.id, claims)
      draft.known.set(entry.id, { dn: entry.dn, claims, content: { kind: 'entry', entry } })
      return
    }
    case 'refused': {
      // A typo in an entry must not hand its name to another: it goes on claiming what it claimed.
      const { id, dn, reason } = change.item
      const claims = draft.known.get(id)?.claims ?? draft.before.recorded.get(id) ?? []
      replaceClaims(draft, id, claims)
      draft.known.set(id, { dn, claims, content: { kind: 'refused', reason } })
      return
    }
    case 'gone':
      replaceClaims(draft, change.id, [])
      draft.known.delete(change.id)
      return
  }
}

function replaceClaims(draft: Draft, id: EntryId, claims: readonly ClaimKey[]): void {
  draft.touched.add(id)
  const before = new Set(draft.known.get(id)?.claims)
  for (const key of claims) {
    if (before.delete(key)) touchRivals(draft, key)
    else claim(draft, key, id)
  }
  for (const key of before) withdraw(draft, key, id)
}

/** The reasons of rivals name this entry's DN, which may be another one now. */
function touchRivals(draft: Draft, key: ClaimKey): void {
  const claimants = draft.claimants.get(key) ?? []
  if (claimants.length > 1) for (const rival of claimants) draft.touched.add(rival)
}

function claim(draft: Draft, key: ClaimKey, id: EntryId): void {
  const claimants = draft.claimants.get(key) ?? []
  draft.claimants.set(key, [...claimants, id])
  // Where two quarrel already, a third changes nothing for them.
  const [sole, second] = claimants
  if (sole !== undefined && second === undefined) draft.touched.add(sole)
}

function withdraw(draft: Draft, key: ClaimKey, id: EntryId): void {
  release(draft, key, id)
  const rest = (draft.claimants.get(key) ?? []).filter((other) => other !== id)
  if (rest.length === 0) draft.claimants.delete(key)
  else draft.claimants.set(key, rest)
  for (const rival of rest) draft.touched.add(rival)
}

function release(draft: Draft, key: ClaimKey, id: EntryId): void {
  if (draft.holders.get(key) !== id) return
  draft.holders.delete(key)
  draft.holderChanges.set(key, undefined)
}

/** First what stops being served, then what is: no key leads to two entries on the way. */
function settle(draft: Draft): readonly Delta[] {
  const stops: Delta[] = []
  const puts: Delta[] = []
  for (const id of draft.touched) {
    const was = draft.before.known.get(id)
    const is = draft.known.get(id)
    if (!is) {
      if (was) stops.push({ kind: 'drop', id })
      continue
    }
    const judged = judge(draft, id, is)
    draft.known.set(id, judged)
    if (judged.content.kind === 'entry' && judged.asideFor === undefined) {
      hold(draft, id, judged.claims)
      if (was?.content !== judged.content || was.asideFor !== undefined) {
        puts.push({ kind: 'put', entry: judged.content.entry })
      }
    } else if (was?.asideFor !== judged.asideFor || was?.dn !== judged.dn) {
      const reason = judged.asideFor ?? ''
      stops.push({ kind: 'set-aside', item: { id, dn: judged.dn, reason } })
    }
  }
  return [...stops, ...puts]
}

function hold(draft: Draft, id: EntryId, claims: readonly ClaimKey[]): void {
  for (const key of claims) {
    if (draft.holders.get(key) === id) continue
    draft.holders.set(key, id)
    draft.holderChanges.set(key, id)
  }
}

function judge(draft: Draft, id: EntryId, known: Known): Known {
  const { dn, claims, content } = known
  if (content.kind === 'refused') return { dn, claims, content, asideFor: content.reason }
  const quarrels = claims.map((key) => quarrel(draft, key, id)).filter((one) => one !== undefined)
  return quarrels.length === 0
    ? { dn, claims, content }
    : { dn, claims, content, asideFor: quarrels.join('; ') }
}

/** Why this entry cannot have this key; `undefined` when it can. */
function quarrel(draft: Draft, key: ClaimKey, id: EntryId): string | undefined {
  const claimants = draft.claimants.get(key) ?? []
  const recorded = draft.holders.get(key)
  // A holder of the last good copy that claims the key no more is no holder.
  const holder = recorded !== undefined && claimants.includes(recorded) ? recorded : undefined
  if (holder === id) return undefined
  const rival = holder ?? claimants.find((other) => other !== id)
  if (rival === undefined) return undefined
  const own = draft.known.get(id)?.dn ?? id
  const other = draft.known.get(rival)?.dn ?? rival
  return holder === undefined
    ? `${key} is claimed by ${own} and by ${other}, and the last good copy gives it to neither`
    : `${key} is claimed by ${own}, but ${other} held it first`
}
