// Why this file exists: a snapshot of 100,000 entries as one message would be 30 MB of text, several times over, and hold
// both ends for seconds. In parts neither notices.
import type { Delta, Laid, Snapshot } from '#directory'
import type { FeedMessage } from './message.ts'

/** Some 60 KB: a millisecond of either end. */
export const deltasPerPart = 200

export interface StepNumbers {
  readonly number: number
  readonly serial: number
}

/** One step: nearly always one message. */
export function* stepMessages(
  deltas: Iterable<Delta | Laid>,
  { number, serial }: StepNumbers,
): Generator<FeedMessage> {
  let part: (Delta | Laid)[] = []
  for (const delta of deltas) {
    if (part.length === deltasPerPart) {
      yield { kind: 'part', deltas: part }
      part = []
    }
    part.push(asTold(delta))
  }
  yield { kind: 'delta', number, serial, deltas: part }
}

/** The whole snapshot, as a step from nothing. What machines are to boot next is known before any of it shows. */
export function* snapshotMessages(
  snapshot: Snapshot,
  serial: number,
  nextBoots: Iterable<FeedMessage>,
): Generator<FeedMessage> {
  yield { kind: 'reset', domain: snapshot.domain }
  yield* nextBoots
  yield* stepMessages(deltasOf(snapshot), { number: snapshot.number, serial })
}

export function* deltasOf({ entries, setAside }: Snapshot): Generator<Delta | Laid> {
  for (const rest of entries.allAtRest())
    yield typeof rest === 'string' ? { kind: 'laid', rest } : { kind: 'put', entry: rest }
  for (const item of setAside.values()) yield { kind: 'set-aside', item }
}

/** How a device rests is all that need be told of it, and half as long. */
export function asTold(delta: Delta | Laid): Delta | Laid {
  if (delta.kind !== 'put' || delta.rest === undefined) return delta
  return { kind: 'laid', rest: delta.rest }
}
