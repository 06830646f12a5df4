// Why this file exists: core keeps wire true: whenever wire comes back, it gets the whole snapshot, then each change.
// What wire saw is stored by and by, so that no change waits for it.
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'
import { AskingWire } from './asking-wire.ts'
import { attachFeed, type FeedConnection } from './connection.ts'
import { type FeedMessage, feedVersion, type WireMessage } from './message.ts'
import { Outgoing } from './outgoing.ts'
import type { AnswerTo, WireQuestion } from './question.ts'
import { readWireMessage } from './read.ts'
import { Storing } from './storing.ts'
import type { NumberedSighting } from './wire-end.ts'

export const reconnectDelayMs = 200

export interface CoreEndOptions {
  readonly socketPath: string
  /** Another way to wire than its socket; it emits `connect` when it is open. */
  readonly connect?: () => Duplex
  /** What a wire that knows nothing must hear first: hello, reset, a snapshot in parts, next boots. */
  readonly opening: () => Iterable<FeedMessage>
  /** In the order in which they were seen. Resolves when all are on the disk; only then does wire forget them. */
  readonly onSightings: (sightings: readonly NumberedSighting[]) => Promise<void>
  readonly onServing: (number: number) => void
  readonly onCounters: (values: Readonly<Record<string, number>>) => void
  readonly onTrouble: (reason: string) => void
  readonly later: (milliseconds: number, action: () => void) => void
}

export class CoreEnd {
  readonly #options: CoreEndOptions
  #wire: FeedConnection<FeedMessage> | undefined
  #outgoing: Outgoing<FeedMessage> | undefined
  #closed = false
  readonly #asking = new AskingWire({
    send: () => {
      const wire = this.#wire
      return wire && ((message) => wire.send(message))
    },
    later(milliseconds, action) {
      const timer = setTimeout(action, milliseconds)
      return () => clearTimeout(timer)
    },
  })

  constructor(options: CoreEndOptions) {
    this.#options = options
    this.#connect()
  }

  get connected(): boolean {
    return this.#wire !== undefined
  }

  /** Lost when wire is away: the opening that it gets when it is back holds the same. */
  send(messages: Iterable<FeedMessage>): void {
    this.#outgoing?.send(messages)
  }

  /** Rejects with CPC-FEED-001 to -003: wire is away, late, or asked too much. */
  ask<Q extends WireQuestion>(question: Q): Promise<AnswerTo<Q>> {
    return this.#asking.ask(question)
  }

  [Symbol.dispose](): void {
    this.#closed = true
    this.#wire?.close('core stops')
  }

  #connect(): void {
    if (this.#closed) return
    const { socketPath } = this.#options
    const socket = this.#options.connect?.() ?? connect(socketPath)
    const storing = new Storing({
      store: (sightings) => this.#options.onSightings(sightings),
      stored: (seq) => wire.send({ kind: 'stored', seq }),
      failed: (reason) => wire.close(reason),
    })
    const wire = attachFeed<WireMessage, FeedMessage>(socket, {
      read: readWireMessage,
      onMessage: (message) => this.#receive(message, wire, storing),
      onEnd: (reason) => {
        if (this.#wire === wire) {
          this.#wire = this.#outgoing = undefined
          this.#asking.lost(reason)
        }
        if (this.#closed) return
        this.#options.onTrouble(reason)
        this.#options.later(reconnectDelayMs, () => this.#connect())
      },
    })
    socket.once('connect', () => {
      this.#wire = wire
      this.#outgoing = new Outgoing(wire)
      this.#outgoing.send(this.#options.opening())
    })
  }

  #receive(message: WireMessage, wire: FeedConnection<FeedMessage>, storing: Storing): void {
    switch (message.kind) {
      case 'hello':
        if (message.version !== feedVersion) {
          wire.close(`wire speaks feed version ${message.version}, core ${feedVersion}`)
        }
        return
      case 'serving':
        return this.#options.onServing(message.number)
      case 'counters':
        return this.#options.onCounters(message.values)
      case 'sighting':
        return storing.take({ seq: message.seq, sighting: message.sighting })
      case 'answer':
        return this.#asking.answered(message.id, message.told)
    }
  }
}
