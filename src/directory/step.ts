// Why this file exists: the directory goes from one state to the next by steps: of changes that came together, or, where the
// directory is read for the first time, of parts that are looked at while the others are still on their way.
import type { Assembly, Change, PartChange } from './assembly.ts'
import { AssemblyDraft, type Step } from './assembly-draft.ts'
import { deviceOf } from './at-rest.ts'
import { applyDeltas, type Delta, type Snapshot, SnapshotBuilder } from './snapshot.ts'

export function step(assembly: Assembly, change: Change): Step {
  return stepAll(assembly, [change])
}

/**
 * Several changes judged together. A whole refresh is one such batch: only at its end is it known who claims what,
 * and a holder of the last good copy that the first batch does not bring holds nothing any more.
 */
export function stepAll(assembly: Assembly, changes: readonly Change[]): Step {
  const draft = new AssemblyDraft(assembly, changes.length)
  for (const change of changes) draft.take(change)
  return draft.done()
}

/** With the snapshot that it leads to; that is the same one when nothing is told. */
export interface WholeStep extends Step {
  readonly snapshot: Snapshot
}

export function wholeStep(
  assembly: Assembly,
  snapshot: Snapshot,
  changes: readonly Change[],
): WholeStep {
  const done = stepAll(assembly, changes)
  const { deltas } = done
  return { ...done, snapshot: deltas.length === 0 ? snapshot : applyDeltas(snapshot, deltas) }
}

/**
 * The same of changes that come in parts, and the snapshot with it. It is made as if everybody had what he claims, and
 * mended at the end; nothing of it shows before.
 */
export class StepInParts {
  readonly #before: Snapshot
  readonly #assembly: AssemblyDraft
  readonly #snapshot: SnapshotBuilder
  #putSoFar = 0

  /** `expected`: how many changes may come, at least. */
  constructor(assembly: Assembly, snapshot: Snapshot, expected: number) {
    this.#before = snapshot
    this.#assembly = new AssemblyDraft(assembly, expected)
    this.#snapshot = new SnapshotBuilder(snapshot, expected)
  }

  take(changes: Iterable<PartChange>): void {
    for (const change of changes) {
      if (change.kind !== 'laid') this.#assembly.take(change)
      else if (this.#assembly.lay(change)) this.#snapshot.lay(change)
      else this.#assembly.take({ kind: 'entry', entry: deviceOf(change.rest) })
    }
    const { fresh } = this.#assembly
    for (; this.#putSoFar < fresh.length; this.#putSoFar += 1) {
      const put = fresh[this.#putSoFar]
      // Two devices may have one key for a while; two networks may not have one name.
      if (put?.rest !== undefined) this.#snapshot.take([put])
    }
  }

  done(): WholeStep {
    const done = this.#assembly.done()
    const { deltas, laid } = done
    if (deltas.length + laid.length === 0) return { ...done, snapshot: this.#before }
    const touched = new Set(this.#assembly.touched())
    const { entries, setAside } = this.#before
    // Only what nobody knew was put in advance.
    for (const id of touched)
      if (!entries.has(id) && !setAside.has(id)) this.#snapshot.take([{ kind: 'drop', id }])
    const isThere = (delta: Delta): boolean =>
      delta.kind === 'put' && delta.rest !== undefined && !touched.has(delta.entry.id)
    this.#snapshot.take(deltas.filter((delta) => !isThere(delta)))
    return { ...done, snapshot: this.#snapshot.done(this.#before.number + 1) }
  }
}
