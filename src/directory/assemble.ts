// Why this file exists: a directory that anyone may write holds contradictions for a moment or for years. Which
// entries are served is decided here, so that who held a thing keeps it and nobody wins by arriving first.
import type { AtRest } from './at-rest.ts'
import { ClaimBook, type HolderChange, holderOf, type Recorded } from './claim-book.ts'
import { type Claim, ClaimTable } from './claim-table.ts'
import { addressClaim, type ClaimKey, claimsOf } from './claims.ts'
import type { Entry, EntryId, SetAside } from './entry.ts'
import type { Ip4 } from './ip4.ts'
import { Shelf, type ShelfDraft } from './shelf.ts'
import type { Delta, OtherEntry } from './snapshot.ts'
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
type Knowledge = Shelf<OtherEntry | Waiting>

/** Every entry with its claims; a value like the snapshot that comes of it. */
export interface Assembly {
  readonly known: Knowledge
  readonly claims: ClaimTable
  /** What the store said was held, until the first step has shown which entries still exist. */
  readonly recorded: Recorded
}

export interface Step {
  readonly assembly: Assembly
  readonly deltas: readonly Delta[]
  /** Made as they are asked for: of a first refresh there are 300,000. */
  readonly holderChanges: Iterable<HolderChange>
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

function claimOf({ known, claims }: Assembly, key: ClaimKey): Claim | undefined {
  return claims.get(key, (id) => claimedBy(known.get(id)).includes(key))
}

export function step(assembly: Assembly, change: Change): Step {
  return stepAll(assembly, [change])
}

/**
 * Several changes judged together. A whole refresh is one such batch: only at its end is it known who claims what,
 * and a holder of the last good copy that the first batch does not bring holds nothing any more.
 */
export function stepAll(assembly: Assembly, changes: readonly Change[]): Step {
  const { known, claims, recorded } = assembly
  const next = known.edit(changes.length)
  const touched: Touched = new Map()
  const before = {
    claims,
    recorded,
    claimed: (id: EntryId, key: ClaimKey) => claimedBy(known.get(id)).includes(key),
    claimsNow: (id: EntryId, key: ClaimKey) =>
      claimedBy(touched.has(id) ? touched.get(id)?.is : next.get(id)).includes(key),
  }
  const draft: Draft = {
    before: assembly,
    known: next,
    book: new ClaimBook(before, changes.length * claimsUsual),
    touched,
    fresh: [],
  }
  const recordedKeys = new RecordedKeys(assembly.recorded)
  for (const change of changes) take(draft, change, recordedKeys)
  draft.book.forgetUnclaimed()
  const deltas = settle(draft)
  const { book } = draft
  return {
    assembly: { claims: book.done(), known: next.done(), recorded: new Map() },
    deltas,
    holderChanges: book.holderChanges(),
  }
}

/** What an entry is now, and how that rests. */
interface Touch {
  readonly is: Known
  readonly rest: AtRest<OtherEntry | Waiting>
}

/** By id; `undefined`: gone. */
type Touched = Map<EntryId, Touch | undefined>

interface Draft {
  readonly before: Assembly
  readonly known: ShelfDraft<OtherEntry | Waiting>
  readonly book: ClaimBook
  /** Whose verdict may be another one now. */
  readonly touched: Touched
  /** What was never seen before is put as it came, unless it is touched after that. A first refresh is nothing else. */
  readonly fresh: Put[]
}

type Put = Extract<Delta, { readonly kind: 'put' }>

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
    case 'entry':
      return put(draft, change.entry)
    case 'refused': {
      // A typo in an entry must not hand its name to another: it goes on claiming what it claimed.
      const { item } = change
      const before = draft.known.get(item.id)
      const claims = before ? claimsOfKnown(before) : recorded.of(item.id)
      return replace(draft, { kind: 'waiting', ...item, claims }, claims)
    }
    case 'gone': {
      const { id } = change
      replaceClaims(draft, change, [])
      draft.touched.set(id, undefined)
      draft.known.delete(id)
    }
  }
}

function put(draft: Draft, entry: Entry): void {
  const { known, book, touched, fresh } = draft
  if (known.has(entry.id)) {
    replace(draft, entry, claimsOf(entry))
    return
  }
  book.claimAll(entry)
  const rest = known.add(entry)
  // It may have been there until this step, and gone.
  if (touched.size > 0 && touched.has(entry.id)) touched.set(entry.id, { is: entry, rest })
  else fresh.push(putOf(entry, rest))
}

function replace(draft: Draft, is: Known, claims: readonly ClaimKey[]): void {
  replaceClaims(draft, is, claims)
  // Until now it was asked what it claimed before.
  draft.touched.set(is.id, { is, rest: draft.known.set(is) })
}

function claimedBy(known: Known | undefined): readonly ClaimKey[] {
  return known === undefined ? [] : claimsOfKnown(known)
}

function claimsOfKnown(known: Known): readonly ClaimKey[] {
  return known.kind === 'waiting' ? known.claims : claimsOf(known)
}

function replaceClaims(
  { known, book }: Draft,
  { id, dn }: { readonly id: EntryId; readonly dn?: string },
  claims: readonly ClaimKey[],
): void {
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
  const { known, touched, fresh, book } = draft
  for (const id of book.reopened()) {
    const is = touched.has(id) ? undefined : known.get(id)
    const rest = is && known.atRest(id)
    if (rest !== undefined && is) touched.set(id, { is, rest })
  }
  const verdicts: Verdicts = { stops: [], puts: [] }
  for (const [id, touch] of touched) settleTouched(draft, id, touch, verdicts)
  for (const put of fresh) {
    if (touched.size > 0 && touched.has(put.entry.id)) continue
    const judged = judge(draft, put.entry)
    if (judged === put.entry) verdicts.puts.push(put)
    else if (judged.kind === 'waiting') {
      known.set(judged)
      verdicts.stops.push(asideOf(judged))
    }
  }
  const { stops, puts } = verdicts
  return stops.length === 0 ? puts : [...stops, ...puts]
}

interface Verdicts {
  readonly stops: Delta[]
  readonly puts: Delta[]
}

function settleTouched(
  draft: Draft,
  id: EntryId,
  touch: Touch | undefined,
  { stops, puts }: Verdicts,
): void {
  const was = draft.before.known.atRest(id)
  if (!touch) {
    if (was !== undefined) stops.push({ kind: 'drop', id })
    return
  }
  const judged = judge(draft, touch.is)
  const rest = judged === touch.is ? touch.rest : draft.known.set(judged)
  if (judged.kind === 'waiting') {
    if (!isSameAside(was, judged)) stops.push(asideOf(judged))
  } else if (was !== rest) puts.push(putOf(judged, rest))
}

function asideOf({ id, dn, reason }: Waiting): Delta {
  return { kind: 'set-aside', item: { id, dn, reason } }
}

function putOf(entry: Entry, rest: AtRest<OtherEntry | Waiting>): Put {
  return typeof rest === 'string' ? { kind: 'put', entry, rest } : { kind: 'put', entry }
}

function isSameAside(was: AtRest<OtherEntry | Waiting> | undefined, is: Waiting): boolean {
  if (typeof was !== 'object') return false
  return was.kind === 'waiting' && was.dn === is.dn && was.reason === is.reason
}

function judge({ known, book }: Draft, is: Known): Known {
  const { id, dn } = is
  const entry = is.kind === 'waiting' ? is.entry : is
  if (entry && book.isQuiet) {
    book.serve(entry)
    return entry
  }
  const claims = claimsOfKnown(is)
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
    book.serve(entry)
    return entry
  }
  for (const key of claims) book.wait(key, id)
  return entry ? { kind: 'waiting', id, dn, claims, entry, reason: quarrels.join('; ') } : is
}
