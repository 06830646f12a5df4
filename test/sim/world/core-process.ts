// Why this file exists: core as far as wire can see it: the directory judged and numbered, told by the feed. It can be killed at
// any step, and then reads everything anew.
import type { Duplex } from 'node:stream'
import {
  applyDeltas,
  type Assembly,
  type Delta,
  emptySnapshot,
  type Entry,
  type Snapshot,
  startAssembly,
  stepAll,
} from '#directory'
import { CoreEnd, feedVersion, snapshotMessages, stepMessages } from '#feed'
import { domain } from '../../directory/samples.ts'
import type { Loop } from './loop.ts'

const storeMillis = 3
/** Less often than in production: it would be most of what happens. */
const reconnectMillisMin = 1_000
const boot = { caFingerprint: 'ab', caPem: 'a certificate', enrolPort: 8_443 }

export interface CoreSurroundings {
  readonly loop: Loop
  readonly connect: () => Duplex
  readonly nextSerial: () => number
  /** Told to wire under that serial. */
  readonly published: (serial: number, snapshot: Snapshot) => void
  readonly note: (what: string) => void
}

export class CoreProcess {
  readonly #around: CoreSurroundings
  readonly #end: CoreEnd
  #assembly: Assembly = startAssembly()
  #snapshot: Snapshot = emptySnapshot(domain)
  #serial = 0
  #isAlive = true

  constructor(around: CoreSurroundings, entries: Iterable<Entry>) {
    this.#around = around
    this.#publish([...entries].map((entry) => ({ kind: 'entry', entry })))
    this.#end = new CoreEnd({
      socketPath: '',
      connect: around.connect,
      opening: () => this.#opening(),
      onSightings: () => around.loop.wait(storeMillis),
      onServing: () => undefined,
      onCounters: () => undefined,
      onTrouble: (reason) => around.note(`core: feed: ${reason}`),
      later: (millis, act) =>
        void around.loop.after(Math.max(millis, reconnectMillisMin), () => {
          if (this.#isAlive) act()
        }),
    })
  }

  get serial(): number {
    return this.#serial
  }

  take(change: Parameters<typeof stepAll>[1][number]): void {
    const deltas = this.#publish([change])
    if (deltas.length === 0) return
    const { number } = this.#snapshot
    this.#end.send(stepMessages(deltas, { number, serial: this.#serial }))
  }

  kill(): void {
    this.#isAlive = false
    this.#end[Symbol.dispose]()
  }

  #publish(changes: Parameters<typeof stepAll>[1]): readonly Delta[] {
    const step = stepAll(this.#assembly, changes)
    this.#assembly = step.assembly
    if (step.deltas.length === 0) return step.deltas
    this.#snapshot = applyDeltas(this.#snapshot, step.deltas)
    this.#serial = this.#around.nextSerial()
    this.#around.published(this.#serial, this.#snapshot)
    return step.deltas
  }

  *#opening() {
    yield { kind: 'hello', version: feedVersion, boot } as const
    yield* snapshotMessages(this.#snapshot, this.#serial, [])
  }
}
