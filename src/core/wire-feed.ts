// Why this file exists: wire is told only what is known. A core that starts again must not replace a full snapshot on
// the wire by its own empty one, so the feed opens when the directory, or its last good copy, has been read.
import { join } from 'node:path'
import {
  type AnswerTo,
  CoreEnd,
  type FeedMessage,
  type NumberedSighting,
  wireIsAway,
  type WireQuestion,
} from '#feed'
import type { DirectoryKeeper } from './directory-keeper.ts'
import type { Foundation } from './foundation.ts'
import type { Sightings } from './sightings.ts'
import { endsFound, TenantEnds } from './tenant-ends.ts'

export interface WireFeedParts {
  readonly foundation: Foundation
  readonly directory: DirectoryKeeper
  readonly sightings: Sightings
}

export class WireFeed implements Disposable {
  /** Those of an earlier core go on being served until somebody takes them away. */
  readonly tenants = new TenantEnds((message) => this.send([message]), endsFound())
  #end: CoreEnd | undefined
  #serving = -1
  #counters: Readonly<Record<string, number>> = {}

  get connected(): boolean {
    return this.#end?.connected ?? false
  }

  /** The snapshot that wire said it serves; -1 before it said any. */
  get serving(): number {
    return this.#serving
  }

  /** What wire counts, by name. */
  get counters(): Readonly<Record<string, number>> {
    return this.#counters
  }

  /** The first call opens it. */
  open({ foundation, directory, sightings }: WireFeedParts): void {
    this.#end ??= new CoreEnd({
      socketPath: join(foundation.dataDir, 'run', 'feed.sock'),
      opening: () => followedBy(directory.opening(), { kind: 'tenants', vnis: this.tenants.all() }),
      onSightings: (seen) => takeOnce(seen, foundation, sightings),
      onServing: (number) => {
        this.#serving = number
      },
      onCounters: (values) => {
        this.#counters = values
      },
      onTrouble: (reason) => foundation.log(`feed: ${reason}`),
      later: (milliseconds, action) => void setTimeout(action, milliseconds),
    })
  }

  /** Before it is open nothing is lost: the opening holds it all. */
  send(messages: Iterable<FeedMessage>): void {
    this.#end?.send(messages)
  }

  /** Rejects with CPC-FEED-001 to -003: wire is away, late, or asked too much. */
  ask<Q extends WireQuestion>(question: Q): Promise<AnswerTo<Q>> {
    return this.#end?.ask(question) ?? Promise.reject(wireIsAway('the directory was not read yet'))
  }

  [Symbol.dispose](): void {
    this.#end?.[Symbol.dispose]()
  }
}

function* followedBy(messages: Iterable<FeedMessage>, last: FeedMessage): Generator<FeedMessage> {
  yield* messages
  yield last
}

/**
 * wire tells again what it did not hear us store. A second DISCOVER would be a second boot, so what is known is
 * passed over: by its number, and by its time, since a wire that lost its state counts from one again. All of them
 * are one write: a rack that is switched on says hundreds of things in a second.
 */
function takeOnce(
  seen: readonly NumberedSighting[],
  { store }: Foundation,
  sightings: Sightings,
): Promise<void> {
  const { progress } = store
  return store.behind(() => {
    let [lastSeq, lastAt] = [progress.get('wire'), progress.get('wire-at')]
    for (const { seq, sighting } of seen) {
      if (seq <= lastSeq && sighting.at <= lastAt) continue
      sightings.take(sighting)
      ;[lastSeq, lastAt] = [seq, sighting.at]
    }
    progress.set('wire', lastSeq)
    progress.set('wire-at', lastAt)
  })
}
