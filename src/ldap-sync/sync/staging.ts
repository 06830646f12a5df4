// Why this file exists: what the server names is kept here until it makes a whole step, in bounded memory: all of a
// refresh, or what arrived together after it.
import type { EntryId } from '#directory'
import { ancestorKeys } from '../keys.ts'
import { weightOf } from '../packed-entry.ts'
import type { RawEntry } from '../raw-entry.ts'

export interface Step {
  readonly kind: 'step'
  /** Of an entry that is named twice the last counts. */
  readonly puts: readonly RawEntry[]
  readonly gone: ReadonlySet<EntryId>
  /** Named as unchanged. */
  readonly alive: ReadonlySet<EntryId>
  /** Where to go on from, once the step is applied. Hex. */
  readonly cookie?: string
  /** The step is a whole refresh: from here on we are up to date. */
  readonly refreshed: boolean
}

export interface StagingLimits {
  /** Entries of one step, and ids of what is gone or unchanged. */
  readonly namedMax: number
  readonly charactersMax: number
}

/** Five times the largest site that we are made for, with entries of a common size. */
export const stagingLimits: StagingLimits = { namedMax: 500_000, charactersMax: 500_000_000 }

/** Where entries stand before the step. */
export interface KnownKeys {
  keyOf(id: EntryId): string | undefined
}

const none: ReadonlySet<EntryId> = new Set()

export class Staging {
  readonly #limits: StagingLimits
  /** While nothing but entries comes nobody asks for one of them: a list is enough for a first refresh. */
  #list: RawEntry[] = []
  #byId: Map<EntryId, RawEntry> | undefined
  readonly #gone = new Set<EntryId>()
  readonly #alive = new Set<EntryId>()
  /** The keys above what is staged. */
  readonly #above = new Set<string>()
  /** So many of this step were taken already. */
  #taken = 0
  #characters = 0
  #cookie: string | undefined
  #hasNews = false

  constructor(limits: StagingLimits = stagingLimits) {
    this.#limits = limits
  }

  get hasNews(): boolean {
    return this.#hasNews
  }

  /**
   * A step has no order. When a container is renamed after something below it was staged, the latter must be a step
   * of its own before, or its old DN would stay.
   */
  mustComeFirst(entry: RawEntry, known: KnownKeys): boolean {
    if (this.#above.size === 0) return false
    const before = this.#puts().get(entry.id)?.key ?? known.keyOf(entry.id)
    return before !== undefined && before !== entry.key && this.#above.has(before)
  }

  /** `isOrdered`: it may be renamed along with what stands above it before the step ends. */
  put(entry: RawEntry, { isOrdered }: { readonly isOrdered: boolean }): void {
    if (this.#gone.size > 0) this.#gone.delete(entry.id)
    if (this.#byId || isOrdered) this.#puts().set(entry.id, entry)
    else this.#list.push(entry)
    if (isOrdered) for (const key of ancestorKeys(entry.key)) this.#above.add(key)
    this.#characters += weightOf(entry.packed)
    this.#hasNews = true
  }

  /**
   * What has come so far, where the step need not be whole: it still counts. Nothing once something was named as gone, for
   * what is gone may be named again.
   */
  takeSome(): readonly RawEntry[] {
    if (this.#byId || this.#gone.size > 0) return []
    const some = this.#list
    this.#taken += some.length
    this.#list = []
    return some
  }

  markGone(id: EntryId): void {
    this.#puts().delete(id)
    this.#gone.add(id)
    this.#hasNews = true
  }

  markAlive(id: EntryId): void {
    this.#gone.delete(id)
    this.#alive.add(id)
    this.#hasNews = true
  }

  /** RFC 4533 3.3.2: after a present phase, what was not named is gone. */
  dropUnnamed(known: Iterable<EntryId>): void {
    for (const id of known) if (!this.#alive.has(id) && !this.#puts().has(id)) this.#gone.add(id)
  }

  /** The cookie comes in three places; the last one counts. */
  remember(cookie: Uint8Array | undefined): void {
    if (!cookie) return
    this.#cookie = cookie.toHex()
    this.#hasNews = true
  }

  /** What is too much, if something is. */
  get excess(): string | undefined {
    const { namedMax, charactersMax } = this.#limits
    const named = this.#count + this.#gone.size + this.#alive.size
    if (named > namedMax) return `more than ${namedMax} entries at once`
    return this.#characters > charactersMax
      ? `more than ${charactersMax} characters at once`
      : undefined
  }

  flush({ refreshed }: { readonly refreshed: boolean }): Step {
    const step: Step = {
      kind: 'step',
      puts: this.#byId ? [...this.#byId.values()] : this.#list,
      gone: this.#gone.size === 0 ? none : new Set(this.#gone),
      alive: this.#alive.size === 0 ? none : new Set(this.#alive),
      ...(this.#cookie === undefined ? {} : { cookie: this.#cookie }),
      refreshed,
    }
    for (const staged of [this.#gone, this.#alive, this.#above]) staged.clear()
    this.#list = []
    this.#byId = undefined
    this.#taken = 0
    this.#characters = 0
    this.#hasNews = false
    return step
  }

  get #count(): number {
    return this.#taken + (this.#byId?.size ?? this.#list.length)
  }

  #puts(): Map<EntryId, RawEntry> {
    this.#byId ??= new Map(this.#list.map((entry) => [entry.id, entry]))
    return this.#byId
  }
}
