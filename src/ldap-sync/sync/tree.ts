// Why this file exists: steps from the server meet the guard here. What is held stays in the tree and goes on
// being served until it is accepted, or the server names it again.
import type { EntryId } from '#directory'
import type { RawEntry } from '../raw-entry.ts'
import type { Step } from './consumer.ts'
import { type OwnRemovals, RemovalGuard, type RemovalLimits } from './guard.ts'
import { type Applied, type RawTree, Replica } from './replica.ts'

export interface TreeContent {
  readonly entries: readonly RawEntry[]
  readonly held: readonly EntryId[]
}

export class Tree {
  readonly #replica = new Replica()
  readonly #guard: RemovalGuard
  readonly #own: OwnRemovals
  readonly #held = new Set<EntryId>()

  constructor(own: OwnRemovals, limits?: RemovalLimits) {
    this.#own = own
    this.#guard = new RemovalGuard(limits)
  }

  get size(): number {
    return this.#replica.size
  }

  get held(): readonly RawEntry[] {
    return [...this.#held].flatMap((id) => this.#replica.get(id) ?? [])
  }

  get content(): TreeContent {
    return { entries: this.#replica.entries(), held: [...this.#held] }
  }

  get view(): RawTree {
    return this.#replica
  }

  ids(): Iterable<EntryId> {
    return this.#replica.ids()
  }

  /** From the last good copy. */
  restore({ entries, held }: TreeContent): Applied {
    const applied = this.#replica.apply(entries, [])
    for (const id of held) if (this.#replica.get(id)) this.#held.add(id)
    return applied
  }

  apply(step: Step, now: number): Applied {
    for (const entry of step.puts) this.#held.delete(entry.id)
    for (const id of step.alive) this.#held.delete(id)
    const free: EntryId[] = []
    const foreign: EntryId[] = []
    for (const id of step.gone) {
      const entry = this.#replica.get(id)
      if (entry) (this.#own.claim(entry.key) ? free : foreign).push(id)
    }
    const admitted =
      foreign.length === 0 ||
      (this.#held.size === 0 && this.#guard.admits(foreign.length, this.#replica.size, now))
    if (!admitted) for (const id of foreign) this.#held.add(id)
    const changed = step.puts.filter((entry) => !same(entry, this.#replica.get(entry.id)))
    const applied = this.#replica.apply(changed, admitted ? [...free, ...foreign] : free)
    for (const entry of applied.gone) this.#held.delete(entry.id)
    return applied
  }

  /** A person says that the held removals were meant. */
  acceptHeld(): Applied {
    const ids = [...this.#held]
    this.#held.clear()
    return this.#replica.apply([], ids)
  }
}

/** A full refresh names everything; only what differs is news. */
function same(entry: RawEntry, before: RawEntry | undefined): boolean {
  if (!before || before.dn !== entry.dn) return false
  if (before.attributes.size !== entry.attributes.size) return false
  for (const [name, values] of entry.attributes) {
    const old = before.attributes.get(name)
    if (old?.length !== values.length || values.some((value, at) => value !== old[at])) return false
  }
  return true
}
