// Why this file exists: steps from the server meet the guard here. What is held stays in the tree and goes on
// being served until it is accepted, or the server names it again.
import type { EntryId } from '#directory'
import type { RawEntry } from '../raw-entry.ts'
import type { KnownTree } from './consumer.ts'
import { type OwnRemovals, RemovalGuard, type RemovalLimits } from './guard.ts'
import { type Applied, type RawEntries, type RawTree, Replica } from './replica.ts'
import type { Step } from './staging.ts'

export interface TreeContent {
  readonly entries: RawEntries
  readonly held: readonly EntryId[]
  /** Wall clock of the first removal that is held. */
  readonly heldSince?: number
}

const nothing: ReadonlySet<EntryId> = new Set()

export class Tree implements KnownTree {
  readonly #replica: Replica
  readonly #guard: RemovalGuard
  readonly #own: OwnRemovals
  readonly #held = new Set<EntryId>()
  #heldSince: number | undefined
  /** Made when somebody asks: it can be long, and is asked for far more often than it changes. */
  #heldEntries: readonly RawEntry[] | undefined

  /** `expected`: so many entries may come in parts, at least. */
  constructor(own: OwnRemovals, limits?: RemovalLimits, expected?: number) {
    this.#replica = new Replica(expected)
    this.#own = own
    this.#guard = new RemovalGuard(limits)
  }

  get size(): number {
    return this.#replica.size
  }

  get held(): readonly RawEntry[] {
    this.#heldEntries ??= [...this.#held].flatMap((id) => this.#replica.get(id) ?? [])
    return this.#heldEntries
  }

  get heldSince(): number | undefined {
    return this.#heldSince
  }

  get content(): TreeContent {
    const since = this.#heldSince === undefined ? {} : { heldSince: this.#heldSince }
    return { entries: this.#replica.entries(), held: [...this.#held], ...since }
  }

  get view(): RawTree {
    return this.#replica
  }

  ids(): Iterable<EntryId> {
    return this.#replica.ids()
  }

  keyOf(id: EntryId): string | undefined {
    return this.#replica.get(id)?.key
  }

  /** From the last good copy. */
  restore({ entries, held, heldSince }: TreeContent, now: number): Applied {
    const applied = this.#replica.apply([...entries], [])
    for (const id of held) if (this.#replica.get(id)) this.#held.add(id)
    this.#heldSince = heldSince
    this.#noteHeld(now)
    return applied
  }

  apply(step: Step, now: number): Applied {
    if (this.#held.size > 0) for (const { id } of step.puts) this.#held.delete(id)
    for (const id of step.alive) this.#held.delete(id)
    const { free, counted } = this.#judge(step)
    const admitted =
      counted.length === 0 ||
      (this.#held.size === 0 && this.#guard.admits(counted.length, this.#replica.size, now))
    if (!admitted) for (const id of counted) this.#held.add(id)
    const applied = this.#replica.apply(this.#news(step), admitted ? [...free, ...counted] : free)
    for (const entry of applied.gone) this.#held.delete(entry.id)
    this.#noteHeld(now)
    return applied
  }

  /** By a part of a first refresh. Nobody is served from it yet, so there is nothing to guard. */
  *grow(puts: readonly RawEntry[], gone: ReadonlySet<EntryId> = nothing): Generator<Applied> {
    yield* this.#replica.grow(puts)
    if (gone.size > 0) yield this.#replica.apply([], gone)
  }

  /** A full refresh names everything; only what differs is news. */
  #news({ puts }: Step): readonly RawEntry[] {
    if (this.#replica.size === 0) return puts
    const last = new Map(puts.map((entry) => [entry.id, entry]))
    return [...last.values()].filter((entry) => !same(entry, this.#replica.get(entry.id)))
  }

  /** A person says that the held removals were meant. */
  acceptHeld(): Applied {
    const ids = [...this.#held]
    this.#held.clear()
    const applied = this.#replica.apply([], ids)
    this.#noteHeld(0)
    return applied
  }

  /** Ours do not count, and no more does what another entry replaces under the same DN. */
  #judge(step: Step): { free: EntryId[]; counted: EntryId[] } {
    const taken = step.gone.size === 0 ? new Set() : new Set(step.puts.map((entry) => entry.key))
    const free: EntryId[] = []
    const counted: EntryId[] = []
    for (const id of step.gone) {
      const key = this.keyOf(id)
      if (key !== undefined) (this.#own.claim(key) || taken.has(key) ? free : counted).push(id)
    }
    return { free, counted }
  }

  #noteHeld(now: number): void {
    this.#heldEntries = undefined
    this.#heldSince = this.#held.size === 0 ? undefined : (this.#heldSince ?? now)
  }
}

function same(entry: RawEntry, before: RawEntry | undefined): boolean {
  if (!before || before.packed === entry.packed) return before !== undefined
  if (before.dn !== entry.dn) return false
  if (before.attributes.size !== entry.attributes.size) return false
  for (const [name, values] of entry.attributes) {
    const old = before.attributes.get(name)
    if (old?.length !== values.length || values.some((value, at) => value !== old[at])) return false
  }
  return true
}
