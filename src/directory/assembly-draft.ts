// Why this file exists: changes are judged together, once all of them have come: only then is it known who claims what.
import {
  type Assembly,
  type Change,
  claimedBy,
  claimsOfKnown,
  type Known,
  type Waiting,
} from './assembly.ts'
import { type AtRest, deviceOf, type DeviceText, idAtRest } from './at-rest.ts'
import { ClaimBook, type HolderChange, type Recorded } from './claim-book.ts'
import { type ClaimKey, claimsOf } from './claims.ts'
import type { Entry, EntryId } from './entry.ts'
import type { LaidMachine } from './laid-machine.ts'
import type { ShelfDraft } from './shelf.ts'
import type { Delta, OtherEntry } from './snapshot.ts'
import { visible } from './visible.ts'

export interface Step {
  readonly assembly: Assembly
  readonly deltas: readonly Delta[]
  /** Machines that are put beside these deltas, as they were laid. */
  readonly laid: readonly DeviceText[]
  /** Made as they are asked for: of a first refresh there are 300,000. */
  readonly holderChanges: Iterable<HolderChange>
}

/** What an entry is now, and how that rests. */
interface Touch {
  readonly is: Known
  readonly rest: AtRest<OtherEntry | Waiting>
}

type Put = Extract<Delta, { readonly kind: 'put' }>

interface Verdicts {
  readonly stops: Delta[]
  readonly puts: Delta[]
}

/** A MAC, an address and a name. */
const claimsUsual = 3

/** The next state of one assembly while it is being made. */
export class AssemblyDraft {
  readonly #before: Assembly
  readonly #known: ShelfDraft<OtherEntry | Waiting>
  readonly #book: ClaimBook
  readonly #recorded: RecordedKeys
  /** By id, whose verdict may be another one now; `undefined`: gone. */
  readonly #touched = new Map<EntryId, Touch | undefined>()
  /** What was never seen before is put as it came, unless it is touched after that. A first refresh is nothing else. */
  readonly fresh: Put[] = []
  /** Of those that are laid only how they rest is kept: whatever lives long here is moved by the collector, twice. */
  readonly #freshLaid: DeviceText[] = []

  /** `expected`: how many changes may come. */
  constructor(before: Assembly, expected: number) {
    const { known, claims, recorded } = before
    this.#before = before
    this.#known = known.edit(expected)
    this.#recorded = new RecordedKeys(recorded)
    const claimed = (id: EntryId, key: ClaimKey): boolean => claimedBy(known.get(id)).includes(key)
    const claimsNow = (id: EntryId, key: ClaimKey): boolean =>
      claimedBy(this.#touched.has(id) ? this.#touched.get(id)?.is : this.#known.get(id)).includes(
        key,
      )
    this.#book = new ClaimBook({ claims, recorded, claimed, claimsNow }, expected * claimsUsual)
  }

  take(change: Change): void {
    switch (change.kind) {
      case 'entry':
        return this.#put(change.entry)
      case 'refused': {
        // A typo in an entry must not hand its name to another: it goes on claiming what it claimed.
        const { item } = change
        const before = this.#known.get(item.id)
        const claims = before ? claimsOfKnown(before) : this.#recorded.of(item.id)
        return this.#replace({ kind: 'waiting', ...item, claims }, claims)
      }
      case 'gone': {
        const { id } = change
        this.#replaceClaims(change, [])
        this.#touched.set(id, undefined)
        this.#known.delete(id)
      }
    }
  }

  /** False when something is known of it: then it is for `take`. */
  lay(machine: LaidMachine): boolean {
    const { id, idHash, rest } = machine
    if (this.#touched.size > 0 && this.#touched.has(id)) return false
    if (this.#known.hasAt(idHash, id)) return false
    this.#book.claimLaid(machine)
    this.#known.beginAt(idHash, rest)
    this.#freshLaid.push(rest)
    return true
  }

  /** Whose verdict may be another one than when they came. */
  touched(): Iterable<EntryId> {
    return this.#touched.keys()
  }

  done(): Step {
    this.#book.forgetUnclaimed()
    const verdicts = this.#settle()
    return {
      assembly: { claims: this.#book.done(), known: this.#known.done(), recorded: new Map() },
      ...verdicts,
      holderChanges: this.#book.holderChanges(),
    }
  }

  #put(entry: Entry): void {
    const { id } = entry
    if (this.#known.has(id)) {
      this.#replace(entry, claimsOf(entry))
      return
    }
    this.#book.claimAll(entry)
    const rest = this.#known.add(entry)
    // It may have been there until this step, and gone.
    if (this.#touched.size > 0 && this.#touched.has(id)) this.#touched.set(id, { is: entry, rest })
    else this.fresh.push(putOf(entry, rest))
  }

  #replace(is: Known, claims: readonly ClaimKey[]): void {
    this.#replaceClaims(is, claims)
    // Until now it was asked what it claimed before.
    this.#touched.set(is.id, { is, rest: this.#known.set(is) })
  }

  #replaceClaims(
    { id, dn }: { readonly id: EntryId; readonly dn?: string },
    claims: readonly ClaimKey[],
  ): void {
    const was = this.#known.get(id)
    if (!was) {
      for (const key of claims) this.#book.claim(key, id)
      return
    }
    const before = new Set(claimsOfKnown(was))
    for (const key of claims) {
      if (!before.delete(key)) this.#book.claim(key, id)
      // The reasons of rivals name this entry's DN.
      else if (was.dn !== dn) this.#book.reopen(key)
    }
    for (const key of before) this.#book.withdraw(key, id)
  }

  /** First what stops being served, then what is: no key leads to two entries on the way. */
  #settle(): Pick<Step, 'deltas' | 'laid'> {
    for (const id of this.#book.reopened()) {
      const is = this.#touched.has(id) ? undefined : this.#known.get(id)
      const rest = is && this.#known.atRest(id)
      if (rest !== undefined && is) this.#touched.set(id, { is, rest })
    }
    const verdicts: Verdicts = { stops: [], puts: [] }
    for (const [id, touch] of this.#touched) this.#settleTouched(id, touch, verdicts)
    for (const put of this.fresh) this.#settleFresh(put, verdicts)
    const laid = this.#settleLaid(verdicts)
    const { stops, puts } = verdicts
    return { deltas: stops.length === 0 ? puts : [...stops, ...puts], laid }
  }

  #settleTouched(id: EntryId, touch: Touch | undefined, { stops, puts }: Verdicts): void {
    const was = this.#before.known.atRest(id)
    if (!touch) {
      if (was !== undefined) stops.push({ kind: 'drop', id })
      return
    }
    const judged = this.#judge(touch.is)
    const rest = judged === touch.is ? touch.rest : this.#known.set(judged)
    if (judged.kind === 'waiting') {
      if (!isSameAside(was, judged)) stops.push(asideOf(judged))
    } else if (was !== rest) puts.push(putOf(judged, rest))
  }

  #settleFresh(put: Put, { stops, puts }: Verdicts): void {
    const { entry } = put
    if (this.#touched.size > 0 && this.#touched.has(entry.id)) return
    const judged = this.#judge(entry)
    if (judged === entry) puts.push(put)
    else if (judged.kind === 'waiting') {
      this.#known.set(judged)
      stops.push(asideOf(judged))
    }
  }

  /** Those that are served as they came. What they are need be known only where others quarrelled before. */
  #settleLaid(verdicts: Verdicts): readonly DeviceText[] {
    const isOldQuarrel = this.#book.isOldQuarrel
    const isAsItCame = (rest: DeviceText): boolean => {
      const id = idAtRest(rest)
      if (this.#touched.has(id)) return false
      if (isOldQuarrel) this.#settleTouched(id, { is: deviceOf(rest), rest }, verdicts)
      return !isOldQuarrel
    }
    const isSure = this.#touched.size === 0 && !isOldQuarrel
    const served = isSure ? this.#freshLaid : this.#freshLaid.filter(isAsItCame)
    this.#book.serveLaid(served)
    return served
  }

  #judge(is: Known): Known {
    const { id, dn } = is
    const book = this.#book
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
      const rival = visible(this.#known.get(quarrel.rival)?.dn ?? quarrel.rival)
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
